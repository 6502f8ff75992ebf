// Writes and reads expanded networks.
#include "host/problem/network_json.h"

#include <array>
#include <stdexcept>

#include "host/problem/strict_json.h"

namespace slimbench {
namespace {

using nlohmann::json;

constexpr std::int64_t most = INT64_C(1) << 40;

json size_json(const Size& size) {
    return {size.height, size.width};
}
json padding_json(const Padding& p) {
    return {p.top, p.left, p.bottom, p.right};
}
json shape_json(const TensorShape& s) {
    return {s.batch, s.channels, s.height, s.width};
}

struct OperationWriter {
    json operator()(const Conv& conv) const {
        const ConvProblem& p = conv.problem;
        json out{{"in", shape_json(p.in)},
                 {"filters", p.filters},
                 {"kernel", size_json(p.kernel)},
                 {"stride", size_json(p.stride)},
                 {"pad", padding_json(p.pad)},
                 {"dilation", size_json(p.dilation)},
                 {"groups", p.groups},
                 {"weights", conv.weights},
                 {"bias", conv.bias},
                 {"activation", name(conv.activation)},
                 {"fully_connected", conv.fully_connected}};
        if (conv.norm) out["norm"] = *conv.norm;
        return {{"conv", out}};
    }
    json operator()(const Pool& pool) const {
        json out{{"kind", kind_name(pool)},
                 {"kernel", size_json(pool.kernel)},
                 {"stride", size_json(pool.stride)},
                 {"pad", padding_json(pool.pad)}};
        if (pool.grid) out["grid"] = size_json(*pool.grid);
        return {{"pool", out}};
    }
    json operator()(const Resize& resize) const {
        json out{{"filter", resize.filter == Resize::Filter::bilinear ? "bilinear" : "bicubic"},
                 {"size", size_json(resize.size)}};
        if (const auto* factor = std::get_if<Resize::Factor>(&resize.to))
            out["factor"] = {factor->numerator, factor->denominator};
        else
            out["like"] = std::get<Resize::LikeTensor>(resize.to).name;
        return {{"resize", out}};
    }
    json operator()(const Add& add) const {
        return {{"add", {{"activation", name(add.activation)}}}};
    }
    json operator()(const Concat&) const { return {{"concat", json::object()}}; }
    json operator()(const Affine& affine) const {
        json out{{"activation", name(affine.activation)}};
        if (affine.norm) out["norm"] = *affine.norm;
        return {{"affine", out}};
    }
};

template <std::size_t count>
std::array<std::int64_t, count> numbers(const JsonPlace& place, std::int64_t least) {
    const auto items = place.items();
    if (items.size() != count) place.fail("expected " + std::to_string(count) + " numbers");
    std::array<std::int64_t, count> values;
    for (std::size_t i = 0; i < count; ++i) values[i] = items[i].integer(least, most);
    return values;
}

Size read_size(const JsonPlace& place) {
    const auto [height, width] = numbers<2>(place, 1);
    return {height, width};
}

Padding read_padding(const JsonPlace& place) {
    const auto [top, left, bottom, right] = numbers<4>(place, 0);
    return {top, left, bottom, right};
}

TensorShape read_shape(const JsonPlace& place) {
    const auto [batch, channels, height, width] = numbers<4>(place, 1);
    return {batch, channels, height, width};
}

Activation read_activation(const JsonPlace& place) {
    return static_cast<Activation>(place.at("activation").choice({"none", "relu", "relu6"}));
}

std::optional<std::string> read_norm(const JsonPlace& place) {
    const auto norm = place.find("norm");
    return norm ? std::optional(norm->string()) : std::nullopt;
}

Conv read_conv(const JsonPlace& place) {
    return {.problem = {.in = read_shape(place.at("in")),
                        .filters = place.at("filters").integer(1, most),
                        .kernel = read_size(place.at("kernel")),
                        .stride = read_size(place.at("stride")),
                        .pad = read_padding(place.at("pad")),
                        .dilation = read_size(place.at("dilation")),
                        .groups = place.at("groups").integer(1, most)},
            .weights = place.at("weights").string(),
            .norm = read_norm(place),
            .bias = place.at("bias").boolean(),
            .activation = read_activation(place),
            .fully_connected = place.at("fully_connected").boolean()};
}

Pool read_pool(const JsonPlace& place) {
    const auto grid = place.find("grid");
    return {.kind = static_cast<Pool::Kind>(
                place.at("kind").choice({"max_pool", "average_pool", "global_average_pool"})),
            .kernel = read_size(place.at("kernel")),
            .stride = read_size(place.at("stride")),
            .pad = read_padding(place.at("pad")),
            .grid = grid ? std::optional(read_size(*grid)) : std::nullopt};
}

Resize read_resize(const JsonPlace& place) {
    const auto filter =
        static_cast<Resize::Filter>(place.at("filter").choice({"bilinear", "bicubic"}));
    const Size size = read_size(place.at("size"));
    if (const auto like = place.find("like"))
        return {.filter = filter, .to = Resize::LikeTensor{like->string()}, .size = size};
    const auto [numerator, denominator] = numbers<2>(place.at("factor"), 1);
    return {.filter = filter, .to = Resize::Factor{numerator, denominator}, .size = size};
}

Operation read_operation(const JsonPlace& node) {
    if (const auto conv = node.find("conv")) return read_conv(*conv);
    if (const auto pool = node.find("pool")) return read_pool(*pool);
    if (const auto resize = node.find("resize")) return read_resize(*resize);
    if (const auto add = node.find("add")) return Add{read_activation(*add)};
    if (node.has("concat")) return Concat{};
    if (const auto affine = node.find("affine"))
        return Affine{read_norm(*affine), read_activation(*affine)};
    node.fail("expected one of the operations conv, pool, resize, add, concat, affine");
}

Node read_node(const JsonPlace& place, std::size_t tensors) {
    const auto last = static_cast<std::int64_t>(tensors) - 1;
    const auto tensor = [last](const JsonPlace& id) {
        return static_cast<TensorId>(id.integer(0, last));
    };
    Node node{.name = place.at("name").string(),
              .operation = read_operation(place),
              .inputs = {},
              .output = tensor(place.at("output")),
              .block = place.at("block").string(),
              .level = std::nullopt};
    for (const JsonPlace& input : place.at("inputs").items()) node.inputs.push_back(tensor(input));
    if (const auto level = place.find("level"))
        node.level = static_cast<int>(level->integer(0, 1'000));
    return node;
}

}  // namespace

json to_json(const Network& network) {
    json tensors = json::array(), nodes = json::array();
    for (const Tensor& tensor : network.tensors)
        tensors.push_back({{"name", tensor.name}, {"shape", shape_json(tensor.shape)}});
    for (const Node& node : network.nodes) {
        json out = std::visit(OperationWriter{}, node.operation);
        out["name"] = node.name;
        out["inputs"] = node.inputs;
        out["output"] = node.output;
        out["block"] = node.block;
        if (node.level) out["level"] = *node.level;
        nodes.push_back(std::move(out));
    }
    return {
        {"name", network.name},        {"tensors", tensors},       {"nodes", nodes},
        {"image", network.image},      {"scores", network.scores}, {"features", network.features},
        {"prunings", network.prunings}};
}

Network network_from_json(const json& document) {
    const JsonPlace place(document, "network");
    Network network{.name = place.at("name").string(), .tensors = {}, .nodes = {}, .prunings = {}};
    for (const JsonPlace& tensor : place.at("tensors").items())
        network.tensors.push_back({tensor.at("name").string(), read_shape(tensor.at("shape"))});
    const std::size_t count = network.tensors.size();
    for (const JsonPlace& node : place.at("nodes").items())
        network.nodes.push_back(read_node(node, count));
    const auto last = static_cast<std::int64_t>(count) - 1;
    network.image = static_cast<TensorId>(place.at("image").integer(0, last));
    network.scores = static_cast<TensorId>(place.at("scores").integer(0, last));
    if (const auto features = place.find("features")) network.features = features->boolean();
    for (const auto& [alias, blocks] : place.at("prunings").members())
        for (const JsonPlace& block : blocks.items())
            network.prunings[alias].push_back(block.string());
    try {
        check_order(network);
    } catch (const std::invalid_argument& error) {
        place.fail(error.what());
    }
    return network;
}

}  // namespace slimbench
