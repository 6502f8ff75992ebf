// The numbers a fused step computes with: the one definition that kernels and reference share.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "host/problem/fused_step.h"
#include "host/problem/parameters.h"
#include "host/problem/quantization.h"

namespace slimbench {

struct StepConstants {
    // Convolutions only, OIHW; f32 or s8.
    std::variant<std::monostate, std::vector<float>, std::vector<std::int8_t>> weights;
    std::vector<float> scale, bias;  // per output channel
    std::vector<std::int32_t> init;  // per output channel; INT8 convolutions:
                                     // -zero_point(input) x sum of the channel's weights
    float residual_scale = 0;
    float low = 0, high = 0;  // bounds of the activation, in output units
    float output_pad = 0;     // what zero is in the output tensor
    float input_pad = 0;      // what zero is in the input tensor
};

StepConstants constants_fp32(const FusedStep& step, const Network& network,
                             const Parameters& parameters);
// As constants_fp32, with weights rounded to binary16: values that its storage holds exactly.
StepConstants constants_fp16(const FusedStep& step, const Network& network,
                             const Parameters& parameters);
StepConstants constants_int8(const FusedStep& step, const Network& network,
                             const Parameters& parameters,
                             const std::vector<AffineQuantization>& tensors);

// Interpolation along one axis: output o reads `taps` inputs from start[o] on (indices clamped to
// the input), weighted.
struct ResizeAxis {
    int taps = 2;                     // 2 bilinear, 4 bicubic
    std::vector<std::int32_t> start;  // per output coordinate; may lie outside
    std::vector<float> weight;        // output coordinate x tap
};
ResizeAxis resize_axis(Resize::Filter filter, std::int64_t in, std::int64_t out);

}  // namespace slimbench
