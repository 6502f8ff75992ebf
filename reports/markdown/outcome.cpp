// Rows without a speed and rows with reservations: what happened, in the row's own words.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

constexpr std::size_t readable_reason = 200;

// One line, cut at a readable length: a compiler's log stays in the journal.
std::string shortened(const std::string& text) {
    std::string line = text.substr(0, readable_reason);
    std::replace(line.begin(), line.end(), '\n', ' ');
    return text.size() > readable_reason ? line + "..." : line;
}

std::size_t layer_rows(const Records& records) {
    return static_cast<std::size_t>(
        std::count_if(records.begin(), records.end(), [](const auto& row) {
            return row.identity.kind == RowKind::layer && row.status == Status::measured;
        }));
}

std::string meaning(const std::string& flag) {
    static const std::map<std::string, std::string> meanings{
        {"trend", "the samples drifted: the last third differs from the first"},
        {"throttled", "the device's clock fell while measuring"},
        {"timer_disagreement", "device events and the host's clock do not fit together"},
        {"end_before_start",
         "an event ended before it started: the device's timer is not to be trusted"},
        {"busy", "somebody else had half a processor or more meanwhile"},
        {"coarse_timer", "a sample has fewer than 100 steps of the device's clock"},
        {"unproven", "a kernel ran that no device had run before; its output was verified"}};
    const auto found = meanings.find(flag);
    return found == meanings.end() ? "" : found->second;
}

// Whole networks by name; single layers are many and only counted.
std::string reservations(const Records& records) {
    struct Flagged {
        std::vector<std::string> networks;
        std::size_t layers = 0;
    };
    std::map<std::string, Flagged> flags;
    for (const ResultRecord& row : records) {
        if (!is_doubtful(row)) continue;
        for (const std::string& flag : row.measurement->flags) {
            if (row.identity.kind == RowKind::forward)
                flags[flag].networks.push_back(row.identity.id());
            else
                ++flags[flag].layers;
        }
    }
    Table table({{"flag", Table::Align::left},
                 {"meaning", Table::Align::left},
                 {"layers"},
                 {"networks", Table::Align::left}});
    for (const auto& [flag, rows] : flags)
        table.add_row({flag, meaning(flag),
                       fmt::format("{} of {}", rows.layers, layer_rows(records)),
                       fmt::format("{}", fmt::join(rows.networks, ", "))});
    if (table.empty()) return "";
    return "## Measured with reservations\n\n" + table.markdown() + "\n" +
           wrap("Networks named here carry a star above. Repeat them on a quiet machine.") + "\n";
}

}  // namespace

std::string outcome_sentence(const Records& records) {
    std::map<Status, std::size_t> counts;
    for (const ResultRecord& row : records) ++counts[row.status];
    std::vector<std::string> others;
    for (const auto& [status, count] : counts)
        if (status != Status::measured) others.push_back(fmt::format("{} {}", count, name(status)));
    return fmt::format("{} of {} rows measured{}{}.", counts[Status::measured], records.size(),
                       others.empty() ? "" : "; ", fmt::join(others, ", "));
}

std::string not_measured(const Records& records) {
    Table table({{"row", Table::Align::left},
                 {"status", Table::Align::left},
                 {"reason", Table::Align::left},
                 {"to try it again", Table::Align::left}});
    for (const ResultRecord& row : records)
        if (row.status != Status::measured)
            table.add_row({row.identity.id(), std::string(name(row.status)), shortened(row.reason),
                           row.repro.empty() ? "" : "`" + row.repro + "`"});
    const std::string lost = table.empty() ? "" : "## Not measured\n\n" + table.markdown() + "\n";
    return lost + reservations(records);
}

}  // namespace slimbench
