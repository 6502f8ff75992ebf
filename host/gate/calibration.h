// What pairs of one and the same build say about a machine: how far its rows scatter, and which
// slow-downs can be told there.
#pragma once

#include <string>
#include <vector>

#include "host/gate/pair_journal.h"
#include "host/gate/policy.h"
#include "host/gate/replay.h"
#include "host/gate/session.h"
#include "host/record/record_fields.h"

namespace slimbench {

inline constexpr int calibration_version = 1;

// All as fractions of the time.
struct RowNoise {
    std::string id;
    std::int64_t pairs = 0;
    double pair_noise = 0;     // standard deviation of the log-ratio of one pair, robust
    double process_noise = 0;  // of the logarithm of one process's median, over all processes
    double aa_99 = 0;          // 99th percentile of slow-downs that gates see where there is none
    double threshold = 0;      // max(policy, aa_99)
    double detectable = 0;     // by a gate, with a probability of 80 % at least
};

struct Calibration {
    std::string time, policy;
    std::string suite, suite_hash;
    std::int64_t pairs = 0;
    std::vector<RowNoise> rows;
    double false_alarms = 0, passes = 0, inconclusive = 0;  // shares of gates replayed on the pairs
    nlohmann::json protocol, device;

    const RowNoise* find(const std::string& id) const;
};

// Throws std::invalid_argument when there are fewer pairs than one gate may take.
Calibration calibrate(const Policy& policy, const RecordedPairs& recorded);

nlohmann::json to_json(const Calibration& calibration);
Calibration read_calibration(const std::string& path);  // throws std::runtime_error

// Throws std::runtime_error naming the field in which what was measured now differs from what the
// calibration is of: device, driver, suite or protocol.
void require_fitting(const Calibration& calibration, const PairsOrigin& measured);
void require_fitting(const Calibration& calibration, const ResultRecord& measured);

// The rows of a gate with their limits: the policy's, the threshold raised to what the calibration
// found.
std::vector<GatedRow> gated_rows(const Policy& policy, const std::vector<std::string>& ids,
                                 const Calibration* calibration);

template <>
struct FieldTable<RowNoise> {
    static constexpr std::tuple fields{
        Field{"id", &RowNoise::id, true},
        Field{"pairs", &RowNoise::pairs, true},
        Field{"pair_noise", &RowNoise::pair_noise, true},
        Field{"process_noise", &RowNoise::process_noise, true},
        Field{"aa_99", &RowNoise::aa_99, true},
        Field{"threshold", &RowNoise::threshold, true},
        Field{"detectable", &RowNoise::detectable, true},
    };
};

template <>
struct FieldTable<Calibration> {
    static constexpr std::tuple fields{
        Field{"time", &Calibration::time},
        Field{"policy", &Calibration::policy},
        Field{"suite", &Calibration::suite},
        Field{"suite_hash", &Calibration::suite_hash, true},
        Field{"pairs", &Calibration::pairs, true},
        Field{"rows", &Calibration::rows, true},
        Field{"false_alarms", &Calibration::false_alarms},
        Field{"passes", &Calibration::passes},
        Field{"inconclusive", &Calibration::inconclusive},
        Field{"protocol", &Calibration::protocol, true},
        Field{"device", &Calibration::device, true},
    };
};

}  // namespace slimbench
