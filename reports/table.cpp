#include "reports/table.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

namespace slimbench {
namespace {

constexpr std::size_t page_width = 100;

std::string for_markdown(const std::string& cell) {
    std::string escaped;
    for (const char c : cell) {
        if (c == '|') escaped += '\\';
        escaped += c == '\n' ? ' ' : c;
    }
    return escaped;
}

std::string padded(const std::string& cell, std::size_t width, Table::Align align) {
    return align == Table::Align::left ? fmt::format("{:<{}}", cell, width)
                                       : fmt::format("{:>{}}", cell, width);
}

void trim_right(std::string& line) {
    line.erase(line.find_last_not_of(' ') + 1);
}

}  // namespace

void Table::add_row(std::vector<std::string> cells) {
    if (cells.size() != columns_.size())
        throw std::logic_error(
            fmt::format("table: {} cells in {} columns", cells.size(), columns_.size()));
    rows_.push_back(std::move(cells));
}

void Table::blank_repeats(std::size_t columns) {
    for (std::size_t row = rows_.size(); row-- > 1;) {
        for (std::size_t column = 0;
             column < columns && rows_[row][column] == rows_[row - 1][column]; ++column)
            rows_[row][column].clear();
    }
}

std::vector<std::size_t> Table::widths(const std::vector<std::vector<std::string>>& rows) const {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        widths.push_back(std::max<std::size_t>(3, columns_[column].title.size()));
        for (const auto& row : rows) widths.back() = std::max(widths.back(), row[column].size());
    }
    return widths;
}

std::string Table::markdown() const {
    std::vector<std::vector<std::string>> rows = rows_;
    for (auto& row : rows) std::transform(row.begin(), row.end(), row.begin(), for_markdown);
    const std::vector<std::size_t> width = widths(rows);

    std::string titles = "|", rule = "|", body;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const bool left = columns_[column].align == Align::left;
        titles += fmt::format(
            " {} |", padded(columns_[column].title, width[column], columns_[column].align));
        rule += std::string(width[column] + 1, '-') + (left ? "-|" : ":|");
    }
    for (const auto& row : rows) {
        body += "|";
        for (std::size_t column = 0; column < columns_.size(); ++column)
            body +=
                fmt::format(" {} |", padded(row[column], width[column], columns_[column].align));
        body += "\n";
    }
    return titles + "\n" + rule + "\n" + body;
}

std::string Table::plain() const {
    const std::vector<std::size_t> width = widths(rows_);
    std::string text;
    const auto add_line = [&](const auto& cell_of) {
        std::string line;
        for (std::size_t column = 0; column < columns_.size(); ++column)
            line += (column ? "  " : "") +
                    padded(cell_of(column), width[column], columns_[column].align);
        trim_right(line);
        text += line + "\n";
    };
    add_line([&](std::size_t column) { return columns_[column].title; });
    add_line([&](std::size_t column) { return std::string(width[column], '-'); });
    for (const auto& row : rows_) add_line([&](std::size_t column) { return row[column]; });
    return text;
}

std::string wrap(const std::string& paragraph, std::size_t indent) {
    std::istringstream words(paragraph);
    std::string text, line;
    for (std::string word; words >> word;) {
        if (!line.empty() && line.size() + 1 + word.size() > page_width) {
            text += line + "\n";
            line = std::string(indent, ' ') + word;
        } else {
            line += (line.empty() ? "" : " ") + word;
        }
    }
    return text + line + "\n";
}

}  // namespace slimbench
