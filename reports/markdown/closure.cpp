// Do the parts add up? Layers alone, steps in the chain, the chain on the device, the call on the
// host.
#include <fmt/format.h>

#include "reports/format.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/provenance.h"
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

// The steps' times of each pass; nothing where they are of other passes than those measured, as on
// a GPU.
std::vector<double> steps_of_passes(const ResultRecord& row) {
    if (const std::string type = text_at(row.device, "type"); !type.empty() && type != "cpu")
        return {};
    std::vector<double> sums(row.measurement ? row.measurement->device.size() : 0);
    for (const StepRecord& step : row.steps) {
        if (step.samples.size() != sums.size()) return {};
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += step.samples[i];
    }
    return sums;
}

// The part of a pass's `whole` that its `part` leaves over, the median over all passes: medians of
// both, taken alone, would differ by what the machine does meanwhile.
std::optional<double> gap(const ResultRecord& row, const std::vector<double>& whole,
                          const std::vector<double>& part) {
    if (whole.size() != part.size()) return std::nullopt;
    std::vector<double> gaps(whole.size());
    for (std::size_t i = 0; i < gaps.size(); ++i) {
        if (whole[i] <= 0) return std::nullopt;
        gaps[i] = 1 - part[i] / whole[i];
    }
    return median_within(row, gaps);
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
    const Measurement none;
    for (const ResultRecord* row : forward_rows(records)) {
        const auto steps = sum_over_steps(
            *row, [&](const StepRecord& step) { return median_within(*row, step.samples); });
        if (!steps) continue;
        const Measurement& measured = row->measurement ? *row->measurement : none;
        table.add_row({row->identity.network, subject_of(*row).input(), row->identity.pruning,
                       precision_title(*row),
                       format_time(sum_alone(records, *row, CacheState::cold)),
                       format_time(sum_alone(records, *row, CacheState::hot)), format_time(steps),
                       format_time(median_within(*row, measured.device)),
                       format_time(median_within(*row, measured.host)),
                       format_percent(gap(*row, measured.device, steps_of_passes(*row))),
                       format_percent(gap(*row, measured.host, measured.device))});
    }
    if (table.empty()) return "";
    table.blank_repeats(3);
    return "## Closure: do the parts add up?\n\n" + table.markdown() + "\n" +
           wrap(
               "Sums of medians. Between steps: the part of a pass's device span in which no step "
               "runs (launches), the median over all passes. Host only: the part of the wall time "
               "outside the device span (enqueueing, waiting), likewise. A sum over layers alone "
               "is n/a unless every step of the chain was also measured alone. Where steps were "
               "timed in other passes than the device span, as on a GPU, what lies between them is "
               "n/a.") +
           "\n";
}

}  // namespace slimbench
