// Files for trackers of benchmarks: one entry a benchmark, since they take every entry for a result
// of its own. Rows without a time have no place in these formats and are left out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/report.h"

namespace slimbench {

struct TrackedRow {
    std::string name;
    double median = 0;                // seconds
    std::optional<double> low, high;  // 95 % interval of the median
    std::string note;
};
std::vector<TrackedRow> tracked_rows(const Records& records);

// Bencher's metric format: latency in nanoseconds.
std::string bencher_metrics(const std::vector<TrackedRow>& rows);

// github-action-benchmark's customSmallerIsBetter.
std::string benchmark_action(const std::vector<TrackedRow>& rows);

// Google Benchmark's JSON, for github-action-benchmark's googlecpp and Bencher's cpp_google. The
// context is that of the origin's first record.
std::string tracked_gbench(const Records& origin, const std::vector<TrackedRow>& rows);

}  // namespace slimbench
