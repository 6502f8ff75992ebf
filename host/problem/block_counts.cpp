// Sums over the layers of blocks and levels.
#include "host/problem/block_counts.h"

#include <algorithm>

namespace slimbench {

std::vector<BlockCount> count_blocks(const Network& network) {
    std::vector<BlockCount> blocks;
    for (const Node& node : network.nodes) {
        auto row = std::ranges::find_if(blocks, [&](const BlockCount& block) {
            return block.block == node.block && block.level == node.level;
        });
        if (row == blocks.end())
            row = blocks.insert(blocks.end(), {.level = node.level, .block = node.block});
        row->macs += macs(node);
        ++row->layers;
    }
    return blocks;
}

std::vector<LevelCount> count_levels(const Network& network) {
    std::vector<LevelCount> levels;
    for (const BlockCount& block : count_blocks(network)) {
        if (!block.level) continue;
        auto row = std::ranges::find(levels, *block.level, &LevelCount::level);
        if (row == levels.end()) row = levels.insert(levels.end(), {.level = *block.level});
        row->macs_forward += block.macs;
        if (block.block != skips_block) row->macs_backbone += block.macs;
    }
    return levels;
}

}  // namespace slimbench
