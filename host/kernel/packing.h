// What a variant wants of a step before it can be launched: constants in its layout, the size of
// its launch, its work.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/kernel/variant.h"
#include "host/problem/step_constants.h"

namespace slimbench {

// The argument `weights` of a kernel (kernels/cl/abi.h).
// Convolutions: [output block][kernel row][kernel column][input channels / group][block
// width][group], zeros where channels are padded; where a row keeps regions, [output block]
// [unit of input channels] and so on. A block is what a work-item computes; vectors
// after the last whole block stand alone. Plain and depthwise kernels have one block, and so
// has the matrix of a product. Winograd's: winograd_weights().
// Resizing: 32-bit words, for the y axis and then the x axis start[out] as s32 and
// weight[out][taps] as f32. Empty otherwise.
std::vector<std::byte> pack_weights(const FusedStep& step, const Variant& variant,
                                    const StepConstants& constants, const Network& network);

// The argument `channels`: rows scale, bias, init (the bits of an s32), `stride` floats each.
struct PackedChannels {
    std::vector<float> rows;
    int stride = 0;
};
PackedChannels pack_channels(const FusedStep& step, const Variant& variant,
                             const StepConstants& constants, const Network& network);

// step_args.span (kernels/cl/abi.h), of convolutions.
std::int64_t span_of(const ConvProblem& problem, const Variant& variant);

struct LaunchSize {
    std::array<std::size_t, 3> global{1, 1, 1};
    std::array<std::size_t, 3> local{1, 1, 1};
};
LaunchSize launch_size(const FusedStep& step, const Variant& variant, const Network& network);

// Size of a convolution's packed weights; 0 for what is none.
std::int64_t packed_weight_bytes(const FusedStep& step, const Variant& variant);

// Multiply-accumulates that the launch computes, padding lanes and tail pixels included; 0 for what
// is no convolution. Winograd's algorithm computes fewer than the problem has. What a library adds
// to fill its own tiles is not known and not counted.
std::int64_t executed_macs(const FusedStep& step, const Variant& variant, const Network& network);

// Name of the kernel function: the stem of its source file.
std::string entry_point(const Variant& variant);

}  // namespace slimbench
