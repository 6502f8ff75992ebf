// A gate's report as people read it: on a terminal, and under a pull request.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/format.h"
#include "reports/gate/gate_outputs.h"
#include "reports/gate/wording.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

std::string spread(const SideTimes& times) {
    if (!times.p25 || !times.p75) return std::string(not_available);
    return format_interval(Interval{*times.p25, *times.p75});
}

std::string limit_percent(const GateRow& row, double fraction) {
    return row.verdict == RowVerdict::not_gated ? "" : format_percent(fraction);
}

std::string detectable_text(const GateRow& row) {
    if (row.verdict == RowVerdict::not_gated) return "";
    // Beyond a doubling the figure says no more than that.
    return row.detectable < 1 ? format_percent(row.detectable) : "above 100 %";
}

Table rows_table(const GateReport& report) {
    Table table({{"row", Align::left},
                 {"baseline"},
                 {"candidate"},
                 {"slower by (95 % interval)"},
                 {"pairs"},
                 {"tolerated"},
                 {"detectable"},
                 {"verdict", Align::left}});
    for (const GateRow& row : report.rows)
        table.add_row({row.id, format_time(row.baseline.median), format_time(row.candidate.median),
                       slow_down_text(row.slow_down), fmt::format("{}", row.pairs),
                       limit_percent(row, row.threshold), detectable_text(row),
                       words(name(row.verdict))});
    return table;
}

Table spread_table(const GateReport& report) {
    Table table({{"row", Align::left},
                 {"build", Align::left},
                 {"processes"},
                 {"min"},
                 {"quarter to three quarters"},
                 {"p99"},
                 {"flags", Align::left}});
    for (const GateRow& row : report.rows)
        for (const auto& [side, times] :
             {std::pair{"baseline", &row.baseline}, {"candidate", &row.candidate}})
            table.add_row({row.id, side, fmt::format("{}", times->processes),
                           format_time(times->min), spread(*times), format_time(times->p99),
                           fmt::format("{}", fmt::join(row.flags, ", "))});
    table.blank_repeats(1);
    return table;
}

// What each row that did not simply pass has to say.
std::vector<std::string> remarks(const GateReport& report) {
    std::vector<std::string> lines;
    for (const GateRow& row : report.rows) {
        if (row.verdict == RowVerdict::passed || row.reason.empty()) continue;
        const std::string fresh =
            row.confirmed ? fmt::format("; fresh pairs: {}", slow_down_text(row.confirmed)) : "";
        lines.push_back(
            fmt::format("{}: {}: {}{}", row.id, words(name(row.verdict)), row.reason, fresh));
    }
    for (const std::string& difference : report.differing)
        lines.push_back("runs differ in " + difference);
    if (!report.allowed.empty())
        lines.push_back(fmt::format("allowed to differ: {}", fmt::join(report.allowed, ", ")));
    return lines;
}

std::string headline(const GateReport& report) {
    return fmt::format("{}: {}", words(name(report.verdict)), report.reason);
}

std::string provenance(const GateReport& report) {
    const std::string effort =
        report.mode == "paired"
            ? fmt::format("{} pairs of processes in {:.0f} s", report.pairs, report.seconds)
            : std::string("stored records");
    return fmt::format("Suite {}, {}, on {}. Baseline: {}. Candidate: {}.", report.suite, effort,
                       device_text(report.device), build_text(report.baseline_build),
                       build_text(report.candidate_build));
}

constexpr const char* verdict_mark(GateVerdict verdict) {
    switch (verdict) {
        case GateVerdict::pass:
            return ":white_check_mark:";
        case GateVerdict::regression:
        case GateVerdict::wrong_output:
            return ":x:";
        default:
            return ":grey_question:";
    }
}

}  // namespace

std::string gate_text(const GateReport& report) {
    std::string text = rows_table(report).plain() + "\n";
    for (const std::string& line : remarks(report)) text += wrap(line, 2);
    return text + wrap(headline(report), 2);
}

std::string gate_markdown(const GateReport& report) {
    std::string text = fmt::format("## {} slimbench gate: {}\n\n{}\n", verdict_mark(report.verdict),
                                   words(name(report.verdict)), wrap(report.reason + "."));
    text += rows_table(report).markdown() + "\n";
    const std::vector<std::string> lines = remarks(report);
    for (const std::string& line : lines) text += wrap("- " + line, 2);
    if (!lines.empty()) text += "\n";
    text += "<details><summary>Spread of the samples</summary>\n\n" +
            spread_table(report).markdown() + "\n</details>\n\n";
    return text + wrap(provenance(report));
}

std::string gate_json(const GateReport& report) {
    return to_json(report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace slimbench
