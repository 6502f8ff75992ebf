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

std::string meaning(const std::string& flag) {
    static const std::map<std::string, std::string> meanings{
        {"trend", "the samples drifted: the last third differs from the first"},
        {"throttled", "the device's clock fell while measuring"},
        {"timer_disagreement", "device events and the host's clock do not fit together"},
        {"end_before_start",
         "an event ended before it started: the device's timer is not to be trusted"}};
    const auto found = meanings.find(flag);
    return found == meanings.end() ? "" : found->second;
}

std::string reservations(const Records& records) {
    Table table({{"row", Table::Align::left},
                 {"flag", Table::Align::left},
                 {"meaning", Table::Align::left}});
    for (const ResultRecord& row : records)
        if (row.status == Status::measured && row.measurement)
            for (const std::string& flag : row.measurement->flags)
                table.add_row({row.identity.id(), flag, meaning(flag)});
    if (table.empty()) return "";
    return "## Measured with reservations\n\n" + table.markdown() + "\n";
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
