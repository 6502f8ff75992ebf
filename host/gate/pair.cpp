#include "host/gate/pair.h"

#include <algorithm>
#include <cmath>

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

std::optional<double> ProcessTimes::first_quartile() const {
    if (status != Status::measured || device.empty()) return std::nullopt;
    std::vector<double> sorted = device;
    std::ranges::sort(sorted);
    return percentile(sorted, 0.25);
}

std::optional<double> PairRow::log_ratio() const {
    const auto base = baseline.first_quartile(), other = candidate.first_quartile();
    if (!base || !other) return std::nullopt;
    return std::log(*other / *base);
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
