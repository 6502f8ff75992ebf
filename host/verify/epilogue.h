// What turns a sum into the value that is stored (docs/numerics.md, "Epilogue").
#pragma once

#include <cstdint>

#include "host/problem/data_type.h"
#include "host/problem/step_constants.h"
#include "host/verify/step_sums.h"

namespace slimbench {

// One output element on its way through the epilogue.
template <class Element>
struct Summed {
    double sum = 0;
    std::size_t channel = 0;
    const Element* residual = nullptr;  // null without one
};

// FP32 in double, rounded by nobody; INT8 in float, bit for bit as the kernels: the value is an
// integer of 0..255.
double finish(const StepConstants& constants, const Summed<float>& element);
double finish(const StepConstants& constants, const Summed<std::uint8_t>& element);

// How far from finish() a correct FP32 value may lie.
struct ErrorScale {
    std::int64_t products = 0;  // of the sum
    float magnitude = 0;        // sum |x||w|
    DataType storage = DataType::f32;
};
double error_bound(const StepConstants& constants, const Summed<float>& element,
                   const ErrorScale& scale);

}  // namespace slimbench
