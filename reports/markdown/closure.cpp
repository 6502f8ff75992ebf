// Do the parts add up? Layers alone, steps in the chain, the chain on the device, the call on the
// host.
#include <fmt/format.h>

#include "reports/format.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

// The sum over a row's steps; nothing unless every step has a time.
template <class TimeOf>
std::optional<double> sum_over_steps(const ResultRecord& row, const TimeOf& time_of) {
    if (row.steps.empty()) return std::nullopt;
    double sum = 0;
    for (const StepRecord& step : row.steps) {
        const std::optional<double> seconds = time_of(step);
        if (!seconds) return std::nullopt;
        sum += *seconds;
    }
    return sum;
}

std::optional<double> sum_alone(const Records& records, const ResultRecord& row, CacheState cache) {
    return sum_over_steps(row, [&](const StepRecord& step) {
        return latency(find_isolated(records, row, step, cache));
    });
}

// The part of `whole` that `parts` leaves over.
std::optional<double> gap(const std::optional<double>& whole, const std::optional<double>& parts) {
    const std::optional<double> share = ratio_of(parts, whole);
    return share ? std::optional(1 - *share) : std::nullopt;
}

}  // namespace

std::string closure_table(const Records& records) {
    Table table({{"network", Table::Align::left},
                 {"input"},
                 {"pruning", Table::Align::left},
                 {"precision", Table::Align::left},
                 {"layers alone, cold"},
                 {"layers alone, hot"},
                 {"steps in chain"},
                 {"device span"},
                 {"host wall"},
                 {"between steps"},
                 {"host only"}});
    for (const ResultRecord* row : forward_rows(records)) {
        const auto steps = sum_over_steps(
            *row, [&](const StepRecord& step) { return median_within(*row, step.samples); });
        if (!steps) continue;
        const auto device = median_within(
            *row, row->measurement ? row->measurement->device : std::vector<double>{});
        const auto host =
            median_within(*row, row->measurement ? row->measurement->host : std::vector<double>{});
        table.add_row({row->identity.network, subject_of(*row).input(), row->identity.pruning,
                       precision_title(*row),
                       format_time(sum_alone(records, *row, CacheState::cold)),
                       format_time(sum_alone(records, *row, CacheState::hot)), format_time(steps),
                       format_time(device), format_time(host), format_percent(gap(device, steps)),
                       format_percent(gap(host, device))});
    }
    if (table.empty()) return "";
    table.blank_repeats(3);
    return "## Closure: do the parts add up?\n\n" + table.markdown() + "\n" +
           wrap(
               "Sums of medians. Between steps: the part of the device span in which no step runs "
               "(launches). Host "
               "only: the part of the wall time outside the device span (enqueueing, waiting). A "
               "sum over layers "
               "alone is n/a unless every step of the chain was also measured alone. On a GPU the "
               "steps are those of other passes than the device span.") +
           "\n";
}

}  // namespace slimbench
