#include "host/gate/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/gate/stored_row.h"
#include "host/record/field_json.h"

namespace slimbench {

namespace {

// An interval wider than this on either side of "the same" cannot say that it is.
constexpr double widest_same = 0.05;

CompareVerdict verdict_of(CompareRow& row, double tolerance) {
    const SlowDown& slow_down = *row.slow_down;
    if (slow_down.low > 0 && slow_down.estimate > tolerance) return CompareVerdict::slower;
    if (slow_down.high < 0 && slow_down_of(-log_ratio_of(slow_down.estimate)) > tolerance)
        return CompareVerdict::faster;
    const double widest = std::max(tolerance, widest_same);
    const bool small = std::abs(log_ratio_of(slow_down.estimate)) <= log_ratio_of(tolerance);
    if (small && slow_down.low > -widest && slow_down.high < widest) return CompareVerdict::same;
    row.reason = fmt::format("too noisy to tell: from {:+.1f} to {:+.1f} %", 100 * slow_down.low,
                             100 * slow_down.high);
    return CompareVerdict::not_comparable;
}

CompareRow compare_row(const StoredRow& stored, double tolerance) {
    const auto& records =
        stored.baseline.records.empty() ? stored.candidate.records : stored.baseline.records;
    CompareRow row;
    row.id = stored.id;
    row.network = records.front()->identity.network;
    row.precision = records.front()->identity.precision;
    row.wrong_output = stored.baseline.wrong() || stored.candidate.wrong();
    row.baseline = stored.baseline.times();
    row.candidate = stored.candidate.times();
    row.reason = stored.loss();
    if (!row.reason.empty()) return row;
    const LogRatio ratio = stored.log_ratio();
    if (!ratio.interval) {
        row.reason = "too few samples for an interval: six on each side are needed";
        return row;
    }
    row.slow_down = SlowDown{slow_down_of(ratio.estimate), slow_down_of(ratio.interval->low),
                             slow_down_of(ratio.interval->high)};
    row.interval_covers = stored.covers_processes() ? "processes" : "samples";
    row.verdict = verdict_of(row, tolerance);
    if (row.reason.empty()) row.reason = fmt::format("{}", fmt::join(stored.lost_runs(), ", "));
    return row;
}

CompareSummary& summary_of(std::vector<CompareSummary>& summaries, const CompareRow& row) {
    const auto found = std::ranges::find_if(summaries, [&](const CompareSummary& summary) {
        return summary.network == row.network && summary.precision == row.precision;
    });
    if (found != summaries.end()) return *found;
    return summaries.emplace_back(
        CompareSummary{.network = row.network, .precision = row.precision});
}

std::vector<CompareSummary> summarize_rows(const std::vector<CompareRow>& rows) {
    std::vector<CompareSummary> summaries;
    for (const CompareRow& row : rows) {
        CompareSummary& summary = summary_of(summaries, row);
        ++summary.rows;
        ++(row.verdict == CompareVerdict::faster   ? summary.faster
           : row.verdict == CompareVerdict::slower ? summary.slower
           : row.verdict == CompareVerdict::same   ? summary.same
                                                   : summary.not_comparable);
        if (row.slow_down) summary.mean_slow_down += log_ratio_of(row.slow_down->estimate);
    }
    for (CompareSummary& summary : summaries) {
        const auto compared = std::ranges::count_if(rows, [&](const CompareRow& row) {
            return row.slow_down && row.network == summary.network &&
                   row.precision == summary.precision;
        });
        summary.mean_slow_down =
            compared == 0 ? std::numeric_limits<double>::infinity()
                          : slow_down_of(summary.mean_slow_down / static_cast<double>(compared));
    }
    return summaries;
}

std::vector<std::string> texts(const std::vector<Difference>& differences) {
    std::vector<std::string> lines;
    for (const Difference& difference : differences) lines.push_back(difference.text());
    return lines;
}

}  // namespace

std::string_view name(CompareVerdict verdict) {
    return enum_name(verdict);
}

Comparison compare_records(const std::vector<ResultRecord>& baseline,
                           const std::vector<ResultRecord>& candidate,
                           const CompareOptions& options) {
    const std::vector<StoredRow> rows = stored_rows(baseline, candidate);
    const std::vector<Difference> found = differences_within(rows);
    Comparison comparison;
    comparison.allowed = options.allowed;
    comparison.tolerance = options.tolerance;
    comparison.refused = texts(refused(found, options.allowed));
    if (!baseline.empty()) {
        comparison.device = baseline.front().device;
        comparison.baseline_build = baseline.front().build;
    }
    if (!candidate.empty()) comparison.candidate_build = candidate.front().build;
    const bool is_refused = !comparison.refused.empty();
    for (const StoredRow& row : rows)
        if (!is_refused || row.baseline.wrong() || row.candidate.wrong())
            comparison.rows.push_back(compare_row(row, options.tolerance));
    if (is_refused) return comparison;
    comparison.differing = texts(found);
    comparison.summaries = summarize_rows(comparison.rows);
    return comparison;
}

nlohmann::json to_json(const Comparison& comparison) {
    nlohmann::json json = field_json::write(comparison);
    json["comparison_version"] = comparison_version;
    return json;
}

}  // namespace slimbench
