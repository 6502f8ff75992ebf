// Small steps with seeded random data, and a second implementation of convolution: the definition,
// written out.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <type_traits>
#include <vector>

#include "host/problem/step_constants.h"
#include "host/verify/host_tensor.h"

namespace slimbench::testing {

template <class Element>
constexpr bool integer = std::is_same_v<Element, std::uint8_t>;
template <class Element>
using Weight = std::conditional_t<integer<Element>, std::int8_t, float>;

// A step with its data, ready for run_reference and verify_step.
template <class Element>
struct Case {
    FusedStep step;
    StepConstants constants;
    HostTensor<Element> input;
    std::optional<HostTensor<Element>> residual;
    TensorShape out;

    const HostTensor<Element>* residual_or_null() const { return residual ? &*residual : nullptr; }
};

template <class Element>
HostTensor<Element> tensor(const TensorShape& shape, std::vector<Element> values) {
    return {shape, std::move(values)};
}

struct Window {
    Size kernel{}, stride{};
    Padding pad{};
    Size dilation{};
    std::int64_t groups = 1;
};
inline ConvProblem conv_problem(const TensorShape& in, std::int64_t filters, const Window& w = {}) {
    return {in, filters, w.kernel, w.stride, w.pad, w.dilation, w.groups};
}

inline Resize resize_with(Resize::Filter filter) {
    return {filter, Resize::Factor{}, {}};
}

class Values {
public:
    explicit Values(unsigned seed) : random_(seed) {}

