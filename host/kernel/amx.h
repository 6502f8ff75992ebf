// What kernels/cl/conv_amx.cl computes: how it divides the output and a kernel row's products.
#pragma once

#include <cstdint>

#include "host/problem/fused_step.h"

namespace slimbench {

// A tile of sums, and the bytes of a row of the factors: so many products are taken at a time.
inline constexpr std::int64_t amx_tile_rows = 16, amx_tile_bytes = 64;

// The products of a row of the kernel, in runs through memory: one for each tap, or one for all
// where taps follow on each other, with the channels that a pixel has beyond its own, and where
// that saves steps. A run is divided into as few steps as hold it, all of one depth, so it may be
// read up to `amx_tile_bytes` - 1 bytes further than it goes, where weights are zero.
struct AmxRow {
    std::int64_t tap;  // products from one tap to the next
    std::int64_t runs, steps, depth;

    std::int64_t products() const { return runs * steps * depth; }
};
AmxRow amx_row(const ConvProblem& problem);

// Tiles of the output, all of `rows` pixels, some of which may be none of the output.
struct AmxTiles {
    std::int64_t rows, count;
};
AmxTiles amx_tiles(const FusedStep& step, const Network& network);

}  // namespace slimbench
