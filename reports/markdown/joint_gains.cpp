// Lower precision and pruning together: does the joint gain reach the product of the single ones?
#include <algorithm>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

// Gain of a row over the unpruned network in FP32.
std::optional<double> gain_of(const Records& records, const Subject& subject,
                              std::string_view pruning, std::string_view precision) {
    return ratio_of(latency(find_forward(records, subject, unpruned, baseline_precision)),
                    latency(find_forward(records, subject, pruning, precision)));
}

std::optional<double> product(const std::optional<double>& a, const std::optional<double>& b) {
    return a && b ? std::optional(*a * *b) : std::nullopt;
}

// "7.20x of 8.68x" where both savings meet, "3.10x" where there is but one.
std::string grid_cell(const Records& records, const Subject& subject, const std::string& pruning,
                      const std::string& precision) {
    const ResultRecord* row = find_forward(records, subject, pruning, precision);
    if (!row) return "";
    if (!latency(row)) return std::string(name(row->status));
    const auto gain = gain_of(records, subject, pruning, precision);
    const bool alone = pruning == unpruned || precision == baseline_precision;
    const auto promised = alone ? std::nullopt
                                : product(gain_of(records, subject, pruning, baseline_precision),
                                          gain_of(records, subject, unpruned, precision));
    return format_ratio(gain) + (promised ? " of " + format_ratio(promised) : "");
}

// A grid needs both axes.
bool has_grid(const Records& records, const Subject& subject) {
    return prunings(records, subject).size() > 1 && precisions(records, subject).size() > 1;
}

std::vector<std::string> grid_precisions(const Records& records) {
    std::vector<std::string> names;
    for (const Subject& subject : subjects(records)) {
        if (!has_grid(records, subject)) continue;
        for (const std::string& precision : precisions(records, subject))
            if (std::find(names.begin(), names.end(), precision) == names.end())
                names.push_back(precision);
    }
    sort_precisions(names);
    return names;
}

}  // namespace

std::string joint_gains(const Records& records) {
    const std::vector<std::string> names = grid_precisions(records);
    std::vector<Table::Column> columns{
        {"network", Align::left}, {"size"}, {"batch"}, {"pruning", Align::left}};
    for (const std::string& precision : names)
        columns.push_back({precision_title(records, precision)});
    Table table(columns);
    for (const Subject& subject : subjects(records)) {
        if (!has_grid(records, subject)) continue;
        for (const std::string& pruning : prunings(records, subject)) {
            std::vector<std::string> cells{subject.network, subject.size(),
                                           fmt::format("{}", subject.batch), pruning};
            for (const std::string& precision : names)
                cells.push_back(grid_cell(records, subject, pruning, precision));
            table.add_row(std::move(cells));
        }
    }
    if (table.empty()) return "";
    table.blank_repeats(3);
    return "## Precision and pruning together\n\n" + table.markdown() + "\n" +
           wrap(
               "Speed-up over the unpruned network in FP32. Where both savings meet: the joint "
               "gain, of the product of the two single gains.") +
           "\n";
}

}  // namespace slimbench
