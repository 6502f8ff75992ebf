#include "host/gate/stored_gate.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "host/gate/comparability.h"
#include "host/gate/holm.h"
#include "host/gate/normal.h"
#include "host/gate/paired.h"
#include "host/gate/rank_tests.h"
#include "host/gate/stored_row.h"

namespace slimbench {

namespace {

const double z_95 = normal_quantile(0.975);

// What is known of a row's slow-down, as logarithms.
struct Evidence {
    double estimate = 0, error = 0;
    Interval interval{0, 0};
    double p_slower = 1;        // than the threshold
    double p_below_effect = 1;  // small when the effect is excluded
    double least_p = 0;         // that p_slower can become with so few runs
};

// In which the runs of two sides can stand when they are sorted.
double orders_of(std::size_t some, std::size_t others) {
    double orders = 1;
    for (std::size_t i = 1; i <= others; ++i)
        orders *= static_cast<double>(some + i) / static_cast<double>(i);
    return orders;
}

// The least number a side with which the rank-sum test can reach the level.
std::size_t runs_needed(double level) {
    std::size_t runs = 1;
    while (1 / orders_of(runs, runs) > level) ++runs;
    return runs;
}

std::vector<double> shifted_logs(const std::vector<double>& medians, double shift) {
    std::vector<double> logs = medians;
    for (double& value : logs) value = std::log(value) + shift;
    return logs;
}

Evidence from_ranks(const StoredRow& row, const Limits& limits) {
    const LogRatio ratio = row.log_ratio();
    const std::vector<double> base = row.baseline.medians(), candidate = row.candidate.medians();
    const auto p_greater = [](const std::vector<double>& low, const std::vector<double>& high) {
        return rank_sum_p_greater({low, high});
    };
    Evidence evidence{ratio.estimate, 0, *ratio.interval};
    evidence.error = (evidence.interval.high - evidence.interval.low) / (2 * z_95);
    evidence.least_p = 1 / orders_of(base.size(), candidate.size());
    evidence.p_slower =
        p_greater(shifted_logs(base, log_ratio_of(limits.threshold)), shifted_logs(candidate, 0));
    evidence.p_below_effect =
        p_greater(shifted_logs(candidate, 0), shifted_logs(base, log_ratio_of(limits.effect)));
    return evidence;
}

// Few runs: how much processes differ is taken from the calibration.
Evidence from_noise(const StoredRow& row, const Limits& limits, double process_noise) {
    const LogRatio ratio = row.log_ratio();
    const auto runs = [](const StoredSide& side) {
        return static_cast<double>(side.medians().size());
    };
    const double within =
        ratio.interval ? (ratio.interval->high - ratio.interval->low) / (2 * z_95) : 0;
    Evidence evidence;
    evidence.estimate = ratio.estimate;
    evidence.error = std::hypot(
        within, process_noise * std::sqrt(1 / runs(row.baseline) + 1 / runs(row.candidate)));
    evidence.interval = {ratio.estimate - z_95 * evidence.error,
                         ratio.estimate + z_95 * evidence.error};
    const auto p_above = [&](double bound) {
        return normal_share_below((bound - ratio.estimate) / evidence.error);
    };
    evidence.p_slower = p_above(log_ratio_of(limits.threshold));
    evidence.p_below_effect = 1 - p_above(log_ratio_of(limits.effect));
    return evidence;
}

struct Judged {
    GateRow row;
    std::optional<Limits> limits;
    std::optional<Evidence> evidence;
};

Judged gather(const StoredRow& stored, const GatedRow& gated, const Calibration* calibration) {
    Judged judged;
    judged.limits = gated.limits;
    GateRow& row = judged.row;
    row.id = stored.id;
    row.verdict = gated.limits ? RowVerdict::inconclusive : RowVerdict::not_gated;
    row.baseline = stored.baseline.times();
    row.candidate = stored.candidate.times();
    row.pairs = std::min(row.baseline.processes, row.candidate.processes);
    row.flags = stored.candidate.flags();
    std::ranges::move(stored.lost_runs(), std::back_inserter(row.flags));
    row.detectable = std::numeric_limits<double>::infinity();
    if (stored.baseline.wrong() || stored.candidate.wrong()) {
        row.verdict = RowVerdict::wrong_output;
        row.reason = stored.baseline.wrong() ? "baseline: wrong output" : "candidate: wrong output";
        return judged;
    }
    if (row.reason = stored.loss(); !row.reason.empty()) {
        if (gated.limits) row.verdict = RowVerdict::not_comparable;
        return judged;
    }
    if (!gated.limits) return judged;
    row.threshold = gated.limits->threshold;
    row.effect = gated.limits->effect;
    const RowNoise* noise = calibration ? calibration->find(stored.id) : nullptr;
    if (stored.covers_processes())
        judged.evidence = from_ranks(stored, *gated.limits);
    else if (noise)
        judged.evidence = from_noise(stored, *gated.limits, noise->process_noise);
    else
        row.reason =
            "one process says nothing about the next: record four runs a side, or give a "
            "--calibration";
    return judged;
}

void decide(Judged& judged, double p_slower, const Policy& policy, std::size_t gating) {
    GateRow& row = judged.row;
    const Evidence& evidence = *judged.evidence;
    row.slow_down = SlowDown{slow_down_of(evidence.estimate), slow_down_of(evidence.interval.low),
                             slow_down_of(evidence.interval.high)};
    row.p_slower = p_slower;
    const double level = policy.level_of_a_row(policy.error_rate, gating);  // there is one look
    row.detectable = slow_down_of(
        detectable_effect(evidence.error, {log_ratio_of(judged.limits->threshold), level}));
    if (evidence.least_p > level) row.detectable = std::numeric_limits<double>::infinity();
    if (p_slower <= policy.error_rate && row.slow_down->low > row.threshold) {
        row.verdict = RowVerdict::slower;
        row.reason = fmt::format("slower than the tolerated {:.1f} %", 100 * row.threshold);
    } else if (evidence.least_p > level) {
        row.reason = fmt::format(
            "{} runs a side cannot show that one of {} rows is slower: "
            "record {}",
            row.pairs, gating, runs_needed(level));
    } else if (row.detectable > row.effect) {
        row.reason = fmt::format(
            "too noisy: the least slow-down that {} runs a side could tell is "
            "above {:.1f} %",
            row.pairs, 100 * row.effect);
    } else if (evidence.p_below_effect <= policy.error_rate && row.slow_down->high < row.effect) {
        row.verdict =
            row.slow_down->high < -row.threshold ? RowVerdict::faster : RowVerdict::passed;
        row.reason = fmt::format("a slow-down of {:.1f} % is excluded", 100 * row.effect);
    } else {
        row.reason = fmt::format("neither shown slower than {:.1f} % nor faster than {:.1f} %",
                                 100 * row.threshold, 100 * row.effect);
    }
}

void decide_all(std::vector<Judged>& rows, const Policy& policy) {
    std::vector<double> p;
    for (const Judged& judged : rows)
        if (judged.limits) p.push_back(judged.evidence ? judged.evidence->p_slower : 1);
    if (policy.correction == Correction::holm) p = holm(p);
    std::size_t gating = 0;
    for (Judged& judged : rows) {
        if (!judged.limits) continue;
        const double own = p[gating++];
        if (judged.evidence) decide(judged, own, policy, p.size());
    }
}

}  // namespace

GateReport judge_stored(const Policy& policy, const StoredRuns& runs,
                        const Calibration* calibration) {
    const std::vector<StoredRow> stored = stored_rows(runs.baseline, runs.candidate);
    GateReport report;
    report.mode = "stored";
    report.policy = to_json(policy);
    report.allowed = runs.allowed;
    const std::vector<Difference> found = differences_within(stored);
    for (const Difference& difference : found) report.differing.push_back(difference.text());
    const auto unlike = refused(found, runs.allowed);
    const bool wrong = std::ranges::any_of(
        stored, [](const StoredRow& row) { return row.baseline.wrong() || row.candidate.wrong(); });
    if (!unlike.empty() && !wrong) {
        report.verdict = GateVerdict::not_comparable;
        report.reason = "unlike runs: " + unlike.front().text();
        return report;
    }
    std::vector<std::string> ids;
    for (const StoredRow& row : stored) ids.push_back(row.id);
    const std::vector<GatedRow> gated = gated_rows(policy, ids, calibration);
    if (std::ranges::none_of(gated, [](const GatedRow& row) { return row.limits.has_value(); }))
        throw std::invalid_argument(
            fmt::format("policy '{}' gates none of the {} rows", policy.name, gated.size()));
    std::vector<Judged> rows;
    for (std::size_t i = 0; i < stored.size(); ++i)
        rows.push_back(gather(stored[i], gated[i], calibration));
    decide_all(rows, policy);
    for (Judged& judged : rows) report.rows.push_back(std::move(judged.row));
    conclude(report);
    return report;
}

}  // namespace slimbench
