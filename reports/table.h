// A table of text cells, printed as Markdown or as aligned columns.
#pragma once

#include <string>
#include <vector>

namespace slimbench {

class Table {
public:
    enum class Align { left, right };
    struct Column {
        std::string title;
        Align align = Align::right;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // Throws std::logic_error unless there is one cell per column.
    void add_row(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }

    // Blanks a cell that repeats the one above it, as long as everything to its left does too: for
    // the first `columns`.
    void blank_repeats(std::size_t columns);

    std::string markdown() const;  // pipes and @ in cells are escaped; ends with a newline
    std::string plain() const;     // two spaces between columns, a rule under the titles

private:
    std::vector<std::vector<std::string>> lines() const;  // titles, then rows
    std::vector<std::size_t> widths(const std::vector<std::vector<std::string>>& lines) const;

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

// Breaks a paragraph between words at 100 columns; ends with a newline. Later lines are indented.
std::string wrap(const std::string& paragraph, std::size_t indent = 0);

}  // namespace slimbench
