// Costs of a network's parts: what the tables by block and pyramid level are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/problem/network.h"

namespace slimbench {

// The block that a level's forward counts and its backbone does not.
inline constexpr std::string_view skips_block = "skips";

struct BlockCount {
    std::optional<int> level;
    std::string block;
    std::int64_t macs = 0;
    std::size_t layers = 0;
};

// A pyramid level: stem and blocks make its backbone, with the skips its forward.
struct LevelCount {
    int level = 0;
    std::int64_t macs_forward = 0;
    std::int64_t macs_backbone = 0;
};

// In the order of their first layers.
std::vector<BlockCount> count_blocks(const Network& network);
std::vector<LevelCount> count_levels(const Network& network);

}  // namespace slimbench
