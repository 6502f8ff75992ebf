// Gates run again on recorded pairs: how often a policy is right on a machine as it really is.
#pragma once

#include <map>
#include <vector>

#include "host/gate/pair_journal.h"
#include "host/gate/session.h"

namespace slimbench {

struct Replay {
    int gates = 1000;
    std::uint64_t seed = 1;
};

struct ReplayTally {
    std::int64_t gates = 0;
    std::map<GateVerdict, std::int64_t> verdicts;
    double mean_pairs = 0, mean_seconds = 0, longest_seconds = 0;

    double share(GateVerdict verdict) const;
};

nlohmann::json to_json(const ReplayTally& tally);

// The pairs that a gate may use up at most.
std::size_t longest_gate(const Policy& policy);

// Each gate starts somewhere in the recording and takes the pairs that follow, in their order: a
// block keeps whatever neighbouring pairs have in common. Blocks of different gates overlap. Throws
// std::invalid_argument when the recording is shorter than a gate may be.
ReplayTally replay(const Policy& policy, const std::vector<GatedRow>& rows,
                   const RecordedPairs& recorded, const Replay& how);

}  // namespace slimbench
