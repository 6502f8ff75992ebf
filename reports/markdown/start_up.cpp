// What happens before the first result and around each one: building, uploading, transfers, memory.
#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

// Nothing was built when the worker still held the programs of an earlier row.
std::string build_cell(const std::optional<double>& seconds) {
    return seconds && *seconds == 0 ? "reused" : format_time(seconds);
}

}  // namespace

std::string start_up_table(const Records& records) {
    Table table({{"network", Table::Align::left},
                 {"input"},
                 {"pruning", Table::Align::left},
                 {"precision", Table::Align::left},
                 {"program build"},
                 {"weight upload"},
                 {"first inference"},
                 {"calibration"},
                 {"image upload"},
                 {"scores download"},
                 {"device memory"}});
    for (const ResultRecord* row : forward_rows(records)) {
        if (row->status != Status::measured) continue;
        const StartUp& start = row->start_up;
        table.add_row({row->identity.network, subject_of(*row).input(), row->identity.pruning,
                       precision_title(*row), build_cell(start.build), format_time(start.upload),
                       format_time(start.first_inference), format_time(start.calibrate),
                       format_time(median_within(*row, row->upload)),
                       format_time(median_within(*row, row->download)),
                       row->memory_peak ? format_bytes(static_cast<double>(row->memory_peak))
                                        : std::string(not_available)});
    }
    if (table.empty()) return "";
    table.blank_repeats(3);
    return "## Start-up, transfers and memory\n\n" + table.markdown() + "\n" +
           wrap(
               "None of these times is part of the latencies above. Program build is short where a "
               "cache held the programs, and reused where the worker still did. Device memory is "
               "the planned peak: weights and reused buffers.") +
           "\n";
}

}  // namespace slimbench
