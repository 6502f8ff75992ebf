// Shapes and counts of a network.
#include "host/problem/network.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/core.h>

namespace slimbench {
namespace {

std::string text(const TensorShape& shape) {
    return fmt::format("{}x{}x{}x{}", shape.batch, shape.channels, shape.height, shape.width);
}

double elements_in_float(const TensorShape& shape) {
    return static_cast<double>(shape.batch) * static_cast<double>(shape.channels) *
           static_cast<double>(shape.height) * static_cast<double>(shape.width);
}

[[noreturn]] void fail(const Node& node, std::string_view why) {
    throw std::invalid_argument(fmt::format("node '{}': {}", node.name, why));
}

const Tensor& only_input(const Network& network, const Node& node) {
    if (node.inputs.size() != 1)
        fail(node, fmt::format("takes one input, has {}", node.inputs.size()));
    return network.tensors.at(node.inputs[0]);
}

struct TwoTensors {
    const Tensor &first, &second;
};

TwoTensors two_inputs(const Network& network, const Node& node) {
    if (node.inputs.size() != 2)
        fail(node, fmt::format("takes two inputs, has {}", node.inputs.size()));
    return {network.tensors.at(node.inputs[0]), network.tensors.at(node.inputs[1])};
}

// Windows of one size along an axis, the first at its start and the last at its end.
struct SpreadWindows {
    std::int64_t kernel, stride;
};

SpreadWindows spread_windows(std::int64_t extent, std::int64_t wanted) {
    const std::int64_t windows = std::min(extent, wanted);
    const std::int64_t stride = extent / windows;
    return {.kernel = extent - (windows - 1) * stride, .stride = stride};
}

void spread(Pool& pool, Size image) {
    const SpreadWindows rows = spread_windows(image.height, pool.grid->height);
    const SpreadWindows columns = spread_windows(image.width, pool.grid->width);
    pool.kernel = {rows.kernel, columns.kernel};
    pool.stride = {rows.stride, columns.stride};
    pool.pad = {};
}

// Each call derives the output's shape of one operation; attributes that follow from it are filled
// in.
struct ShapeRule {
    const Network& network;
    const Node& node;

    TensorShape operator()(Conv& conv) const {
        const Tensor& input = only_input(network, node);
        conv.problem.in = input.shape;
        if (conv.fully_connected && input.shape.size() != Size{1, 1})
            fail(node, fmt::format("a fully connected layer needs a 1x1 image, but '{}' is {}: "
                                   "pool globally first",
                                   input.name, text(input.shape)));
        conv.problem.check();
        return conv.problem.out();
    }

    TensorShape operator()(Pool& pool) const {
        const Tensor& input = only_input(network, node);
        TensorShape out = input.shape;
        if (pool.kind == Pool::Kind::global_average) {
            out.height = out.width = 1;
            return out;
        }
        if (pool.grid) spread(pool, input.shape.size());
        // A pooling window slides as a convolution's does.
        const ConvProblem windows{.in = input.shape,
                                  .filters = input.shape.channels,
                                  .kernel = pool.kernel,
                                  .stride = pool.stride,
                                  .pad = pool.pad,
                                  .dilation = {},
                                  .groups = input.shape.channels};
        windows.check();
        if (pool.pad.top >= pool.kernel.height || pool.pad.left >= pool.kernel.width ||
            pool.pad.bottom >= pool.kernel.height || pool.pad.right >= pool.kernel.width)
            fail(node, "padding must be smaller than the pooling window");
        return windows.out();
    }

    TensorShape operator()(Resize& resize) const {
        TensorShape out = only_input(network, node).shape;
        if (const auto* factor = std::get_if<Resize::Factor>(&resize.to)) {
            if (factor->numerator < 1 || factor->denominator < 1)
                fail(node, "a resize factor needs a positive numerator and denominator");
            out.height = out.height * factor->numerator / factor->denominator;
            out.width = out.width * factor->numerator / factor->denominator;
        } else {
            const auto& like = std::get<Resize::LikeTensor>(resize.to).name;
            const auto found = std::ranges::find(network.tensors, like, &Tensor::name);
            if (found == network.tensors.end())
                fail(node, fmt::format("resizes to the size of '{}', which does not exist", like));
            out.height = found->shape.height;
            out.width = found->shape.width;
        }
        if (out.height < 1 || out.width < 1) fail(node, "resizes to nothing");
        resize.size = out.size();
        return out;
    }

    TensorShape operator()(Add&) const {
        const auto [a, b] = two_inputs(network, node);
        if (a.shape != b.shape)
            fail(node, fmt::format("cannot add '{}' ({}) and '{}' ({}): shapes differ", a.name,
                                   text(a.shape), b.name, text(b.shape)));
        return a.shape;
    }

    TensorShape operator()(Concat&) const {
        const auto [a, b] = two_inputs(network, node);
        TensorShape out = a.shape;
        out.channels = b.shape.channels;
        if (out != b.shape)
            fail(node, fmt::format("cannot join '{}' ({}) and '{}' ({}): they may differ in "
                                   "channels alone",
                                   a.name, text(a.shape), b.name, text(b.shape)));
        out.channels += a.shape.channels;
        return out;
    }

