// Structured pruning: which channels must go together, and a network with fewer of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/problem/network.h"

namespace slimbench {

// Convolutions whose output channels must be kept or dropped together (residual streams, depthwise
// chains, shared weights).
struct ChannelGroup {
    std::vector<std::size_t> nodes;  // producing convolutions, depthwise ones included
    std::int64_t channels = 0;
    bool prunable = true;             // false when the group reaches the image or the scores
    std::vector<std::string> blocks;  // blocks of the producers, sorted, distinct
};
std::vector<ChannelGroup> channel_groups(const Network& network);

// "none", or ALIAS@RATIO with an alias of the network and 0 < RATIO <= 1: every prunable group
// all of whose producers lie in the alias's blocks keeps round(channels x RATIO), at least 1.
struct PruningPlan {
    std::string alias = "none";
    double keep = 1.0;
    std::string text() const;  // "none", "first2@0.5"
};
// Throws std::invalid_argument with what is allowed.
PruningPlan parse_pruning(std::string_view text);

// Throws std::invalid_argument for an alias the network lacks, naming those it has.
Network prune(Network network, const PruningPlan& plan);

}  // namespace slimbench
