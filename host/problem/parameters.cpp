// Seeded synthetic parameters and images: integer arithmetic up to the last step, so every machine
// gets the same bits.
#include "host/problem/parameters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include <fmt/core.h>

namespace slimbench {
namespace {

// S. Vigna's splitmix64: one addition and one mix per number.
class Generator {
public:
    // Different names, shapes or seeds give unrelated sequences.
    Generator(std::string_view name, std::uint64_t shape, std::uint64_t seed)
        : state_(14695981039346656037u) {
        for (const char c : name)
            state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211u;  // FNV-1a
        state_ = mix(state_ ^ mix(shape ^ mix(seed)));
    }

    // Bell-shaped with mean 0 and variance 1, within +-3.5: the sum of four uniform 16-bit numbers.
    // Bounded and free of libm, unlike a true normal deviate.
    double bell() {
        const std::uint64_t bits = next();
        const std::uint64_t sum =
            (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        return (static_cast<double>(sum) - 2 * 65535.0) * (std::numbers::sqrt3 / 65536.0);
    }
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
    static std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15u); }

    std::uint64_t state_;
};

std::vector<float> bell_values(Generator generator, std::size_t count, double mean,
                               double deviation) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(mean + deviation * generator.bell());
    return values;
}

// He's sqrt(2) makes up for the half that a ReLU cuts off; linear layers (bottlenecks, skips,
// logits) do not need it.
std::vector<float> conv_weights(const Conv& conv, std::uint64_t seed) {
    const auto reduction = conv.problem.reduction();
    const double gain = conv.activation == Activation::none ? 1 : std::numbers::sqrt2;
    const Generator generator(
        conv.weights, static_cast<std::uint64_t>(conv.problem.filters << 32 ^ reduction), seed);
    return bell_values(generator, static_cast<std::size_t>(conv.problem.weight_count()), 0,
                       gain / std::sqrt(static_cast<double>(reduction)));
}

ChannelAffine norm_values(const std::string& name, std::int64_t channels, double scale,
                          std::uint64_t seed) {
    const auto count = static_cast<std::size_t>(channels);
    const auto shape = static_cast<std::uint64_t>(channels);
    return {bell_values(Generator(name + ".scale", shape, seed), count, scale, 0.1 * scale),
            bell_values(Generator(name + ".shift", shape, seed), count, 0, 0.1 * scale)};
}

// Convolutions that end a residual branch: their sum's other operand is the stream itself, read by
// the branch too. They get half the scale, so that a long chain of sums does not grow without
// bound.
std::vector<bool> ends_residual_branch(const Network& network) {
    std::vector<int> readers(network.tensors.size(), 0);
    for (const Node& node : network.nodes)
        for (const TensorId input : node.inputs) ++readers[input];
    std::vector<bool> ends(network.tensors.size(), false);
    for (const Node& node : network.nodes)
        if (std::holds_alternative<Add>(node.operation)) {
            ends[node.inputs[0]] = readers[node.inputs[1]] > 1;
            ends[node.inputs[1]] = readers[node.inputs[0]] > 1;
        }
    return ends;
}

// One wave along an axis, tabulated.
std::vector<float> wave(std::int64_t length, double cycles, double phase, double amplitude) {
    std::vector<float> values(static_cast<std::size_t>(length));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double at = static_cast<double>(i) / static_cast<double>(length);
        values[i] =
            static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * (cycles * at + phase)));
    }
    return values;
}

struct Pattern {
    std::vector<float> rows, columns;
};

std::array<Pattern, 3> smooth_patterns(const TensorShape& shape, std::string_view name,
                                       std::uint64_t seed) {
    Generator generator(name, 0, seed);
    std::array<Pattern, 3> patterns;
    double frequency = 1;
    for (Pattern& pattern : patterns) {
        const double down = frequency * (0.5 + generator.uniform());
        const double across = frequency * (0.5 + generator.uniform());
        pattern.rows = wave(shape.height, down, generator.uniform(), 1.2 / std::sqrt(frequency));
        pattern.columns = wave(shape.width, across, generator.uniform(), 1.0);
        frequency *= 4;
    }
    return patterns;
}

}  // namespace

Parameters synthesize(const Network& network, std::uint64_t seed) {
    const std::vector<bool> ends = ends_residual_branch(network);
    Parameters parameters;
    const auto add_norm = [&](const std::optional<std::string>& name, const Node& node,
                              double scale) {
        if (name && !parameters.norms.contains(*name))
            parameters.norms[*name] =
                norm_values(*name, network.tensors[node.output].shape.channels, scale, seed);
    };
    for (const Node& node : network.nodes) {
        if (const auto* affine = std::get_if<Affine>(&node.operation))
            add_norm(affine->norm, node, 1.0);
        const auto* conv = std::get_if<Conv>(&node.operation);
        if (!conv) continue;
        add_norm(conv->norm, node, ends[node.output] ? 0.5 : 1.0);
        if (!parameters.weights.contains(conv->weights))
            parameters.weights[conv->weights] = conv_weights(*conv, seed);
        if (conv->bias && !parameters.biases.contains(conv->weights)) {
            const auto filters = static_cast<std::uint64_t>(conv->problem.filters);
            parameters.biases[conv->weights] =
                bell_values(Generator(conv->weights + ".bias", filters, seed), filters, 0, 0.1);
        }
    }
    return parameters;
}

std::vector<float> synthesize_image(const TensorShape& shape, std::uint64_t seed) {
    std::vector<float> image(static_cast<std::size_t>(shape.elements()));
    const auto channels = static_cast<std::size_t>(shape.channels);
    const auto pixels = static_cast<std::size_t>(shape.height * shape.width);
    const auto width = static_cast<std::size_t>(shape.width);
    for (std::size_t plane = 0; plane < static_cast<std::size_t>(shape.batch) * channels; ++plane) {
        const std::string name = fmt::format("image.{}.{}", plane / channels, plane % channels);
        const auto patterns = smooth_patterns(shape, name, seed);
        Generator noise(name + ".noise", 0, seed);
        float* first = image.data() + plane / channels * pixels * channels + plane % channels;
        for (std::size_t i = 0; i < pixels; ++i) {
            double value = 0.15 * noise.bell();
            for (const Pattern& pattern : patterns)
                value += pattern.rows[i / width] * pattern.columns[i % width];
            first[i * channels] = static_cast<float>(std::clamp(value, -2.0, 2.0));
        }
    }
    return image;
}

}  // namespace slimbench
