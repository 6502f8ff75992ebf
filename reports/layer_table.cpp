// One line per distinct layer, for those who tune kernels: how long, how near to the roof, and how
// it stands beside other libraries.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/selection.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

// A layer as it stands in the table: alike steps of a chain, or a row of its own.
struct Line {
    const StepRecord* step;
    std::size_t count = 1;
    std::optional<double> seconds;        // of one
    const ResultRecord* alone = nullptr;  // the same step by itself, caches warm
};

bool alike(const StepRecord& a, const StepRecord& b) {
    return a.kind == b.kind && a.problem == b.problem && a.variant == b.variant;
}

// Alike steps count together; their time is the mean of their medians.
std::vector<Line> lines_of_chain(const Records& records, const ResultRecord& row) {
    std::vector<Line> lines;
    for (const StepRecord& step : row.steps) {
        const std::optional<double> seconds = median_within(row, step.samples);
        if (!seconds) continue;
        const auto known = std::find_if(lines.begin(), lines.end(),
                                        [&](const Line& line) { return alike(*line.step, step); });
        if (known == lines.end()) {
            lines.push_back(
                {&step, 1, seconds, find_isolated(records, row, step, CacheState::hot)});
            continue;
        }
        const auto counted = static_cast<double>(known->count);
        known->seconds = (*known->seconds * counted + *seconds) / (counted + 1);
        ++known->count;
    }
    return lines;
}

// Peers in order of appearance.
std::vector<std::string> peers_of(const Records& records) {
    std::vector<std::string> names;
    for (const ResultRecord& row : records)
        if (!is_ours(row) && std::ranges::find(names, row.identity.implementation) == names.end())
            names.push_back(row.identity.implementation);
    return names;
}

std::string peer_cell(const Records& records, const Line& line, const std::string& peer) {
    if (!line.alone) return "";
    for (const ResultRecord& row : records) {
        if (row.identity.implementation != peer || find_ours(records, row) != line.alone) continue;
        const std::optional<PeerTimes> times = peer_times(*line.alone, row);
        return times ? format_ratio(times->ratio()) : std::string(name(row.status));
    }
    return "";
}

std::string table_of(const Records& records, const std::vector<Line>& lines) {
    const std::vector<std::string> peers = peers_of(records);
    const bool alone = std::ranges::any_of(lines, [](const Line& line) { return line.alone; });
    std::vector<Table::Column> columns{
        {"shape", Align::left}, {"x"}, {"variant", Align::left}, {"time"}, {"GOP/s"}, {"% of roof"},
        {"limit", Align::left}};
    if (alone) columns.push_back({"alone"});
    for (const std::string& peer : peers) columns.push_back({"/ " + peer});
    Table table(columns);
    for (const Line& line : lines) {
        const StepRecord& step = *line.step;
        const std::optional<double> speed = gops(step.macs, line.seconds);
        const std::optional<double> fraction = fraction_of_roof(step, line.seconds);
        std::vector<std::string> cells{problem_title(step.problem),
                                       fmt::format("{}", line.count),
                                       step.variant,
                                       format_time(line.seconds),
                                       speed ? format_number(*speed) : "",
                                       fraction ? fmt::format("{:.0f}", 100 * *fraction) : "",
                                       limit_title(step)};
        if (alone) cells.push_back(line.alone ? format_time(latency(line.alone)) : "");
        for (const std::string& peer : peers) cells.push_back(peer_cell(records, line, peer));
        table.add_row(std::move(cells));
    }
    return table.plain();
}

std::string chain_title(const ResultRecord& row) {
    const RowIdentity& identity = row.identity;
    std::string title =
        fmt::format("{}, {}{}", subject_of(row).title(), precision_title(row),
                    identity.pruning == unpruned ? "" : ", pruning " + identity.pruning);
    if (const std::optional<double> seconds = latency(&row))
        title += fmt::format(": {}", format_time(seconds));
    return title;
}

// Layers measured outside any network.
std::vector<Line> single_lines(const Records& records) {
    std::vector<Line> lines;
    for (const ResultRecord& row : records)
        if (is_ours(row) && row.identity.kind == RowKind::layer && !row.steps.empty() &&
            row.identity.cache == CacheState::hot && latency(&row))
            lines.push_back({&row.steps.front(), 1, latency(&row), &row});
    return lines;
}

}  // namespace

std::string report_layers(const Records& records) {
    std::string text;
    for (const ResultRecord* row : forward_rows(records))
        if (const std::vector<Line> lines = lines_of_chain(records, *row); !lines.empty())
            text += fmt::format("{}\n\n{}\n", chain_title(*row), table_of(records, lines));
    if (text.empty())
        if (const std::vector<Line> lines = single_lines(records); !lines.empty())
            text = table_of(records, lines) + "\n";
    if (text.empty()) return outcome_sentence(records) + "\n";
    std::string notes =
        "Time: of one, inside the running network where there is one. % of roof: the least time "
        "that the device's peaks allow, over that time; limit: what that least time is spent on.";
    for (const std::string& peer : peers_of(records))
        notes += fmt::format(" / {}: its time over ours, each alone.", peer);
    return text + wrap(notes) + outcome_sentence(records) + "\n";
}

}  // namespace slimbench
