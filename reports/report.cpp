// The table of formats, and the joining of journals.
#include "reports/report.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "reports/provenance.h"
#include "reports/trackers.h"

namespace slimbench {
namespace {

constexpr std::array<ReportFormat, 9> formats{{
    {"md", "Markdown: what reduced precision and pruning buy", report_markdown},
    {"details", "Markdown: costliest layers, closure, start-up, verification", report_details},
    {"csv", "one line per row, step and span, for spreadsheets and data frames", report_csv},
    {"gbench", "Google Benchmark's JSON, for compare.py", report_gbench},
    {"bmf", "Bencher's metric format: one latency a row",
     [](const Records& records) { return bencher_metrics(tracked_rows(records)); }, false},
    {"github-action", "github-action-benchmark's custom format, smaller is better",
     [](const Records& records) { return benchmark_action(tracked_rows(records)); }, false},
    {"gbench-medians", "Google Benchmark's JSON with one entry a row, for trackers",
     [](const Records& records) { return tracked_gbench(records, tracked_rows(records)); }, false},
    {"summary", "one short table for a terminal", report_summary},
    {"layers", "a line per distinct layer for a terminal: time, speed, % of roof, peers",
     report_layers},
}};

bool same_device(const ResultRecord& a, const ResultRecord& b) {
    return a.device.is_null() || b.device.is_null() || device_title(a) == device_title(b);
}

}  // namespace

std::span<const ReportFormat> report_formats() {
    return formats;
}

const ReportFormat& format_named(std::string_view name) {
    const auto found = std::ranges::find(formats, name, &ReportFormat::name);
    if (found == formats.end())
        throw std::runtime_error(fmt::format("--format {}: no such format", name));
    return *found;
}

Records merge_records(std::span<const Records> journals) {
    Records merged;
    std::unordered_map<std::string, std::vector<std::size_t>>
        places;  // of one identity, a place per device
    for (const Records& journal : journals) {
        for (const ResultRecord& record : journal) {
            std::vector<std::size_t>& known = places[record.identity.id()];
            const auto earlier = std::find_if(known.begin(), known.end(), [&](std::size_t place) {
                return same_device(record, merged[place]);
            });
            if (earlier != known.end()) {
                merged[*earlier] = record;
            } else {
                known.push_back(merged.size());
                merged.push_back(record);
            }
        }
    }
    return merged;
}

}  // namespace slimbench