    float real() { return static_cast<float>(random_() % 2001) / 1000.0f - 1.0f; }
    template <class Value>
    Value value() {
        if constexpr (std::is_same_v<Value, float>)
            return real();
        else if constexpr (std::is_same_v<Value, std::int8_t>)
            return static_cast<std::int8_t>(static_cast<int>(random_() % 255) - 127);
        else
            return static_cast<Value>(random_() % 256);
    }
    template <class Value>
    std::vector<Value> many(std::int64_t count) {
        std::vector<Value> values(static_cast<std::size_t>(count));
        for (Value& one : values) one = value<Value>();
        return values;
    }
    template <class Element>
    HostTensor<Element> tensor(const TensorShape& shape) {
        return {shape, many<Element>(shape.elements())};
    }

private:
    std::mt19937 random_;
};

// Constants that leave an operation's sum as it is.
inline StepConstants plain_constants(std::int64_t channels, bool integers = false) {
    StepConstants constants;
    constants.scale.assign(static_cast<std::size_t>(channels), 1.0f);
    constants.bias.assign(static_cast<std::size_t>(channels), 0.0f);
    constants.init.assign(static_cast<std::size_t>(channels), 0);
    constants.low = integers ? 0 : -std::numeric_limits<float>::infinity();
    constants.high = integers ? 255 : std::numeric_limits<float>::infinity();
    return constants;
}

struct ConvExtras {
    bool residual = false;
    Activation activation = Activation::none;
};

inline void set_int8_constants(StepConstants& constants, const ConvProblem& p, Values& values) {
    const auto& weights = std::get<std::vector<std::int8_t>>(constants.weights);
    const auto per_filter = static_cast<std::size_t>(p.reduction());
    constants.input_pad = 117;
    constants.output_pad = 98;
    constants.residual_scale = 0.37f;
    for (std::size_t o = 0; o < static_cast<std::size_t>(p.filters); ++o) {
        for (std::size_t i = 0; i < per_filter; ++i)
            constants.init[o] -= 117 * weights[o * per_filter + i];
        // Spreads the outputs over u8: the sum's deviation is about 5400 sqrt(K).
        constants.scale[o] =
            (1.0f + 0.5f * values.real()) * 0.011f / std::sqrt(static_cast<float>(per_filter));
        constants.bias[o] = 100 + 20 * values.real();
    }
}

template <class Element>
Case<Element> conv_case(const ConvProblem& p, unsigned seed, const ConvExtras& extras = {}) {
    Values values(seed);
    Case<Element> made;
    Conv conv;
    conv.problem = p;
    made.step.operation = conv;
    made.step.activation = extras.activation;
    made.out = p.out();
    made.input = values.tensor<Element>(p.in);
    made.constants = plain_constants(p.filters, integer<Element>);
    made.constants.weights = values.many<Weight<Element>>(p.weight_count());
    if constexpr (integer<Element>) {
        set_int8_constants(made.constants, p, values);
    } else {
        made.constants.scale = values.many<float>(p.filters);
        made.constants.bias = values.many<float>(p.filters);
        made.constants.residual_scale = 1;
    }
    if (extras.activation != Activation::none) made.constants.low = made.constants.output_pad;
    if (extras.activation == Activation::relu6)
        made.constants.high = integer<Element> ? 180.0f : 6.0f;
    if (extras.residual) {
        made.step.residual = 1;
        made.residual = values.tensor<Element>(made.out);
    }
    return made;
}

// sum over the window of x w, as the definition says it; Sum is double or std::int64_t.
template <class Element, class Sum>
Sum naive_sum(const Case<Element>& c, std::int64_t n, std::int64_t o, std::int64_t y,
              std::int64_t x) {
    const ConvProblem& p = std::get<Conv>(c.step.operation).problem;
    const auto& weights = std::get<std::vector<Weight<Element>>>(c.constants.weights);
    const std::int64_t channels = p.in.channels / p.groups;
    const std::int64_t first = o / (p.filters / p.groups) * channels;
    Sum sum = 0;
    for (std::int64_t i = 0; i < channels; ++i)
        for (std::int64_t r = 0; r < p.kernel.height; ++r)
            for (std::int64_t s = 0; s < p.kernel.width; ++s) {
                const std::int64_t iy = y * p.stride.height + r * p.dilation.height - p.pad.top;
                const std::int64_t ix = x * p.stride.width + s * p.dilation.width - p.pad.left;
                const bool outside = iy < 0 || ix < 0 || iy >= p.in.height || ix >= p.in.width;
                const auto value =
                    static_cast<Sum>(outside ? static_cast<Element>(c.constants.input_pad)
                                             : c.input.at(n, iy, ix, first + i));
                const std::int64_t at =
                    ((o * channels + i) * p.kernel.height + r) * p.kernel.width + s;
                sum += value * static_cast<Sum>(weights[static_cast<std::size_t>(at)]);
            }
    return sum;
}

inline float naive_output(const Case<float>& c, std::int64_t n, std::int64_t o, std::int64_t y,
                          std::int64_t x) {
    const auto channel = static_cast<std::size_t>(o);
    double value = naive_sum<float, double>(c, n, o, y, x) * c.constants.scale[channel] +
                   c.constants.bias[channel];
    if (c.residual) value += c.residual->at(n, y, x, o);
    if (c.step.activation != Activation::none) value = value < 0 ? 0 : value;
    if (c.step.activation == Activation::relu6) value = value > 6 ? 6 : value;
    return static_cast<float>(value);
}

inline std::uint8_t naive_output(const Case<std::uint8_t>& c, std::int64_t n, std::int64_t o,
                                 std::int64_t y, std::int64_t x) {
    const auto channel = static_cast<std::size_t>(o);
    const auto sum = static_cast<std::int32_t>(
        c.constants.init[channel] + naive_sum<std::uint8_t, std::int64_t>(c, n, o, y, x));
    float value =
        std::fma(static_cast<float>(sum), c.constants.scale[channel], c.constants.bias[channel]);
    if (c.residual)
        value = std::fma(static_cast<float>(c.residual->at(n, y, x, o)), c.constants.residual_scale,
                         value);
    if (value < c.constants.low) value = c.constants.low;
    if (value > c.constants.high) value = c.constants.high;
    return static_cast<std::uint8_t>(std::lrint(value));
}

template <class Element>
HostTensor<Element> naive_run(const Case<Element>& c) {
    HostTensor<Element> output{c.out, {}};
    for (std::int64_t n = 0; n < c.out.batch; ++n)
        for (std::int64_t y = 0; y < c.out.height; ++y)
            for (std::int64_t x = 0; x < c.out.width; ++x)
                for (std::int64_t o = 0; o < c.out.channels; ++o)
                    output.values.push_back(naive_output(c, n, o, y, x));
    return output;
}

}  // namespace slimbench::testing
