// What one pair of processes left: for each row the times of the baseline's and the candidate's
// process, taken in alternating blocks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/record/record_fields.h"
#include "host/record/result_record.h"

namespace slimbench {

inline constexpr int pairs_version = 1;

enum class Side { baseline, candidate };
std::string_view name(Side side);

// One row in one process.
struct ProcessTimes {
    Status status = Status::measured;
    std::string reason;          // why not measured; empty otherwise
    std::vector<double> device;  // seconds, in the order in which they were taken
    std::vector<std::string> flags;

    std::optional<double> median() const;  // nothing unless measured
};

// What a record tells of a process: no times unless it was measured.
ProcessTimes process_times(const ResultRecord& record);

struct PairRow {
    std::string id;
    bool baseline_first = true;  // who took the first block
    double seconds = 0;          // preparing included
    int block_samples = 1;       // the sides took turns with so many samples each
    ProcessTimes baseline, candidate;

    const ProcessTimes& of(Side side) const {
        return side == Side::baseline ? baseline : candidate;
    }
    // Candidate over baseline: the trimmed mean over blocks, each compared with the other side's
    // that was taken right beside it. Nothing unless both sides were measured.
    std::optional<double> log_ratio() const;
};

struct Pair {
    std::string time;          // UTC, ISO 8601
    double start_seconds = 0;  // until both processes stood ready
    std::vector<PairRow> rows;

    const PairRow* find(const std::string& id) const;
};

// What all pairs of a file have in common.
struct PairsOrigin {
    std::string suite, suite_hash;
    nlohmann::json protocol;
    nlohmann::json device, environment;
    nlohmann::json baseline_build, candidate_build;
    std::string baseline_binary, candidate_binary;  // hashes; empty in older files
    double verify_seconds = 0;  // that verifying both builds took, before the first pair
};

nlohmann::json to_json(const Pair& pair);
nlohmann::json to_json(const PairsOrigin& origin);

template <>
struct FieldTable<ProcessTimes> {
    static constexpr std::tuple fields{
        Field{"status", &ProcessTimes::status, true},
        Field{"reason", &ProcessTimes::reason},
        Field{"device_ns", &ProcessTimes::device, true},
        Field{"flags", &ProcessTimes::flags},
    };
};

template <>
struct FieldTable<PairRow> {
    static constexpr std::tuple fields{
        Field{"id", &PairRow::id, true},
        Field{"baseline_first", &PairRow::baseline_first},
        Field{"seconds", &PairRow::seconds, true},
        Field{"block_samples", &PairRow::block_samples, true},
        Field{"baseline", &PairRow::baseline, true},
        Field{"candidate", &PairRow::candidate, true},
    };
};

template <>
struct FieldTable<Pair> {
    static constexpr std::tuple fields{
        Field{"time", &Pair::time},
        Field{"start_seconds", &Pair::start_seconds, true},
        Field{"rows", &Pair::rows, true},
    };
};

template <>
struct FieldTable<PairsOrigin> {
    static constexpr std::tuple fields{
        Field{"suite", &PairsOrigin::suite, true},
        Field{"suite_hash", &PairsOrigin::suite_hash, true},
        Field{"protocol", &PairsOrigin::protocol},
        Field{"device", &PairsOrigin::device},
        Field{"environment", &PairsOrigin::environment},
        Field{"baseline_build", &PairsOrigin::baseline_build},
        Field{"candidate_build", &PairsOrigin::candidate_build},
        Field{"baseline_binary", &PairsOrigin::baseline_binary},
        Field{"candidate_binary", &PairsOrigin::candidate_binary},
        Field{"verify_seconds", &PairsOrigin::verify_seconds},
    };
};

}  // namespace slimbench
