#include "host/gate/stored_row.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "host/gate/paired_row.h"

namespace slimbench {

namespace {

constexpr std::size_t runs_for_an_interval = 4;  // of the exact rank-sum test, with 95 %

const std::vector<double>* times_of(const ResultRecord& record) {
    if (record.status != Status::measured || !record.measurement) return nullptr;
    const Measurement& measurement = *record.measurement;
    const std::vector<double>& times =
        measurement.device.empty() ? measurement.host : measurement.device;
    return times.empty() ? nullptr : &times;
}

}  // namespace

bool StoredSide::wrong() const {
    return std::ranges::any_of(
        records, [](const ResultRecord* record) { return record->status == Status::incorrect; });
}

std::string StoredSide::loss() const {
    if (records.empty()) return "missing";
    if (std::ranges::any_of(records, [](const auto* record) { return times_of(*record); }))
        return "";
    const ResultRecord& last = *records.back();
    return last.reason.empty() ? std::string(name(last.status))
                               : fmt::format("{}: {}", name(last.status), last.reason);
}

std::size_t StoredSide::lost_runs() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        records, [](const ResultRecord* record) { return times_of(*record) == nullptr; }));
}

std::vector<double> StoredSide::samples() const {
    std::vector<double> all;
    for (const ResultRecord* record : records)
        if (const auto* times = times_of(*record))
            all.insert(all.end(), times->begin(), times->end());
    return all;
}

std::vector<double> StoredSide::medians() const {
    std::vector<double> medians;
    for (const ResultRecord* record : records)
        if (const auto* times = times_of(*record)) medians.push_back(summarize(*times).median);
    return medians;
}

SideTimes StoredSide::times() const {
    const std::vector<double> runs = medians();
    SideTimes times = side_times(runs, samples());
    // A single run's interval is that of its own samples, which is all there is.
    if (runs.size() == 1) {
        const Summary summary = summarize(samples());
        if (summary.median_95) {
            times.low = summary.median_95->low;
            times.high = summary.median_95->high;
        }
    }
    return times;
}

std::vector<std::string> StoredSide::flags() const {
    std::vector<std::string> flags;
    for (const ResultRecord* record : records)
        for (const std::string& flag :
             record->measurement ? record->measurement->flags : std::vector<std::string>{})
            if (std::ranges::find(flags, flag) == flags.end()) flags.push_back(flag);
    return flags;
}

const ResultRecord* StoredSide::first_measured() const {
    const auto found = std::ranges::find(records, Status::measured, &ResultRecord::status);
    return found == records.end() ? nullptr : *found;
}

std::string StoredRow::loss() const {
    for (const Side side : {Side::baseline, Side::candidate})
        if (const std::string loss = of(side).loss(); !loss.empty())
            return fmt::format("{}: {}", name(side), loss);
    return "";
}

std::vector<std::string> StoredRow::lost_runs() const {
    std::vector<std::string> texts;
    for (const Side side : {Side::baseline, Side::candidate})
        if (const std::size_t lost = of(side).lost_runs(); lost > 0 && of(side).loss().empty())
            texts.push_back(
                fmt::format("{}: {} of {} runs lost", name(side), lost, of(side).records.size()));
    return texts;
}

bool StoredRow::covers_processes() const {
    return std::min(baseline.medians().size(), candidate.medians().size()) >= runs_for_an_interval;
}

LogRatio StoredRow::log_ratio() const {
    const bool processes = covers_processes();
    const std::vector<double> base = processes ? baseline.medians() : baseline.samples(),
                              other = processes ? candidate.medians() : candidate.samples();
    return processes ? log_ratio_of_processes({base, other}) : log_ratio_of_medians({base, other});
}

std::vector<StoredRow> stored_rows(const std::vector<ResultRecord>& baseline,
                                   const std::vector<ResultRecord>& candidate) {
    std::vector<StoredRow> rows;
    std::unordered_map<std::string, std::size_t> places;
    const auto add = [&](const std::vector<ResultRecord>& records, StoredSide StoredRow::*side) {
        for (const ResultRecord& record : records) {
            const auto [place, added] = places.try_emplace(record.identity.id(), rows.size());
            if (added) rows.push_back({place->first, {}, {}});
            (rows[place->second].*side).records.push_back(&record);
        }
    };
    add(baseline, &StoredRow::baseline);
    add(candidate, &StoredRow::candidate);
    return rows;
}

std::vector<Difference> differences_within(const std::vector<StoredRow>& rows) {
    std::vector<Difference> found;
    for (const StoredRow& row : rows) {
        const ResultRecord* reference = row.baseline.first_measured();
        if (!reference || !row.loss().empty()) continue;
        for (const Side side : {Side::baseline, Side::candidate})
            for (const ResultRecord* record : row.of(side).records)
                if (record->status == Status::measured)
                    add_differences(found, differences(*reference, *record));
    }
    return found;
}

}  // namespace slimbench
