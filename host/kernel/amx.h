// What kernels/cl/conv_amx.cl computes: how it divides the output and the products of a tap.
#pragma once

#include <cstdint>

#include "host/problem/fused_step.h"

namespace slimbench {

// The bytes of a row of a tile, so the products that it takes at a time.
inline constexpr std::int64_t amx_tile_rows = 16, amx_tile_bytes = 64;

// A pixel's channels at one tap, in as few steps of as few products as do not read past the
// channels that a pixel has in memory: whole vectors.
struct AmxTap {
    std::int64_t steps, depth;

    std::int64_t products() const { return steps * depth; }
};
AmxTap amx_tap(std::int64_t channels);

// Tiles of the output, all of `rows` pixels, some of which may be none of the output.
struct AmxTiles {
    std::int64_t rows, count;
};
AmxTiles amx_tiles(const FusedStep& step, const Network& network);

}  // namespace slimbench
