// What stands behind "measured": how much of each output was compared with the reference, and how
// close it came.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

struct Coverage {
    std::size_t steps = 0, correct = 0, cached = 0;
    std::int64_t checked = 0, elements = 0;
    double worst = 0;
    std::string worst_layer;

    void add(const Verdict& verdict, const std::string& layer) {
        ++steps;
        correct += verdict.result == Verdict::Result::correct;
        cached += verdict.cached;
        checked += verdict.checked;
        elements += verdict.elements;
        if (worst_layer.empty() || !(verdict.worst <= worst)) {
            worst = verdict.worst;
            worst_layer = layer;
        }
    }
};

Coverage coverage(const ResultRecord& row) {
    Coverage sum;
    for (const StepRecord& step : row.steps) sum.add(step.verdict, layer_title(step));
    return sum;
}

std::string_view text(Verdict::Result result) {
    switch (result) {
        case Verdict::Result::correct:
            return "correct";
        case Verdict::Result::incorrect:
            return "incorrect";
        case Verdict::Result::not_verified:
            return "not verified";
    }
    return "";
}

std::string rules(const Records& records) {
    std::map<std::string, std::size_t> counts;
    for (const ResultRecord& row : records)
        for (const StepRecord& step : row.steps)
            if (!step.verdict.rule.empty()) ++counts[step.verdict.rule];
    std::string list;
    for (const auto& [rule, count] : counts) list += fmt::format("- `{}`: {} steps\n", rule, count);
    return list.empty() ? "" : "Rules applied:\n\n" + list + "\n";
}

}  // namespace

std::string verification(const Records& records) {
    Table table({{"network", Table::Align::left},
                 {"input"},
                 {"pruning", Table::Align::left},
                 {"precision", Table::Align::left},
                 {"whole chain", Table::Align::left},
                 {"steps correct"},
                 {"from cache"},
                 {"outputs compared"},
                 {"of all outputs"},
                 {"worst error / bound"},
                 {"in layer", Table::Align::left}});
    for (const ResultRecord* row : forward_rows(records)) {
        const Coverage sum = coverage(*row);
        if (sum.steps == 0) continue;
        const double elements = static_cast<double>(sum.elements);
        table.add_row({row->identity.network, subject_of(*row).input(), row->identity.pruning,
                       precision_title(*row), std::string(text(row->verdict.result)),
                       fmt::format("{} of {}", sum.correct, sum.steps),
                       fmt::format("{}", sum.cached), format_count(sum.checked),
                       format_percent(ratio_of(static_cast<double>(sum.checked), elements)),
                       std::isfinite(sum.worst) ? format_number(sum.worst) : "unbounded",
                       sum.worst > 0 ? sum.worst_layer : ""});
    }
    if (table.empty()) return "";
    table.blank_repeats(3);
    return "## Verification\n\n" + table.markdown() + "\n" +
           wrap(
               "Every step's output is compared with a plain reference fed with the device's own "
               "input. At 1 an error "
               "would be at its bound; integers must be equal, so theirs is 0. Steps from cache "
               "were compared in an "
               "earlier run of the same program, device, shape and seed.") +
           "\n" + rules(records);
}

}  // namespace slimbench
