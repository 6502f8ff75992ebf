#include "host/record/journal.h"

#include <stdexcept>

#include "reports/report.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/written_file.h"

namespace slimbench::fuzz {

void check_journal(std::string_view text) {
    const std::string path = written_file("records.jsonl", text);
    const auto journal =
        read_or_refuse<std::runtime_error>(path, [&] { return read_journal(path); });
    if (!journal) return;
    for (const ResultRecord& record : journal->records) {
        const nlohmann::json json = to_json(record);
        require(to_json(from_json(json)) == json, "a record's JSON reads back as itself");
    }
    const Records records = merge_records({{journal->records}});
    require(records.size() <= journal->records.size(), "merging adds no row");
    if (records.empty()) return;
    for (const ReportFormat& format : report_formats())
        require(!format.render(records).empty(), "every report has text");
}

}  // namespace slimbench::fuzz
