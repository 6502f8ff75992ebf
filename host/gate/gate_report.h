// What a gate found: everything that its outputs show. docs/gating.md describes the JSON,
// gate_report.schema.json is its schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/record/record_fields.h"

namespace slimbench {

inline constexpr int gate_version = 1;

enum class GateVerdict { pass, regression, inconclusive, not_comparable, wrong_output };
enum class RowVerdict {
    passed,  // not slower by as much as the effect
    faster,  // passed, and faster by more than the threshold
    slower,
    inconclusive,
    not_comparable,  // one side has no time
    wrong_output,
    not_gated
};
std::string_view name(GateVerdict verdict);
std::string_view name(RowVerdict verdict);

// Candidate over baseline, less 1, with its 95 % interval: 0.05 is five per cent slower.
struct SlowDown {
    double estimate = 0, low = 0, high = 0;
};

// One side of a row, seconds over the samples of all its processes.
struct SideTimes {
    std::int64_t processes = 0;
    std::optional<double> median, min, p25, p75, p99;
    std::optional<double> low, high;  // 95 % interval of the median of processes
};

struct GateRow {
    std::string id;
    RowVerdict verdict = RowVerdict::inconclusive;
    std::string reason;      // in words, for people
    std::int64_t pairs = 0;  // stored mode: runs of the side that has fewer
    std::optional<SlowDown> slow_down;
    std::optional<SlowDown> confirmed;  // by the fresh pairs alone, of a row that was flagged
    double threshold = 0, effect = 0;   // the policy's, the threshold raised by calibration
    double detectable = 0;              // with 80 % probability at least; not finite if unknown
    double p_slower = 1;                // than the threshold, corrected for the number of rows
    std::vector<std::string> flags;     // of the sampler, each once; stored: also lost runs
    SideTimes baseline, candidate;
};

struct GateReport {
    std::string mode;  // "paired", "stored"
    GateVerdict verdict = GateVerdict::inconclusive;
    std::string reason;  // in words, for people
    std::string time;    // UTC, ISO 8601
    double seconds = 0;  // that the gate took
    std::int64_t pairs = 0;
    std::string suite, suite_hash;
    std::vector<GateRow> rows;
    std::vector<std::string> allowed;    // fields that differ, and were to be let pass
    std::vector<std::string> differing;  // "driver: 'PoCL 3.1' against 'PoCL 5.0'"
    nlohmann::json policy, protocol, calibration;
    nlohmann::json device, environment, baseline_build, candidate_build;
};

// Sets verdict and reason to what the rows come to together.
void conclude(GateReport& report);

nlohmann::json to_json(const GateReport& report);
GateReport gate_report_from_json(const nlohmann::json& json);  // throws std::runtime_error

template <>
struct EnumNames<GateVerdict> {
    static constexpr std::array<std::string_view, 5> names{"pass", "regression", "inconclusive",
                                                           "not_comparable", "wrong_output"};
};
template <>
struct EnumNames<RowVerdict> {
    static constexpr std::array<std::string_view, 7> names{
        "passed",         "faster",       "slower",   "inconclusive",
        "not_comparable", "wrong_output", "not_gated"};
};

template <>
struct FieldTable<SlowDown> {
    static constexpr std::tuple fields{
        Field{"estimate", &SlowDown::estimate, true},
        Field{"low", &SlowDown::low, true},
        Field{"high", &SlowDown::high, true},
    };
};

template <>
struct FieldTable<SideTimes> {
    static constexpr std::tuple fields{
        Field{"processes", &SideTimes::processes, true},
        Field{"median_ns", &SideTimes::median},
        Field{"min_ns", &SideTimes::min},
        Field{"p25_ns", &SideTimes::p25},
        Field{"p75_ns", &SideTimes::p75},
        Field{"p99_ns", &SideTimes::p99},
        Field{"median_95_low_ns", &SideTimes::low},
        Field{"median_95_high_ns", &SideTimes::high},
    };
};

template <>
struct FieldTable<GateRow> {
    static constexpr std::tuple fields{
        Field{"id", &GateRow::id, true},           Field{"verdict", &GateRow::verdict, true},
        Field{"reason", &GateRow::reason},         Field{"pairs", &GateRow::pairs},
        Field{"slow_down", &GateRow::slow_down},   Field{"confirmed", &GateRow::confirmed},
        Field{"threshold", &GateRow::threshold},   Field{"effect", &GateRow::effect},
        Field{"detectable", &GateRow::detectable}, Field{"p_slower", &GateRow::p_slower},
        Field{"flags", &GateRow::flags},           Field{"baseline", &GateRow::baseline},
        Field{"candidate", &GateRow::candidate},
    };
};

template <>
struct FieldTable<GateReport> {
    static constexpr std::tuple fields{
        Field{"mode", &GateReport::mode, true},
        Field{"verdict", &GateReport::verdict, true},
        Field{"reason", &GateReport::reason},
        Field{"time", &GateReport::time},
        Field{"seconds", &GateReport::seconds},
        Field{"pairs", &GateReport::pairs},
        Field{"suite", &GateReport::suite},
        Field{"suite_hash", &GateReport::suite_hash},
        Field{"rows", &GateReport::rows, true},
        Field{"allowed", &GateReport::allowed},
        Field{"differing", &GateReport::differing},
        Field{"policy", &GateReport::policy},
        Field{"protocol", &GateReport::protocol},
        Field{"calibration", &GateReport::calibration},
        Field{"device", &GateReport::device},
        Field{"environment", &GateReport::environment},
        Field{"baseline_build", &GateReport::baseline_build},
        Field{"candidate_build", &GateReport::candidate_build},
    };
};

}  // namespace slimbench
