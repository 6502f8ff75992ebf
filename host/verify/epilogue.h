// What turns a sum into the value that is stored (docs/numerics.md, "Epilogue").
#pragma once

#include <cstdint>

#include "host/problem/data_type.h"
#include "host/problem/step_constants.h"
#include "host/verify/host_tensor.h"
#include "host/verify/step_sums.h"

namespace slimbench {

// One output element on its way through the epilogue.
template <class Element>
struct Summed {
    double sum = 0;
    std::size_t channel = 0;
    const Element* residual = nullptr;  // null without one
};

struct OutputPlace {
    std::size_t pixel = 0, channel = 0;
    std::size_t channels = 1;  // of the output
};

// The residual's element that enters an output element, or null. A concatenation's residual is
// narrower than its output, whose last channels it holds.
template <class Element>
const Element* residual_at(const HostTensor<Element>* residual, const OutputPlace& place) {
    if (residual == nullptr) return nullptr;
    const auto own = static_cast<std::size_t>(residual->shape.channels);
    const std::size_t before = place.channels - own;
    if (place.channel < before) return nullptr;
    return &residual->values[place.pixel * own + place.channel - before];
}

// FP32 in double, rounded by nobody; INT8 in float, bit for bit as the kernels: the value is an
// integer of 0..255.
double finish(const StepConstants& constants, const Summed<float>& element);
double finish(const StepConstants& constants, const Summed<std::uint8_t>& element);

// How far from finish() a correct FP32 value may lie.
struct ErrorScale {
    std::int64_t products = 0;  // of the sum
    float magnitude = 0;        // sum |x||w|
    DataType storage = DataType::f32;
    double rounding = 0;  // CoverageRule::rounding
    bool bias_first = false;
    DataType accumulator = DataType::f32;
    int half_run = 0;  // CoverageRule::half_run
    DataType factor = DataType::f32;
};
double error_bound(const StepConstants& constants, const Summed<float>& element,
                   const ErrorScale& scale);

}  // namespace slimbench
