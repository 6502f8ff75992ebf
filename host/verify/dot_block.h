// The inner loop of the reference convolution: a block of output pixels times a block of output
// channels.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace slimbench {

inline constexpr int dot_pixels = 4;
inline constexpr int dot_channels = 16;

// Products of `length` terms. Weights stay float (exact for f32 and s8) to halve their traffic; the
// sums are double. Doubles add integers exactly up to 2^53, so the same loop is the 64-bit integer
// sum of INT8.
struct DotBlock {
    const double* patch;           // [length][dot_pixels]
    const float* patch_magnitude;  // the same, absolute; null when magnitudes are not wanted
    const float* weights;          // [length][dot_channels]
    std::size_t length;
    double* sums;       // [dot_pixels][dot_channels], out
    float* magnitudes;  // sums of |x||w|, out; null when not wanted
};

// The loop compiled for one instruction set. Sums are ascending and multiplication and addition are
// rounded apart, so that every instruction set gives the same bits.
struct DotKernel {
    std::string_view name;
    void (*run)(const DotBlock& block);
};
std::vector<DotKernel> usable_dot_kernels();  // on this CPU, best first

void dot_block(const DotBlock& block);  // by the best

}  // namespace slimbench
