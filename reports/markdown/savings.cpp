// Pruning promises multiply-accumulates and delivers time: both, side by side.
#include <algorithm>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

std::optional<double> saved(const std::optional<double>& now, const std::optional<double>& before) {
    const std::optional<double> left = ratio_of(now, before);
    return left ? std::optional(1 - *left) : std::nullopt;
}

std::optional<double> known(std::int64_t count) {
    return count > 0 ? std::optional(static_cast<double>(count)) : std::nullopt;
}

}  // namespace

std::string savings_table(const Records& records) {
    Table table({{"network", Table::Align::left},
                 {"size"},
                 {"batch"},
                 {"precision", Table::Align::left},
                 {"pruning", Table::Align::left},
                 {"params saved"},
                 {"MACs saved"},
                 {"executed MACs saved"},
                 {"time saved"},
                 {"time per MAC saved"}});
    for (const Subject& subject : subjects(records)) {
        for (const std::string& precision : precisions(records, subject)) {
            const ResultRecord* full = find_forward(records, subject, unpruned, precision);
            for (const std::string& pruning : prunings(records, subject)) {
                const ResultRecord* row = find_forward(records, subject, pruning, precision);
                if (pruning == unpruned || !row) continue;
                const auto before = [&](auto member) {
                    return full ? known(full->*member) : std::nullopt;
                };
                const auto macs = saved(known(row->macs), known(row->macs_unpruned));
                const auto time = saved(latency(row), latency(full));
                if (!macs && !time) continue;
                table.add_row(
                    {subject.network, subject.size(), fmt::format("{}", subject.batch),
                     precision_title(*row), pruning,
                     format_percent(saved(known(row->params), before(&ResultRecord::params))),
                     format_percent(macs),
                     format_percent(
                         saved(known(row->executed_macs), before(&ResultRecord::executed_macs))),
                     format_percent(time),
                     ratio_of(time, macs) ? format_number(*ratio_of(time, macs))
                                          : std::string(not_available)});
            }
        }
    }
    if (table.empty()) return "";
    table.blank_repeats(4);
    return "## What pruning saves: work and time\n\n" + table.markdown() + "\n" +
           wrap(
               "Against the unpruned network at the same precision. Executed MACs include what "
               "kernels add by padding "
               "channels to whole vectors; where they save less than the nominal ones, the new "
               "widths fit the "
               "hardware badly. Time per MAC saved is 1 when time shrinks as much as the work "
               "does; the rest went to "
               "memory traffic, launches and padding.") +
           "\n";
}

}  // namespace slimbench
