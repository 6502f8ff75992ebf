// What the two ways of summing a convolution share: its checked weights and where a tap reads.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "host/verify/step_sums.h"

namespace slimbench {

template <class Element>
using ConvWeight = std::conditional_t<std::is_same_v<Element, float>, float, std::int8_t>;

// OIHW. A fully connected layer reads an image as one long pixel, so of the input only the number
// of elements has to agree. Throws std::invalid_argument naming what does not fit.
template <class Element>
const std::vector<ConvWeight<Element>>& checked_weights(const ConvProblem& problem,
                                                        const StepConstants& constants,
                                                        const HostTensor<Element>& input) {
    const auto* oihw = std::get_if<std::vector<ConvWeight<Element>>>(&constants.weights);
    if (oihw == nullptr)
        throw std::invalid_argument("reference of " + problem.text() +
                                    ": weights are missing or of the other precision");
    const auto expect = [&](const char* what, std::size_t got, std::int64_t wanted) {
        if (got != static_cast<std::size_t>(wanted))
            throw std::invalid_argument(fmt::format("reference of {}: {} {} instead of {}",
                                                    problem.text(), got, what, wanted));
    };
    expect("input elements", input.values.size(), problem.in.elements());
    expect("weights", oihw->size(), problem.weight_count());
    expect("scales", constants.scale.size(), problem.filters);
    expect("biases", constants.bias.size(), problem.filters);
    expect("initial values", constants.init.size(), problem.filters);
    return *oihw;
}

struct Tap {
    std::int64_t row, column;
};

// All channels of the input pixel that a tap of the window reads; null in the padding.
template <class Element>
const Element* tap_values(const ConvProblem& p, const HostTensor<Element>& input, const Pixel& out,
                          const Tap& tap) {
    const std::int64_t y = out.y * p.stride.height - p.pad.top + tap.row * p.dilation.height;
    const std::int64_t x = out.x * p.stride.width - p.pad.left + tap.column * p.dilation.width;
    if (y < 0 || y >= p.in.height || x < 0 || x >= p.in.width) return nullptr;
    return input.values.data() + ((out.n * p.in.height + y) * p.in.width + x) * p.in.channels;
}

}  // namespace slimbench
