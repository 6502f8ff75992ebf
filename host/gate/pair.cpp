#include "host/gate/pair.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "host/gate/paired.h"
#include "host/record/field_json.h"
#include "host/record/statistics.h"

namespace slimbench {

std::string_view name(Side side) {
    return side == Side::baseline ? "baseline" : "candidate";
}

std::optional<double> ProcessTimes::median() const {
    if (status != Status::measured || device.empty()) return std::nullopt;
    return summarize(device).median;
}

ProcessTimes process_times(const ResultRecord& record) {
    ProcessTimes times{record.status, record.reason, {}, {}};
    if (record.status != Status::measured || !record.measurement) return times;
    times.device = record.measurement->device;
    times.flags = record.measurement->flags;
    return times;
}

std::optional<double> PairRow::log_ratio() const {
    if (!baseline.median() || !candidate.median()) return std::nullopt;
    const auto block = static_cast<std::size_t>(std::max(1, block_samples));
    const auto median_of = [&](const ProcessTimes& times, std::size_t first) {
        return summarize(std::span(times.device).subspan(first, block)).median;
    };
    std::vector<double> log_ratios;
    const std::size_t both = std::min(baseline.device.size(), candidate.device.size());
    for (std::size_t first = 0; first + block <= both; first += block)
        log_ratios.push_back(std::log(median_of(candidate, first) / median_of(baseline, first)));
    if (log_ratios.empty()) return std::nullopt;
    return trimmed_mean(log_ratios);
}

const PairRow* Pair::find(const std::string& id) const {
    const auto found = std::ranges::find(rows, id, &PairRow::id);
    return found == rows.end() ? nullptr : &*found;
}

nlohmann::json to_json(const Pair& pair) {
    return field_json::write(pair);
}

nlohmann::json to_json(const PairsOrigin& origin) {
    nlohmann::json json = field_json::write(origin);
    json["pairs_version"] = pairs_version;
    return json;
}

}  // namespace slimbench
