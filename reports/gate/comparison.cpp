// Two sets of records side by side, as text, Markdown and JSON.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/format.h"
#include "reports/gate/gate_outputs.h"
#include "reports/gate/wording.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

std::string interval_text(const std::optional<SlowDown>& change) {
    if (!change) return "";
    return fmt::format("{:.3f} to {:.3f}", 1 + change->low, 1 + change->high);
}

std::string ratio_text(const std::optional<SlowDown>& change) {
    return change ? fmt::format("{:.3f}", 1 + change->estimate) : std::string(not_available);
}

Table rows_table(const Comparison& comparison) {
    Table table({{"row", Align::left},
                 {"baseline"},
                 {"candidate"},
                 {"ratio"},
                 {"95 % interval"},
                 {"runs"},
                 {"verdict", Align::left}});
    for (const CompareRow& row : comparison.rows) {
        const std::string why = row.reason.empty() ? "" : ": " + row.reason;
        table.add_row({row.id, format_time(row.baseline.median), format_time(row.candidate.median),
                       ratio_text(row.slow_down), interval_text(row.slow_down),
                       fmt::format("{}/{}", row.baseline.processes, row.candidate.processes),
                       words(name(row.verdict)) + why});
    }
    return table;
}

Table summary_table(const Comparison& comparison) {
    Table table({{"network", Align::left},
                 {"precision", Align::left},
                 {"rows"},
                 {"ratio"},
                 {"faster"},
                 {"slower"},
                 {"same"},
                 {"not comparable"}});
    const auto count = [](std::int64_t rows) { return fmt::format("{}", rows); };
    for (const CompareSummary& summary : comparison.summaries)
        table.add_row({summary.network, summary.precision, count(summary.rows),
                       std::isfinite(summary.mean_slow_down)
                           ? fmt::format("{:.3f}", 1 + summary.mean_slow_down)
                           : std::string(not_available),
                       count(summary.faster), count(summary.slower), count(summary.same),
                       count(summary.not_comparable)});
    table.blank_repeats(1);
    return table;
}

std::vector<std::string> notes(const Comparison& comparison) {
    std::vector<std::string> lines{fmt::format(
        "Ratios are candidate over baseline, of medians; a network's is the geometric mean of its "
        "rows. Up to {} counts as the same.",
        format_percent(comparison.tolerance))};
    const auto covers_samples = [](const CompareRow& row) {
        return row.interval_covers == "samples";
    };
    if (std::ranges::any_of(comparison.rows, covers_samples))
        lines.emplace_back(
            "With fewer than four runs a side an interval covers the samples at hand and says "
            "nothing about the next run: put four runs or more into each file, or use slimbench "
            "gate.");
    for (const std::string& difference : comparison.differing)
        lines.push_back("The runs differ, and were allowed to, in " + difference + ".");
    return lines;
}

std::string refusal(const Comparison& comparison) {
    return fmt::format("unlike runs, which differ in {}; --allow FIELD compares them all the same",
                       fmt::join(comparison.refused, "; "));
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
    if (!comparison.refused.empty())
        return wrap("not comparable: " + refusal(comparison), 2) +
               (comparison.rows.empty() ? "" : "\n" + rows_table(comparison).plain());
    std::string text =
        rows_table(comparison).plain() + "\n" + summary_table(comparison).plain() + "\n";
    for (const std::string& note : notes(comparison)) text += wrap(note);
    return text;
}

std::string comparison_markdown(const Comparison& comparison) {
    std::string text = "# slimbench compare\n\n";
    if (!comparison.refused.empty())
        return text + wrap("**Not comparable**: " + refusal(comparison) + ".") +
               (comparison.rows.empty() ? "" : "\n" + rows_table(comparison).markdown());
    text += wrap(fmt::format("On {}. Baseline: {}. Candidate: {}.", device_text(comparison.device),
                             build_text(comparison.baseline_build),
                             build_text(comparison.candidate_build)));
    text.append("\n").append(summary_table(comparison).markdown());
    text.append("\n").append(rows_table(comparison).markdown());
    for (const std::string& note : notes(comparison)) text.append("\n").append(wrap(note));
    return text;
}

std::string comparison_json(const Comparison& comparison) {
    return to_json(comparison).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace slimbench
