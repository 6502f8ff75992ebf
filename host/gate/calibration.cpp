#include "host/gate/calibration.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "host/gate/comparability.h"
#include "host/gate/detectable.h"
#include "host/gate/paired.h"
#include "host/gate/ratio.h"
#include "host/problem/strict_json.h"
#include "host/record/field_json.h"

namespace slimbench {

namespace {

// Either build could have been called the baseline, so every estimate counts with both signs.
double percentile_99(const std::vector<double>& log_ratios, std::size_t window) {
    std::vector<double> estimates;
    for (std::size_t first = 0; first + window <= log_ratios.size(); ++first) {
        const double estimate = trimmed_mean(std::span(log_ratios).subspan(first, window));
        estimates.push_back(estimate);
        estimates.push_back(-estimate);
    }
    std::ranges::sort(estimates);
    return percentile(estimates, 0.99);
}

struct RowSamples {
    std::vector<double> log_ratios, log_medians;
};

RowSamples samples_of(const std::string& id, const std::vector<Pair>& pairs) {
    RowSamples samples;
    for (const Pair& pair : pairs) {
        const PairRow* row = pair.find(id);
        const auto log_ratio = row ? row->log_ratio() : std::nullopt;
        if (!log_ratio) continue;
        samples.log_ratios.push_back(*log_ratio);
        samples.log_medians.push_back(std::log(*row->baseline.median()));
        samples.log_medians.push_back(std::log(*row->candidate.median()));
    }
    return samples;
}

RowNoise noise_of_row(const Policy& policy, const std::string& id, const Limits& limits,
                      std::size_t rows, const std::vector<Pair>& pairs) {
    const RowSamples samples = samples_of(id, pairs);
    const auto least = static_cast<std::size_t>(policy.looks.front());
    if (samples.log_ratios.size() < least)
        throw std::invalid_argument(
            fmt::format("calibration: {} was measured in {} pairs, {} are "
                        "needed",
                        id, samples.log_ratios.size(), least));
    RowNoise row;
    row.id = id;
    row.pairs = static_cast<std::int64_t>(samples.log_ratios.size());
    row.pair_noise = robust_deviation(samples.log_ratios);
    row.process_noise = robust_deviation(samples.log_medians);
    row.aa_99 = slow_down_of(percentile_99(samples.log_ratios, least));
    row.threshold = std::max(limits.threshold, row.aa_99);
    row.detectable =
        detectable_slow_down(policy, rows, {row.threshold, limits.effect}, row.pair_noise);
    return row;
}

std::vector<std::string> ids_of(const std::vector<Pair>& pairs) {
    std::vector<std::string> ids;
    for (const Pair& pair : pairs)
        for (const PairRow& row : pair.rows)
            if (std::ranges::find(ids, row.id) == ids.end()) ids.push_back(row.id);
    std::ranges::sort(ids);
    return ids;
}

// A record of nothing but what a calibration depends on.
template <class Measured>
ResultRecord bare_record(const Measured& measured) {
    ResultRecord bare;
    bare.device = measured.device;
    bare.suite_hash = measured.suite_hash;
    bare.protocol = measured.protocol;
    return bare;
}

void require_alike(const ResultRecord& calibrated, const ResultRecord& measured) {
    if (const auto unlike = differences(calibrated, measured); !unlike.empty())
        throw std::runtime_error(
            fmt::format("the calibration does not fit, its {}; make one with slimbench gate "
                        "--calibrate",
                        unlike.front().text()));
}

}  // namespace

const RowNoise* Calibration::find(const std::string& id) const {
    const auto found = std::ranges::find(rows, id, &RowNoise::id);
    return found == rows.end() ? nullptr : &*found;
}

Calibration calibrate(const Policy& policy, const RecordedPairs& recorded) {
    Calibration calibration;
    const PairsOrigin& origin = recorded.origin;
    calibration.policy = policy.name;
    calibration.suite = origin.suite;
    calibration.suite_hash = origin.suite_hash;
    calibration.protocol = origin.protocol;
    calibration.device = origin.device;
    calibration.pairs = static_cast<std::int64_t>(recorded.pairs.size());
    std::vector<GatedRow> gating = gated_rows(policy, ids_of(recorded.pairs), nullptr);
    std::erase_if(gating, [](const GatedRow& row) { return !row.limits; });
    for (const GatedRow& row : gating)
        calibration.rows.push_back(
            noise_of_row(policy, row.id, *row.limits, gating.size(), recorded.pairs));
    for (GatedRow& row : gating) row.limits->threshold = calibration.find(row.id)->threshold;
    const ReplayTally tally = replay(policy, gating, recorded, {});
    calibration.false_alarms = tally.share(GateVerdict::regression);
    calibration.passes = tally.share(GateVerdict::pass);
    calibration.inconclusive = tally.share(GateVerdict::inconclusive);
    return calibration;
}

nlohmann::json to_json(const Calibration& calibration) {
    nlohmann::json json = field_json::write(calibration);
    json["calibration_version"] = calibration_version;
    return json;
}

Calibration read_calibration(const std::string& path) {
    const nlohmann::json json = parse_json_file(path, read_text_file(path));
    if (!json.is_object() || json.value("calibration_version", 0) != calibration_version)
        throw std::runtime_error(path +
                                 ": no calibration of version 1; slimbench gate --calibrate "
                                 "makes one");
    Calibration calibration;
    field_json::read(json, calibration, path);
    return calibration;
}

void require_fitting(const Calibration& calibration, const PairsOrigin& measured) {
    require_alike(bare_record(calibration), bare_record(measured));
}

void require_fitting(const Calibration& calibration, const ResultRecord& measured) {
    require_alike(bare_record(calibration), bare_record(measured));
}

std::vector<GatedRow> gated_rows(const Policy& policy, const std::vector<std::string>& ids,
                                 const Calibration* calibration) {
    std::vector<GatedRow> rows;
    for (const std::string& id : ids) {
        GatedRow row{id, policy.limits_of(id)};
        const RowNoise* noise = calibration ? calibration->find(id) : nullptr;
        if (row.limits && noise)
            row.limits->threshold = std::max(row.limits->threshold, noise->aa_99);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace slimbench
