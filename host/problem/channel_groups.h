// Which channels of a network can only be pruned together.
#pragma once

#include <string>
#include <vector>

#include "host/problem/network.h"

namespace slimbench {

// Convolutions whose output channels must be kept or dropped together (residual streams, depthwise
// chains, shared weights).
struct ChannelGroup {
    std::string name;                // the first producer's weights: "layer2.0.downsample"
    std::vector<std::size_t> nodes;  // producing convolutions, depthwise ones included
    std::int64_t channels = 0;
    // False where the width is given: by the image, the scores, a grouped convolution, or by what a
    // concatenation before a depthwise convolution joins.
    bool prunable = true;
    std::vector<std::string> blocks;  // of the producers, sorted, distinct
};

// In the order of their first producers.
std::vector<ChannelGroup> channel_groups(const Network& network);

}  // namespace slimbench
