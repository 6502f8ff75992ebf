// INT8 parameters of a network: per tensor from observed ranges, per output channel for weights.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/problem/network.h"

namespace slimbench {

struct Range {
    float low = 0, high = 0;
};

// u8 affine: real = scale * (q - zero_point). Ranges always contain 0 so that padding is exact.
struct AffineQuantization {
    float scale = 1;
    int zero_point = 0;
};
AffineQuantization affine_u8(Range range);

// By tensor name, kept in a file so that a user can put ranges of real data in their place.
struct Ranges {
    std::string network;
    std::string source;  // "max calibration, 2 synthetic images, seed 1"
    std::map<std::string, Range> tensors;
};
// Throws std::runtime_error naming file, key and what is allowed.
Ranges read_ranges(const std::string& path);
void write_ranges(const std::string& path, const Ranges& ranges);

// One entry per tensor (tensors that fuse() folds away keep the default). Pooling and resizing
// without a residual keep their input's parameters.
// Throws std::runtime_error naming a tensor without range, or one whose range is empty (dead).
std::vector<AffineQuantization> quantize_tensors(const Network& network, const Ranges& ranges);

// s8 symmetric per output channel: scale[o] = max|w| / 127, weights in [-127, 127].
struct QuantizedWeights {
    std::vector<std::int8_t> values;  // OIHW
    std::vector<float> scale;         // per output channel
};
QuantizedWeights quantize_weights(const std::vector<float>& oihw, std::int64_t filters);

}  // namespace slimbench
