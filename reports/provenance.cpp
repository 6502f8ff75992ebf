#include "reports/provenance.h"

#include <vector>

#include <fmt/format.h>

namespace slimbench {
namespace {

std::string text_of(const nlohmann::json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return value.dump();
    std::vector<std::string> parts;
    for (const auto& element : value) parts.push_back(text_of(element));
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string text_at(const nlohmann::json& object, std::string_view key) {
    const auto found = object.is_object() ? object.find(std::string(key)) : object.end();
    return found == object.end() ? "" : text_of(*found);
}

std::string device_title(const ResultRecord& record) {
    return device_title(record.device);
}

std::string device_title(const nlohmann::json& device) {
    std::vector<std::string> details;
    for (const auto& [key, pattern] : {std::pair{"driver", "driver {}"},
                                       {"tier", "tier {}"},
                                       {"compute_units", "{} compute units"}})
        if (const std::string text = text_at(device, key); !text.empty())
            details.push_back(fmt::format(fmt::runtime(pattern), text));
    const std::string name = text_at(device, "name");
    const std::string title = name.empty() ? "unknown device" : name;
    return details.empty() ? title : fmt::format("{} ({})", title, fmt::join(details, ", "));
}

}  // namespace slimbench
