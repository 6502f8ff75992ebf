#include "reports/published.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace slimbench {

PublishedTable::PublishedTable(std::string_view id) {
    const nlohmann::json file = nlohmann::json::parse(published_files().front().content);
    for (const nlohmann::json& table : file.at("tables"))
        if (table.at("id") == id) json_ = table;
    if (json_.is_null())
        throw std::runtime_error(fmt::format("published figures: no table \"{}\"", id));
}

const nlohmann::json* PublishedTable::cell(std::size_t row, std::string_view column) const {
    const nlohmann::json& columns = json_.at("columns");
    const auto found = std::find(columns.begin(), columns.end(), column);
    if (found == columns.end()) return nullptr;
    const nlohmann::json& value =
        json_.at("rows").at(row).at(static_cast<std::size_t>(found - columns.begin()));
    return value.is_null() ? nullptr : &value;
}

std::string PublishedTable::text(std::size_t row, std::string_view column) const {
    const nlohmann::json* value = cell(row, column);
    if (!value) return "";
    return value->is_string() ? value->get<std::string>() : value->dump();
}

std::optional<double> PublishedTable::number(std::size_t row, std::string_view column) const {
    const nlohmann::json* value = cell(row, column);
    return value ? std::optional(value->get<double>()) : std::nullopt;
}

std::optional<std::string> PublishedTable::our_pruning(const std::string& model) const {
    const nlohmann::json& ours = json_.at("ours");
    const auto found = ours.find(model);
    return found == ours.end() ? std::nullopt : std::optional(found->get<std::string>());
}

}  // namespace slimbench
