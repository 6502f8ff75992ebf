// Winograd's minimal filtering F(4x4, 3x3): what it computes, and its weights.
#pragma once

#include <cstdint>
#include <vector>

#include "host/problem/conv_problem.h"

namespace slimbench {

// What a work-item of kernels/cl/conv_winograd.cl computes together.
struct WinogradBlock {
    std::int64_t tiles;    // of 4x4 output pixels
    std::int64_t filters;  // output channels
    std::int64_t lanes;    // of them to a vector; vectors beyond the last filter are left out
};

// Tiles of 4x4 pixels that cover the output, images apart.
std::int64_t winograd_tiles(const TensorShape& out);

// Multiply-accumulates between the transforms, with what the last tile and vector compute for
// nothing.
std::int64_t winograd_macs(const TensorShape& out, std::int64_t channels,
                           const WinogradBlock& block);

// OIHW weights as [output block][place of 36][input channels rounded up to 16][block.filters],
// zeros where channels are padded. Transformed in double, rounded once.
std::vector<float> winograd_weights(const std::vector<float>& oihw, const ConvProblem& problem,
                                    const WinogradBlock& block);

// Elements of winograd_weights().
std::int64_t winograd_weight_count(const ConvProblem& problem, const WinogradBlock& block);

// Into how many shares work-items divide the groups of block.tiles tiles, and the blocks.
struct WinogradShares {
    std::int64_t tiles, blocks;
};
WinogradShares winograd_shares(const ConvProblem& problem, const TensorShape& out,
                               const WinogradBlock& block);

}  // namespace slimbench
