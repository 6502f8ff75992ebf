// The candidate's times for trackers, and the table of what a gate writes.
#include <array>

#include <fmt/format.h>

#include "reports/gate/gate_outputs.h"
#include "reports/trackers.h"

namespace slimbench {
namespace {

constexpr std::array<GateOutput, 6> outputs{{
    {"gate.json", "everything; its schema is host/gate/gate_report.schema.json", gate_json},
    {"gate.md", "for a comment under a pull request", gate_markdown},
    {"junit.xml", "for CI servers", gate_junit},
    {"bencher.json", "the candidate's times in Bencher's metric format", gate_bmf},
    {"benchmark-action.json", "the same in github-action-benchmark's custom format",
     gate_benchmark_action},
    {"google-benchmark.json", "the same in Google Benchmark's, one entry a benchmark", gate_gbench},
}};

std::vector<TrackedRow> tracked(const GateReport& report) {
    std::vector<TrackedRow> rows;
    for (const GateRow& row : report.rows)
        if (row.candidate.median && row.verdict != RowVerdict::wrong_output)
            rows.push_back({row.id, *row.candidate.median, row.candidate.low, row.candidate.high,
                            fmt::format("median of {} processes", row.candidate.processes)});
    return rows;
}

}  // namespace

std::span<const GateOutput> gate_outputs() {
    return outputs;
}

std::string gate_bmf(const GateReport& report) {
    return bencher_metrics(tracked(report));
}

std::string gate_benchmark_action(const GateReport& report) {
    return benchmark_action(tracked(report));
}

std::string gate_gbench(const GateReport& report) {
    ResultRecord origin;
    origin.time = report.time;
    origin.device = report.device;
    origin.environment = report.environment;
    origin.build = report.candidate_build;
    return tracked_gbench({origin}, tracked(report));
}

}  // namespace slimbench
