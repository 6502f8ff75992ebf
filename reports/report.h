// Reports: pure functions from records to text, one per format.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/record/result_record.h"

namespace slimbench {

using Records = std::vector<ResultRecord>;

std::string report_markdown(
    const Records& records);  // for people: what INT8 and pruning buy, and where the time goes
std::string report_details(
    const Records& records);  // for people: costliest layers, closure, start-up, verification
std::string report_csv(
    const Records& records);  // a line per row, step and span; columns are the field table
std::string report_gbench(
    const Records& records);  // Google Benchmark's JSON: compare.py and CI trackers read it
std::string report_summary(const Records& records);  // one aligned table for a terminal
std::string report_layers(
    const Records& records);  // for a terminal: distinct layers, their speed, roof and peers

struct ReportFormat {
    std::string_view name;  // what --format takes
    std::string_view description;
    std::string (*render)(const Records&);
    bool names_lost_rows = true;  // what has no time is in it all the same
};
std::span<const ReportFormat> report_formats();
const ReportFormat& format_named(std::string_view name);  // throws std::runtime_error

// Joins journals: a later row of the same identity and device replaces an earlier one, in the
// earlier one's place. A row without a device (its worker never came up) is replaced by a later one
// of any device.
Records merge_records(std::span<const Records> journals);

}  // namespace slimbench
