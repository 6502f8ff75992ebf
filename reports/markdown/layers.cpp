// Where the time goes: the costliest steps of each chain, and each of them measured alone.
#include <algorithm>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

constexpr std::size_t readable_rows = 12;

using Align = Table::Align;

std::string gops_cell(std::int64_t macs, const std::optional<double>& seconds) {
    const std::optional<double> speed = gops(macs, seconds);
    return speed ? format_number(*speed) : "";
}

std::string roof_cell(const StepRecord& step, double seconds) {
    const std::optional<double> fraction = fraction_of_roof(step, seconds);
    return fraction ? format_percent(fraction) : "";
}

struct TimedStep {
    const StepRecord* step;
    double seconds;
};

std::vector<TimedStep> timed_steps(const ResultRecord& row) {
    std::vector<TimedStep> steps;
    for (const StepRecord& step : row.steps)
        if (const auto seconds = median_within(row, step.samples))
            steps.push_back({&step, *seconds});
    return steps;
}

double total(const std::vector<TimedStep>& steps, std::size_t from) {
    double sum = 0;
    for (; from < steps.size(); ++from) sum += steps[from].seconds;
    return sum;
}

std::string steps_table(const Records& records, const ResultRecord& row,
                        std::vector<TimedStep> steps) {
    std::stable_sort(steps.begin(), steps.end(),
                     [](const TimedStep& a, const TimedStep& b) { return a.seconds > b.seconds; });
    const double whole = total(steps, 0);
    Table table({{"block", Align::left},
                 {"layer", Align::left},
                 {"problem", Align::left},
                 {"variant", Align::left},
                 {"in chain"},
                 {"alone, hot"},
                 {"alone, cold"},
                 {"GOP/s"},
                 {"of roof"},
                 {"limit", Align::left},
                 {"share"}});
    for (std::size_t i = 0; i < std::min(steps.size(), readable_rows); ++i) {
        const auto& [step, seconds] = steps[i];
        const auto alone = [&, step = step](CacheState cache) {
            return format_time(latency(find_isolated(records, row, *step, cache)));
        };
        table.add_row({place_title(*step), layer_title(*step), problem_title(step->problem),
                       step->variant, format_time(seconds), alone(CacheState::hot),
                       alone(CacheState::cold), gops_cell(step->macs, seconds),
                       roof_cell(*step, seconds), limit_title(*step),
                       format_percent(ratio_of(seconds, whole))});
    }
    if (steps.size() > readable_rows) {
        const double rest = total(steps, readable_rows);
        table.add_row({"", fmt::format("{} more steps", steps.size() - readable_rows), "", "",
                       format_time(rest), "", "", "", "", "",
                       format_percent(ratio_of(rest, whole))});
    }
    return table.markdown();
}

bool has_forward_row(const Records& records, const ResultRecord& layer) {
    return std::any_of(records.begin(), records.end(), [&](const ResultRecord& row) {
        return is_forward(row) && subject_of(row) == subject_of(layer);
    });
}

}  // namespace

std::string layer_tables(const Records& records) {
    std::string text;
    for (const Subject& subject : subjects(records)) {
        for (const std::string& precision : precisions(records, subject)) {
            for (const std::string& pruning : prunings(records, subject)) {
                const ResultRecord* row = find_forward(records, subject, pruning, precision);
                const std::vector<TimedStep> steps =
                    row ? timed_steps(*row) : std::vector<TimedStep>{};
                if (steps.empty()) continue;
                text +=
                    fmt::format("### {}, {}, pruning {}\n\n{}\n", subject.title(),
                                precision_title(*row), pruning, steps_table(records, *row, steps));
                break;
            }
        }
    }
    if (text.empty()) return "";
    return "## Layers\n\n" +
           wrap(fmt::format("The {} costliest steps of each chain at its first pruning; --format "
                            "csv has all. \"+2\" "
                            "counts further layers fused into the step. In chain: inside the "
                            "running network. Alone: "
                            "repeated by itself with warm (hot) or flushed (cold) caches. Of roof: "
                            "the least time that the device's peaks allow, over the time in the "
                            "chain; limit: what that least time is spent on. Share: of all steps' "
                            "time.",
                            readable_rows)) +
           "\n" + text;
}

std::string single_layers(const Records& records) {
    Table table({{"layer", Align::left},
                 {"problem", Align::left},
                 {"precision", Align::left},
                 {"variant", Align::left},
                 {"caches", Align::left},
                 {"time"},
                 {"95 % interval"},
                 {"GOP/s"},
                 {"GB/s"},
                 {"of roof"},
                 {"limit", Align::left}});
    for (const ResultRecord& row : records) {
        const bool alone =
            row.identity.kind == RowKind::layer && is_ours(row) && !has_forward_row(records, row);
        const std::optional<Summary> time = published_time(row);
        if (!alone || !time || row.steps.empty()) continue;
        const StepRecord& step = row.steps.front();
        table.add_row(
            {layer_title(row), problem_title(step.problem), precision_title(row), step.variant,
             row.identity.cache == CacheState::hot ? "hot" : "cold", format_time(time->median),
             format_interval(time->median_95), gops_cell(step.macs, time->median),
             step.bytes ? format_number(1e-9 * static_cast<double>(step.bytes) / time->median) : "",
             roof_cell(step, time->median), limit_title(step)});
    }
    if (table.empty()) return "";
    return "## Single layers\n\n" + table.markdown() + "\n" +
           wrap(
               "GB/s counts compulsory traffic: each tensor and the weights once. Of roof: the "
               "least time that the device's peaks allow, over the time taken; limit: what that "
               "least time is spent on.") +
           "\n";
}

}  // namespace slimbench
