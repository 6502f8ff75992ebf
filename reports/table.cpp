#include "reports/table.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

namespace slimbench {
namespace {

constexpr std::size_t page_width = 100;

// Renderers would take `all@0.5` for an address to write to.
std::string without_addresses(const std::string& cell) {
    static const std::regex address("[^\\s,()]+@[^\\s,()]+");
    if (cell.find('`') != cell.npos) return cell;
    return std::regex_replace(cell, address, "`$&`");
}

std::string for_markdown(const std::string& cell) {
    std::string escaped;
    for (const char c : without_addresses(cell)) {
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

std::vector<std::vector<std::string>> Table::lines() const {
    std::vector<std::vector<std::string>> lines(1);
    for (const Column& column : columns_) lines[0].push_back(column.title);
    lines.insert(lines.end(), rows_.begin(), rows_.end());
    return lines;
}

std::vector<std::size_t> Table::widths(const std::vector<std::vector<std::string>>& lines) const {
    std::vector<std::size_t> widths(columns_.size(), 3);
    for (const auto& line : lines)
        for (std::size_t column = 0; column < columns_.size(); ++column)
            widths[column] = std::max(widths[column], line[column].size());
    return widths;
}

std::string Table::markdown() const {
    std::vector<std::vector<std::string>> cells = lines();
    for (auto& line : cells) std::transform(line.begin(), line.end(), line.begin(), for_markdown);
    const std::vector<std::size_t> width = widths(cells);

    std::string text, rule = "|";
    for (std::size_t column = 0; column < columns_.size(); ++column)
        rule += std::string(width[column] + 1, '-') +
                (columns_[column].align == Align::left ? "-|" : ":|");
    for (const auto& line : cells) {
        const bool titles = text.empty();
        text += "|";
        for (std::size_t column = 0; column < columns_.size(); ++column)
            text +=
                fmt::format(" {} |", padded(line[column], width[column], columns_[column].align));
        text += titles ? fmt::format("\n{}\n", rule) : "\n";
    }
    return text;
}

std::string Table::plain() const {
    const std::vector<std::vector<std::string>> cells = lines();
    const std::vector<std::size_t> width = widths(cells);
    std::string text;
    const auto add_line = [&](const auto& cell_of) {
        std::string line;
        for (std::size_t column = 0; column < columns_.size(); ++column)
            line += (column ? "  " : "") +
                    padded(cell_of(column), width[column], columns_[column].align);
        trim_right(line);
        text += line + "\n";
    };
    add_line([&](std::size_t column) { return cells[0][column]; });
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
