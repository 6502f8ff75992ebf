#include "tests/fuzz/promises.h"

#include "host/kernel/plan.h"
#include "host/problem/block_counts.h"
#include "host/problem/network_json.h"
#include "host/problem/pruning.h"

namespace slimbench::fuzz {
namespace {

// Planning is linear, but slow with sanitizers; more steps say nothing new.
constexpr std::size_t most_planned_nodes = 300;

DeviceTraits able_device() {
    DeviceTraits able;
    able.name = "able";
    able.kind = DeviceKind::cpu;
    able.tier = Tier::amx;
    return able;
}

void check_counts(const Network& network) {
    const Counts counts = count(network);
    require(counts.params >= 0 && counts.macs >= 0 && counts.macs_thop >= counts.macs,
            "counts are not negative");
    std::int64_t macs_of_blocks = 0;
    for (const BlockCount& block : count_blocks(network)) macs_of_blocks += block.macs;
    require(macs_of_blocks == counts.macs, "the blocks' MACs add up to the network's");
    for (const LevelCount& level : count_levels(network))
        require(level.macs_backbone <= level.macs_forward, "a backbone is part of its forward");
    for (const Precision precision : all_precisions)
        require(weight_bytes(network, traits(traits(precision).weight).bits) >= 0,
                "bytes of weights are not negative");
}

void check_plan(const Network& network, Precision precision) {
    const Plan plan = plan_network(network, fuse(network), precision, able_device());
    for (const PlannedStep& planned : plan.steps) {
        require(planned.choice.variant, "every step has a kernel");
        // Fewer than asked where the algorithm saves some.
        require((planned.executed_macs > 0) == (planned.macs > 0), "work is executed as work");
        require(planned.traffic.total() > 0, "every step moves bytes");
    }
    require(plan.activation_bytes() > 0, "activations take memory");
}

}  // namespace

void check_accepted(const Network& network) {
    check_counts(network);
    const nlohmann::json json = to_json(network);
    require(to_json(network_from_json(json)) == json, "a network's JSON reads back as itself");
    if (network.nodes.size() > most_planned_nodes) return;
    channel_groups(network);
    for (const Precision precision : all_precisions) check_plan(network, precision);
}

}  // namespace slimbench::fuzz
