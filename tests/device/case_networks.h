// Networks of one step or two, for the cases of tests/device/step_cases.h.
#pragma once

#include <string>
#include <utility>

#include "tests/device/step_cases.h"
#include "tests/unit/problem/small_networks.h"

namespace slimbench::testing {

inline StepCase make(std::string name, Family family, NetworkBuilder builder) {
    return {std::move(name), family, builder.build()};
}

inline Conv conv_of(std::int64_t filters, Size kernel) {
    Conv conv;
    conv.problem.filters = filters;
    conv.problem.kernel = kernel;
    conv.weights = "weights";
    conv.norm = "norm";
    return conv;
}

inline Conv padded_conv(std::int64_t filters) {
    Conv conv = conv_of(filters, {3, 3});
    conv.problem.pad = Padding::all(1);
    return conv;
}

inline NetworkBuilder alone(const TensorShape& image, const Operation& operation) {
    NetworkBuilder builder(image);
    builder.add("step", operation, {0});
    return builder;
}

// The operation's result plus the image, in one launch.
inline NetworkBuilder with_residual(const TensorShape& image, const Operation& operation,
                                    Activation activation) {
    NetworkBuilder builder(image);
    const TensorId made = builder.add("step", operation, {0});
    builder.add("sum", Add{activation}, {0, made});
    return builder;
}

std::vector<StepCase> conv_cases();

}  // namespace slimbench::testing