    TensorShape operator()(Affine&) const { return only_input(network, node).shape; }
};

struct WeightShape {
    std::int64_t filters, channels;
    Size kernel;
    bool operator==(const WeightShape&) const = default;
};

// Every parameter once, with its number of elements.
struct ParameterTable {
    std::map<std::string, WeightShape> weights;
    std::map<std::string, std::int64_t> biases, norms;

    explicit ParameterTable(const Network& network) {
        for (const Node& node : network.nodes) {
            const std::int64_t channels = network.tensors[node.output].shape.channels;
            if (const auto* conv = std::get_if<Conv>(&node.operation)) {
                const ConvProblem& p = conv->problem;
                add(weights, conv->weights, {p.filters, p.in.channels / p.groups, p.kernel}, node);
                if (conv->bias) add(biases, conv->weights, channels, node);
                if (conv->norm) add(norms, *conv->norm, channels, node);
            } else if (const auto* affine = std::get_if<Affine>(&node.operation);
                       affine && affine->norm) {
                add(norms, *affine->norm, channels, node);
            }
        }
    }

    std::int64_t weight_elements() const {
        std::int64_t sum = 0;
        for (const auto& [_, shape] : weights)
            sum += shape.filters * shape.channels * shape.kernel.height * shape.kernel.width;
        return sum;
    }
    std::int64_t channel_elements() const {
        std::int64_t sum = 0;
        for (const auto& [_, channels] : biases) sum += channels;
        for (const auto& [_, channels] : norms) sum += 2 * channels;
        return sum;
    }

private:
    template <class Shape>
    static void add(std::map<std::string, Shape>& table, const std::string& name, Shape shape,
                    const Node& node) {
        const auto [row, is_new] = table.emplace(name, shape);
        if (!is_new && row->second != shape)
            fail(node, fmt::format("shares parameter '{}' with a layer of another shape", name));
    }
};

bool has_norm(const Operation& operation) {
    if (const auto* conv = std::get_if<Conv>(&operation)) return conv->norm.has_value();
    const auto* affine = std::get_if<Affine>(&operation);
    return affine && affine->norm;
}

}  // namespace

void infer_shape(Network& network, Node& node) {
    try {
        TensorShape& shape = network.tensors.at(node.output).shape;
        shape = std::visit(ShapeRule{network, node}, node.operation);
        if (elements_in_float(shape) > static_cast<double>(largest_element_count))
            fail(node, fmt::format("its output is {}, which exceeds 2^40 elements", text(shape)));
    } catch (const std::invalid_argument& error) {
        const std::string_view why = error.what();
        if (why.starts_with("node '")) throw;
        fail(node, fmt::format("{} (input '{}' is {})", why, network.tensors[node.inputs[0]].name,
                               text(network.tensors[node.inputs[0]].shape)));
    }
}

void check_order(const Network& network) {
    std::vector<bool> written(network.tensors.size(), false);
    written.at(network.image) = true;
    for (const Node& node : network.nodes) {
        if (node.inputs.empty()) fail(node, "reads nothing");
        for (const TensorId input : node.inputs)
            if (!written.at(input))
                fail(node,
                     fmt::format("reads '{}' before it is written", network.tensors[input].name));
        if (written.at(node.output))
            fail(node, fmt::format("writes '{}' again", network.tensors[node.output].name));
        written[node.output] = true;
    }
}

void infer_shapes(Network& network) {
    check_order(network);
    std::int64_t sum = 0;
    for (Node& node : network.nodes) {
        infer_shape(network, node);
        sum += macs(node);
        if (sum > largest_mac_count)
            fail(node, "up to here, the network's multiply-accumulates exceed 2^50");
    }
    ParameterTable{network};  // shared parameters must agree on their shape
}

std::int64_t macs(const Node& node) {
    const auto* conv = std::get_if<Conv>(&node.operation);
    return conv ? conv->problem.macs() : 0;
}

Counts count(const Network& network) {
    const ParameterTable parameters(network);
    Counts counts{.params = parameters.weight_elements() + parameters.channel_elements()};
    for (const Node& node : network.nodes) {
        const std::int64_t outputs = network.tensors[node.output].shape.elements();
        counts.macs += macs(node);
        counts.macs_thop += macs(node) + (has_norm(node.operation) ? 2 * outputs : 0);
        const auto* conv = std::get_if<Conv>(&node.operation);
        if (!conv || conv->fully_connected)
            continue;  // thop counts no bias of a fully connected layer
        ++counts.convs;
        if (conv->bias) counts.macs_thop += outputs;
    }
    return counts;
}

std::int64_t weight_bytes(const Network& network, int weight_bits) {
    const ParameterTable parameters(network);
    return (parameters.weight_elements() * weight_bits + 7) / 8 + 4 * parameters.channel_elements();
}

}  // namespace slimbench
