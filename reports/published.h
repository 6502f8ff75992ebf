// Figures printed by others, to be quoted beside ours and never to be taken for ours.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "cmake/embedded_file.h"

namespace slimbench {

std::span<const EmbeddedFile> published_files();

// One printed table of reports/published/published.json.
class PublishedTable {
public:
    // Throws std::runtime_error for an id that the file lacks.
    explicit PublishedTable(std::string_view id);

    std::size_t rows() const { return json_.at("rows").size(); }
    std::string text(std::size_t row, std::string_view column) const;  // "" when missing or null
    std::optional<double> number(std::size_t row,
                                 std::string_view column) const;  // nothing likewise

    std::string device() const { return json_.at("device"); }
    std::string source() const { return json_.at("source"); }
    std::string network() const { return json_.at("network"); }
    std::optional<std::string> our_pruning(
        const std::string& model) const;  // what the printed model is compared with

private:
    const nlohmann::json* cell(std::size_t row, std::string_view column) const;

    nlohmann::json json_;
};

}  // namespace slimbench
