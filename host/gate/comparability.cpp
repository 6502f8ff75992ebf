#include "host/gate/comparability.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace slimbench {

namespace {

std::string values(const nlohmann::json& object, std::initializer_list<const char*> keys) {
    std::vector<std::string> parts;
    for (const char* key : keys) {
        const auto found = object.is_object() ? object.find(key) : object.end();
        if (found == object.end() || found->is_null()) continue;
        parts.push_back(found->is_string() ? found->get<std::string>() : found->dump());
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

struct ComparedField {
    const char* name;
    std::string (*text)(const ResultRecord&);
};

// What differs in none of these may differ in speed because of the build alone.
constexpr std::array<ComparedField, 7> fields{{
    {"device",
     [](const ResultRecord& record) {
         return values(record.device, {"platform", "name", "type", "tier", "compute_units"});
     }},
    {"driver",
     [](const ResultRecord& record) {
         return values(record.device, {"driver", "version"});
     }},
    {"environment",
     [](const ResultRecord& record) {
         const bool spinning = record.measurement && record.measurement->spinning_waits;
         return values(record.environment, {"machine", "cpu", "threads", "pocl_affinity"}) +
                (spinning ? ", spinning waits" : "");
     }},
    {"protocol",
     [](const ResultRecord& record) {
         return record.protocol.is_null() ? std::string() : record.protocol.dump();
     }},
    {"precision",
     [](const ResultRecord& record) {
         return record.quantization_source.empty()
                    ? record.compute
                    : fmt::format("{}, {}", record.compute, record.quantization_source);
     }},
    {"suite", [](const ResultRecord& record) { return record.suite_hash; }},
    {"build_type", [](const ResultRecord& record) { return values(record.build, {"type"}); }},
}};

}  // namespace

std::string Difference::text() const {
    return fmt::format("{}: '{}' against '{}'", field, baseline, candidate);
}

std::vector<std::string> comparable_fields() {
    std::vector<std::string> names;
    for (const ComparedField& field : fields) names.emplace_back(field.name);
    return names;
}

const ResultRecord& first_measured(const std::vector<ResultRecord>& records) {
    const auto found = std::ranges::find(records, Status::measured, &ResultRecord::status);
    return found == records.end() ? records.front() : *found;
}

std::vector<Difference> differences(const ResultRecord& baseline, const ResultRecord& candidate) {
    std::vector<Difference> found;
    for (const ComparedField& field : fields) {
        Difference difference{field.name, field.text(baseline), field.text(candidate)};
        if (difference.baseline != difference.candidate) found.push_back(std::move(difference));
    }
    return found;
}

void add_differences(std::vector<Difference>& known, const std::vector<Difference>& more) {
    for (const Difference& difference : more)
        if (std::ranges::find(known, difference) == known.end()) known.push_back(difference);
}

std::vector<Difference> refused(const std::vector<Difference>& differences,
                                const std::vector<std::string>& allowed) {
    const std::vector<std::string> names = comparable_fields();
    for (const std::string& field : allowed)
        if (std::ranges::find(names, field) == names.end())
            throw std::invalid_argument(
                fmt::format("--allow: no field '{}'; there are {}", field, fmt::join(names, ", ")));
    std::vector<Difference> left = differences;
    std::erase_if(left, [&](const Difference& difference) {
        return std::ranges::find(allowed, difference.field) != allowed.end();
    });
    return left;
}

}  // namespace slimbench
