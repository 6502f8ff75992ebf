#include "host/verify/epilogue.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/problem/data_type.h"

namespace slimbench {

double finish(const StepConstants& constants, const Summed<float>& element) {
    double y = element.sum * constants.scale[element.channel] + constants.bias[element.channel];
    if (element.residual) y += static_cast<double>(*element.residual) * constants.residual_scale;
    return std::min(std::max(y, static_cast<double>(constants.low)),
                    static_cast<double>(constants.high));
}

double finish(const StepConstants& constants, const Summed<std::uint8_t>& element) {
    float y = std::fma(static_cast<float>(element.sum), constants.scale[element.channel],
                       constants.bias[element.channel]);
    if (element.residual)
        y = std::fma(static_cast<float>(*element.residual), constants.residual_scale, y);
    y = std::min(std::max(y, constants.low), constants.high);
    return std::nearbyint(y);
}

// Of binary16: how far rounding moves a value below its normal range.
constexpr double half_smallest = 0x1p-25;

namespace {

// Of both factors of each product, in units of eps sum|x||w|: never more than two; over many
// products roundings cancel (docs/numerics.md).
double rounded_factors(double products) {
    return std::min(2.0, 16 / std::sqrt(products));
}

// How far the sum itself may be off (docs/numerics.md).
double accumulation_bound(const ErrorScale& scale) {
    const auto products = static_cast<double>(scale.products);
    const double own = traits(scale.accumulator).epsilon * std::sqrt(products);
    const double underflow = products * half_smallest;
    const double magnitude = scale.rounding * static_cast<double>(scale.magnitude);
    if (scale.factor == DataType::tf32)
        return own * magnitude + traits(scale.factor).epsilon * rounded_factors(products) *
                                     static_cast<double>(scale.magnitude);
    if (scale.half_run == 0)
        return own * magnitude + (scale.accumulator == DataType::f16 ? underflow : 0);
    const double run = std::min(products, static_cast<double>(scale.half_run));
    const double spread = std::min(1.0, 2 * std::sqrt(run / products));
    return (traits(DataType::f16).epsilon * std::sqrt(run) * spread + own) * magnitude + underflow;
}

}  // namespace

double error_bound(const StepConstants& constants, const Summed<float>& element,
                   const ErrorScale& scale) {
    const double epsilon = traits(DataType::f32).epsilon;
    const double factor = std::fabs(constants.scale[element.channel]);
    const double scaled = element.sum * constants.scale[element.channel];
    const double biased = scaled + constants.bias[element.channel];
    const double added =
        element.residual ? static_cast<double>(*element.residual) * constants.residual_scale : 0.0;
    const double accumulation = scale.products == 0 ? 0 : accumulation_bound(scale) * factor;
    const double beginning = std::fabs(constants.bias[element.channel]) + std::fabs(added);
    const double carried = scale.bias_first ? scale.rounding * epsilon * beginning *
                                                  std::sqrt(static_cast<double>(scale.products))
                                            : 0;
    const double epilogue =
        std::fabs(scaled) + std::fabs(biased) + std::fabs(added) + std::fabs(biased + added);
    // Devices may flush results below the normal range to zero.
    const double computed =
        accumulation + carried + epsilon * epilogue + std::numeric_limits<float>::min();
    if (scale.storage != DataType::f16) return computed;
    // Storing rounds the computed value, which is itself off by `computed`, to half an ulp, or to
    // half the smallest binary16.
    return computed + traits(DataType::f16).epsilon * (std::fabs(biased + added) + computed) +
           half_smallest;
}

}  // namespace slimbench
