#include "tests/unit/reports/sample_gate.h"

#include <limits>

#include <fmt/format.h>

#include "host/gate/policy.h"

namespace slimbench {
namespace {

SideTimes times(double median, std::int64_t processes) {
    return {processes,     median,        median * 0.96,  median * 0.99,
            median * 1.02, median * 1.30, median * 0.995, median * 1.01};
}

GateRow row(const std::string& id, RowVerdict verdict, double slow_down, double width) {
    GateRow made;
    made.id = id + "/forward";
    made.verdict = verdict;
    made.pairs = 16;
    made.slow_down = SlowDown{slow_down, slow_down - width, slow_down + width};
    made.threshold = 0.02;
    made.effect = 0.05;
    made.detectable = 0.02 + 2 * width;
    made.p_slower = verdict == RowVerdict::slower ? 0.0006 : 0.7;
    made.baseline = times(0.010, 16);
    made.candidate = times(0.010 * (1 + slow_down), 16);
    return made;
}

GateRow without_times(const std::string& id, RowVerdict verdict, const std::string& reason) {
    GateRow made;
    made.id = id + "/forward";
    made.verdict = verdict;
    made.reason = reason;
    made.threshold = 0.02;
    made.effect = 0.05;
    made.detectable = std::numeric_limits<double>::infinity();
    return made;
}

}  // namespace

GateReport sample_gate_report() {
    GateReport report;
    report.mode = "paired";
    report.time = "2026-01-02T03:04:05Z";
    report.seconds = 83.25;
    report.pairs = 16;
    report.suite = "sample";
    report.suite_hash = "5a11";
    GateRow slower = row("resnet18/int8", RowVerdict::slower, 0.061, 0.008);
    slower.reason = "slower than the tolerated 2.0 %, and again in 6 fresh pairs";
    slower.confirmed = SlowDown{0.058, 0.049, 0.068};
    GateRow noisy = row("mobilenet_v2/int8", RowVerdict::inconclusive, 0.011, 0.04);
    noisy.reason = "too noisy: the least slow-down that 16 pairs could tell is above 5.0 %";
    noisy.flags = {"trend", "throttled"};
    report.rows = {row("resnet18/fp32", RowVerdict::passed, 0.002, 0.006),
                   slower,
                   row("mobilenet_v2/fp32", RowVerdict::faster, -0.09, 0.01),
                   noisy,
                   without_times("vgg16/fp32", RowVerdict::not_comparable,
                                 "candidate: crashed: the worker ended by signal 4 (Illegal "
                                 "instruction) | \x01<&>"),
                   row("resnet18/layer:conv1", RowVerdict::not_gated, 0.3, 0.1)};
    report.policy = to_json(default_policy());
    report.device = {{"name", "Sample CPU"}, {"driver", "3.1"}};
    report.environment = {{"threads", 2}, {"cpu_mhz", "2000.000"}};
    report.baseline_build = {{"version", "0.1.0"}, {"commit", "c0ffee"}, {"type", "Release"}};
    report.candidate_build = {{"version", "0.1.0"}, {"commit", "decaf"}, {"type", "Release"}};
    report.allowed = {"driver"};
    report.differing = {"driver: '3.1' against '5.0'"};
    conclude(report);
    return report;
}

Comparison sample_comparison() {
    Comparison comparison;
    comparison.tolerance = 0.02;
    const auto add = [&](const char* network, const char* precision, CompareVerdict verdict,
                         std::optional<SlowDown> change) -> CompareRow& {
        CompareRow row;
        row.id = fmt::format("{}/none/precision:{}/forward", network, precision);
        row.network = network;
        row.precision = precision;
        row.verdict = verdict;
        row.slow_down = change;
        row.interval_covers = change ? "samples" : "";
        row.baseline = times(0.010, 1);
        if (change) row.candidate = times(0.010 * (1 + change->estimate), 1);
        return comparison.rows.emplace_back(std::move(row));
    };
    add("resnet18", "fp32", CompareVerdict::same, SlowDown{0.001, -0.004, 0.006});
    add("resnet18", "int8", CompareVerdict::slower, SlowDown{0.08, 0.07, 0.09});
    add("mobilenet_v2", "fp32", CompareVerdict::faster, SlowDown{-0.12, -0.13, -0.11});
    add("vgg16", "fp32", CompareVerdict::not_comparable, std::nullopt).reason =
        "candidate: missing";
    comparison.summaries = {
        {"resnet18", "fp32", 1, 0, 0, 1, 0, 0.001},
        {"resnet18", "int8", 1, 0, 1, 0, 0, 0.08},
        {"mobilenet_v2", "fp32", 1, 1, 0, 0, 0, -0.12},
        {"vgg16", "fp32", 1, 0, 0, 0, 1, std::numeric_limits<double>::infinity()}};
    comparison.allowed = {"driver"};
    comparison.differing = {"driver: '3.1' against '5.0'"};
    comparison.device = {{"name", "Sample CPU"}, {"driver", "3.1"}};
    comparison.baseline_build = {{"version", "0.1.0"}, {"commit", "c0ffee"}};
    comparison.candidate_build = {{"version", "0.1.0"}, {"commit", "decaf"}};
    return comparison;
}

}  // namespace slimbench
