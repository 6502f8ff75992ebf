// Two sets of records set side by side, row by row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/gate/comparability.h"
#include "host/gate/gate_report.h"

namespace slimbench {

inline constexpr int comparison_version = 1;

enum class CompareVerdict { faster, slower, same, not_comparable };
std::string_view name(CompareVerdict verdict);

struct CompareRow {
    std::string id, network, precision;
    CompareVerdict verdict = CompareVerdict::not_comparable;
    std::string reason;  // why not comparable, or how many runs were lost; mostly empty
    bool wrong_output = false;
    std::optional<SlowDown> slow_down;
    std::string interval_covers;  // "processes", "samples" of one process a side, or nothing
    SideTimes baseline, candidate;
};

// All comparable rows of a network in one precision.
struct CompareSummary {
    std::string network, precision;
    std::int64_t rows = 0, faster = 0, slower = 0, same = 0, not_comparable = 0;
    double mean_slow_down = 0;  // of the geometric mean of the ratios; not finite without any
};

struct Comparison {
    std::vector<CompareRow> rows;  // in the baseline's order, then those of the candidate alone
    std::vector<CompareSummary> summaries;
    std::vector<std::string> allowed;    // fields that --allow named
    std::vector<std::string> differing;  // Difference::text(), all of them allowed
    std::vector<std::string> refused;    // those that are not: then only wrong rows are listed
    double tolerance = 0;                // slow-downs up to this count as the same
    nlohmann::json device, baseline_build, candidate_build;
};

struct CompareOptions {
    double tolerance = 0.02;
    std::vector<std::string> allowed;
};

// Several measured records of one row are runs of it, each in a process of its own; four on each
// side give an interval that covers other processes too. Throws std::invalid_argument for an
// unknown allowed field.
Comparison compare_records(const std::vector<ResultRecord>& baseline,
                           const std::vector<ResultRecord>& candidate,
                           const CompareOptions& options);

nlohmann::json to_json(const Comparison& comparison);

template <>
struct EnumNames<CompareVerdict> {
    static constexpr std::array<std::string_view, 4> names{"faster", "slower", "same",
                                                           "not_comparable"};
};

template <>
struct FieldTable<CompareRow> {
    static constexpr std::tuple fields{
        Field{"id", &CompareRow::id, true},
        Field{"network", &CompareRow::network},
        Field{"precision", &CompareRow::precision},
        Field{"verdict", &CompareRow::verdict, true},
        Field{"reason", &CompareRow::reason},
        Field{"wrong_output", &CompareRow::wrong_output},
        Field{"slow_down", &CompareRow::slow_down},
        Field{"interval_covers", &CompareRow::interval_covers},
        Field{"baseline", &CompareRow::baseline},
        Field{"candidate", &CompareRow::candidate},
    };
};

template <>
struct FieldTable<CompareSummary> {
    static constexpr std::tuple fields{
        Field{"network", &CompareSummary::network},
        Field{"precision", &CompareSummary::precision},
        Field{"rows", &CompareSummary::rows},
        Field{"faster", &CompareSummary::faster},
        Field{"slower", &CompareSummary::slower},
        Field{"same", &CompareSummary::same},
        Field{"not_comparable", &CompareSummary::not_comparable},
        Field{"mean_slow_down", &CompareSummary::mean_slow_down},
    };
};

template <>
struct FieldTable<Comparison> {
    static constexpr std::tuple fields{
        Field{"rows", &Comparison::rows, true},
        Field{"summaries", &Comparison::summaries},
        Field{"allowed", &Comparison::allowed},
        Field{"differing", &Comparison::differing},
        Field{"refused", &Comparison::refused},
        Field{"tolerance", &Comparison::tolerance},
        Field{"device", &Comparison::device},
        Field{"baseline_build", &Comparison::baseline_build},
        Field{"candidate_build", &Comparison::candidate_build},
    };
};

}  // namespace slimbench
