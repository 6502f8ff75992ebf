// Pyramid networks: time per level and block, with and without skips, full and pruned; then what
// lies outside the levels.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

// One row of the level table: a pruning's chain, read with its skips or without.
struct Model {
    const ResultRecord* record;
    std::string title;
    std::string total;  // the span that ends the row: "forward" or "backbone"
};

bool is_total(const std::string& block) {
    return block == "forward" || block == "backbone";
}

std::vector<Model> models(const Records& records, const Subject& subject,
                          const std::string& precision) {
    std::vector<Model> found;
    for (const std::string& pruning : prunings(records, subject)) {
        const ResultRecord* record = find_forward(records, subject, pruning, precision);
        if (!record || !latency(record)) continue;
        if (pruning == unpruned) found.push_back({record, "backbone", "backbone"});
        found.push_back({record, pruning == unpruned ? "full" : pruning, "forward"});
    }
    return found;
}

std::set<int> levels(const std::vector<Model>& rows) {
    std::set<int> found;
    for (const Model& model : rows)
        for (const SpanRecord& span : model.record->spans)
            if (span.level) found.insert(*span.level);
    return found;
}

// Blocks inside or outside the levels, in the order in which they run; skips last.
std::vector<std::string> blocks(const std::vector<Model>& rows, bool inside_levels) {
    std::vector<std::string> found;
    for (const Model& model : rows)
        for (const SpanRecord& span : model.record->spans)
            if (span.level.has_value() == inside_levels && !is_total(span.block) &&
                std::find(found.begin(), found.end(), span.block) == found.end())
                found.push_back(span.block);
    // They run where they branch off, but are read as what backbone lacks.
    std::stable_partition(found.begin(), found.end(),
                          [](const std::string& block) { return block != "skips"; });
    return found;
}

// One unit for the whole table, in which its shortest level has at least one digit after the point.
TimeUnit table_unit(const std::vector<Model>& rows) {
    double shortest = *latency(rows.front().record);
    for (const Model& model : rows)
        for (const int level : levels(rows))
            shortest =
                std::min(shortest, span_time(*model.record, level, model.total).value_or(shortest));
    return fitting_unit(10 * shortest);
}

std::string cell(const std::optional<double>& seconds, TimeUnit unit) {
    return seconds ? format_time(*seconds, unit) : std::string(not_available);
}

std::string level_table(const std::vector<Model>& rows, TimeUnit unit) {
    std::vector<Table::Column> columns{{"level"}, {"model", Table::Align::left}};
    const std::vector<std::string> inner = blocks(rows, true);
    for (const std::string& block : inner) columns.push_back({block});
    columns.push_back({"forward"});
    Table table(columns);
    for (const int level : levels(rows)) {
        for (const Model& model : rows) {
            std::vector<std::string> cells{fmt::format("{}", level), model.title};
            for (const std::string& block : inner) {
                const bool left_out = model.total == "backbone" && block == "skips";
                cells.push_back(left_out ? "" : cell(span_time(*model.record, level, block), unit));
            }
            cells.push_back(cell(span_time(*model.record, level, model.total), unit));
            table.add_row(std::move(cells));
        }
    }
    table.blank_repeats(1);
    return table.markdown();
}

// What lies beside the levels, each pruning in each precision in a column of its own.
std::string part_table(const std::vector<Model>& rows, TimeUnit unit) {
    std::vector<Table::Column> columns{{"part", Table::Align::left}};
    std::vector<const ResultRecord*> records;
    for (const Model& model : rows) {
        if (model.total != "forward") continue;
        columns.push_back({precision_title(*model.record) + ", " + model.title});
        records.push_back(model.record);
    }
    Table table(columns);
    const auto add = [&](const std::string& title, const auto& time_of) {
        std::vector<std::string> cells{title};
        for (const ResultRecord* record : records) cells.push_back(cell(time_of(*record), unit));
        table.add_row(std::move(cells));
    };
    for (const int level : levels(rows))
        add(fmt::format("level {}, forward", level),
            [&](const ResultRecord& record) { return span_time(record, level, "forward"); });
    for (const std::string& block : blocks(rows, false))
        add(block,
            [&](const ResultRecord& record) { return span_time(record, std::nullopt, block); });
    add("whole network", [](const ResultRecord& record) { return latency(&record); });
    return table.markdown();
}

std::string tables_of(const Records& records, const Subject& subject) {
    std::vector<Model> all;
    std::string by_block;
    for (const std::string& precision : precisions(records, subject)) {
        const std::vector<Model> rows = models(records, subject, precision);
        if (levels(rows).empty()) continue;
        const TimeUnit unit = table_unit(rows);
        by_block +=
            fmt::format("### {}, {}: {} per level and block\n\n{}\n", subject.title(),
                        precision_title(*rows.front().record), unit.name, level_table(rows, unit));
        all.insert(all.end(), rows.begin(), rows.end());
    }
    if (all.empty()) return "";
    const TimeUnit unit = table_unit(all);
    return fmt::format("### {}: {} per part\n\n{}\n{}", subject.title(), unit.name,
                       part_table(all, unit), by_block);
}

}  // namespace

std::string pyramid_tables(const Records& records) {
    std::string text;
    for (const Subject& subject : subjects(records)) text += tables_of(records, subject);
    if (text.empty()) return "";
    return "## Pyramid\n\n" +
           wrap(
               "Each part is read from the running network, first start to last end. Backbone is a "
               "level without its skip convolutions, full is the level with them; both come from "
               "the same chain, so their blocks agree. On a GPU parts are read from passes of "
               "their own, in which every launch is observed and costs more.") +
           "\n" + text;
}

}  // namespace slimbench
