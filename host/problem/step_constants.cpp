// Folds normalisation, bias and quantisation into the numbers of a step: in double, rounded once to
// float.
#include "host/problem/step_constants.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/core.h>

#include "host/problem/half.h"

namespace slimbench {
namespace {

// real output = gain x (the operation's real sum) + shift, per channel.
struct RealMap {
    std::vector<double> gain, shift;
};

template <class Value>
const Value& parameter(const std::map<std::string, Value>& table, const std::string& name) {
    const auto found = table.find(name);
    if (found == table.end())
        throw std::runtime_error(fmt::format("parameter '{}' has no values", name));
    return found->second;
}

void apply_norm(RealMap& map, const ChannelAffine& norm) {
    for (std::size_t c = 0; c < map.gain.size(); ++c) {
        map.gain[c] *= norm.scale.at(c);
        map.shift[c] = map.shift[c] * norm.scale.at(c) + norm.shift.at(c);
    }
}

// What one element of the operation's sum weighs: averages divide by their window, padding
// included.
double sum_weight(const FusedStep& step, const Network& network) {
    const auto* pool = std::get_if<Pool>(&step.operation);
    if (!pool || pool->kind == Pool::Kind::max) return 1;
    const Size window = pool->kind == Pool::Kind::global_average
                            ? network.tensors[step.input].shape.size()
                            : pool->kernel;
    return 1.0 / static_cast<double>(window.height * window.width);
}

RealMap real_map(const FusedStep& step, const Network& network, const Parameters& parameters) {
    const auto channels = static_cast<std::size_t>(network.tensors[step.output].shape.channels);
    RealMap map{std::vector<double>(channels, 1.0), std::vector<double>(channels, 0.0)};
    if (const auto* conv = std::get_if<Conv>(&step.operation)) {
        if (conv->bias) {
            const auto& bias = parameter(parameters.biases, conv->weights);
            map.shift.assign(bias.begin(), bias.end());
        }
        if (conv->norm) apply_norm(map, parameter(parameters.norms, *conv->norm));
    } else if (const auto* affine = std::get_if<Affine>(&step.operation); affine && affine->norm) {
        apply_norm(map, parameter(parameters.norms, *affine->norm));
    }
    return map;
}

// How many channels, from the first on, the input enters, and from which on the residual does.
struct Operands {
    std::size_t input_end, residual_begin;
};

Operands operands_of(const FusedStep& step, const Network& network) {
    const auto channels = [&](TensorId tensor) {
        return static_cast<std::size_t>(network.tensors[tensor].shape.channels);
    };
    if (std::holds_alternative<Concat>(step.operation))
        return {channels(step.input), channels(step.input)};
    return {channels(step.output), step.residual ? 0 : channels(step.output)};
}

// Kernels and the reference add in 32 bits, from `init` on. Whatever the image and the order, sums
// stay between the extremes of each filter.
std::vector<std::int32_t> zero_point_correction(const std::vector<std::int8_t>& weights,
                                                std::size_t filters, int zero_point) {
    constexpr std::int64_t most_activation = 255;
    constexpr std::int64_t least = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    std::vector<std::int32_t> inits;
    const std::size_t per_filter = weights.size() / filters;
    for (std::size_t o = 0; o < filters; ++o) {
        std::int64_t positive = 0, negative = 0;
        for (std::size_t i = 0; i < per_filter; ++i) {
            const int weight = +weights[o * per_filter + i];
            (weight > 0 ? positive : negative) += weight;
        }
        const std::int64_t init = -zero_point * (positive + negative);
        const std::int64_t low = std::min<std::int64_t>(init, 0) + most_activation * negative;
        const std::int64_t high = std::max<std::int64_t>(init, 0) + most_activation * positive;
        if (low < least || high > most)
            throw std::runtime_error(
                fmt::format("INT8 sums of filter {}, of {} products, may leave 32 bits: they lie "
                            "between {} and {}",
                            o, per_filter, low, high));
        inits.push_back(static_cast<std::int32_t>(init));
    }
    return inits;
}

void set_bounds_int8(StepConstants& constants, Activation activation,
                     const AffineQuantization& out) {
    const auto zero = static_cast<float>(out.zero_point);
    constants.low = activation == Activation::none ? 0.0f : zero;
    constants.high = 255.0f;
    if (activation == Activation::relu6)
        constants.high =
            std::min(255.0f, std::nearbyint(static_cast<float>(6.0 / out.scale)) + zero);
}

}  // namespace

StepConstants constants_fp32(const FusedStep& step, const Network& network,
                             const Parameters& parameters) {
    const RealMap map = real_map(step, network, parameters);
    const double weight = sum_weight(step, network);
    constexpr float infinity = std::numeric_limits<float>::infinity();

    StepConstants constants;
    if (const auto* conv = std::get_if<Conv>(&step.operation))
        constants.weights = parameter(parameters.weights, conv->weights);
    for (std::size_t c = 0; c < map.gain.size(); ++c) {
        constants.scale.push_back(static_cast<float>(map.gain[c] * weight));
        constants.bias.push_back(static_cast<float>(map.shift[c]));
    }
    constants.init.assign(map.gain.size(), 0);
    constants.residual_scale = step.residual ? 1.0f : 0.0f;
    constants.low = step.activation == Activation::none ? -infinity : 0.0f;
    constants.high = step.activation == Activation::relu6 ? 6.0f : infinity;
    return constants;
}

StepConstants constants_fp16(const FusedStep& step, const Network& network,
                             const Parameters& parameters) {
    StepConstants constants = constants_fp32(step, network, parameters);
    if (auto* weights = std::get_if<std::vector<float>>(&constants.weights))
        std::ranges::transform(*weights, weights->begin(), [](float value) { return Half(value); });
    return constants;
}

StepConstants constants_int8(const FusedStep& step, const Network& network,
                             const Parameters& parameters,
                             const std::vector<AffineQuantization>& tensors) {
    const RealMap map = real_map(step, network, parameters);
    const std::size_t channels = map.gain.size();
    const AffineQuantization& in = tensors.at(step.input);
    const AffineQuantization& out = tensors.at(step.output);
    const double in_step =
        static_cast<double>(in.scale) / out.scale;  // of the input, in output steps
    const double weight = sum_weight(step, network);

    StepConstants constants;
    std::vector<float> weight_scale(channels, 1.0f);
    double in_zero =
        in.zero_point;  // what the epilogue takes off; a convolution's `init` has done it
    constants.init.assign(channels, 0);
    if (const auto* conv = std::get_if<Conv>(&step.operation)) {
        QuantizedWeights quantized =
            quantize_weights(parameter(parameters.weights, conv->weights), conv->problem.filters);
        constants.init = zero_point_correction(quantized.values, channels, in.zero_point);
        constants.weights = std::move(quantized.values);
        weight_scale = std::move(quantized.scale);
        in_zero = 0;
    }
    double residual_offset = 0;
    if (step.residual) {
        const AffineQuantization& residual = tensors.at(*step.residual);
        const double residual_step = static_cast<double>(residual.scale) / out.scale;
        constants.residual_scale = static_cast<float>(residual_step);
        residual_offset = residual.zero_point * residual_step;
    }
    const Operands operands = operands_of(step, network);
    for (std::size_t c = 0; c < channels; ++c) {
        const double gain = in_step * weight_scale[c] * map.gain[c];
        const double in_offset = c < operands.input_end ? in_zero * gain : 0;
        const double added_offset = c < operands.residual_begin ? 0 : residual_offset;
        constants.scale.push_back(static_cast<float>(gain * weight));
        constants.bias.push_back(static_cast<float>(map.shift[c] / out.scale + out.zero_point -
                                                    in_offset - added_offset));
    }
    set_bounds_int8(constants, step.activation, out);
    constants.output_pad = static_cast<float>(out.zero_point);
    constants.input_pad = static_cast<float>(in.zero_point);
    return constants;
}

ResizeAxis resize_axis(Resize::Filter filter, std::int64_t in, std::int64_t out) {
    const bool cubic = filter == Resize::Filter::bicubic;
    ResizeAxis axis{.taps = cubic ? 4 : 2, .start = {}, .weight = {}};
    constexpr double a = -0.75;
    const auto near = [](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };  // d <= 1
    const auto far = [](double d) {
        return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
    };  // 1 < d < 2
    for (std::int64_t o = 0; o < out; ++o) {
        const double centre =
            (static_cast<double>(o) + 0.5) * static_cast<double>(in) / static_cast<double>(out) -
            0.5;
        const double floor = std::floor(centre);
        const double t = centre - floor;
        axis.start.push_back(static_cast<std::int32_t>(floor) - (cubic ? 1 : 0));
        if (cubic) {
            for (const double w : {far(1 + t), near(t), near(1 - t), far(2 - t)})
                axis.weight.push_back(static_cast<float>(w));
        } else {
            axis.weight.push_back(static_cast<float>(1 - t));
            axis.weight.push_back(static_cast<float>(t));
        }
    }
    return axis;
}

}  // namespace slimbench
