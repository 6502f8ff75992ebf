#include "host/gate/replay.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "host/gate/draw.h"

namespace slimbench {

double ReplayTally::share(GateVerdict verdict) const {
    const auto found = verdicts.find(verdict);
    if (found == verdicts.end() || gates == 0) return 0;
    return static_cast<double>(found->second) / static_cast<double>(gates);
}

nlohmann::json to_json(const ReplayTally& tally) {
    nlohmann::json verdicts = nlohmann::json::object();
    for (const auto& [verdict, gates] : tally.verdicts)
        verdicts[std::string(name(verdict))] = gates;
    return {{"gates", tally.gates},
            {"verdicts", verdicts},
            {"mean_pairs", tally.mean_pairs},
            {"mean_seconds", tally.mean_seconds},
            {"longest_seconds", tally.longest_seconds}};
}

std::size_t longest_gate(const Policy& policy) {
    // After every look rows may be flagged and measured again.
    return static_cast<std::size_t>(policy.looks.back()) +
           policy.looks.size() * static_cast<std::size_t>(policy.confirming_pairs);
}

ReplayTally replay(const Policy& policy, const std::vector<GatedRow>& rows,
                   const RecordedPairs& recorded, const Replay& how) {
    const std::size_t longest = longest_gate(policy);
    if (recorded.pairs.size() < longest)
        throw std::invalid_argument(
            fmt::format("replay: {} pairs are recorded, a gate of policy '{}' may take {}",
                        recorded.pairs.size(), policy.name, longest));
    Draw draw(how.seed);
    ReplayTally tally;
    for (int gate = 0; gate < how.gates; ++gate) {
        Policy own = policy;
        own.seed = policy.seed + static_cast<std::uint64_t>(gate);
        std::size_t at = draw.below(recorded.pairs.size() - longest + 1);
        Session session(own, rows);
        session.spend(recorded.origin.verify_seconds);
        const GateReport report =
            run_session(session, [&](const auto&) -> const Pair& { return recorded.pairs[at++]; });
        ++tally.verdicts[report.verdict];
        ++tally.gates;
        tally.mean_pairs += static_cast<double>(report.pairs) / how.gates;
        tally.mean_seconds += report.seconds / how.gates;
        tally.longest_seconds = std::max(tally.longest_seconds, report.seconds);
    }
    return tally;
}

}  // namespace slimbench
