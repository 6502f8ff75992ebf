// The operations that network files know, and the keys of each.
#include "host/suite/layer_reader.h"

#include <algorithm>
#include <array>

namespace slimbench {
namespace {

constexpr std::int64_t most_extent = 1'000'000;

// "kernel": 3 or [height, width].
Size read_size(const JsonPlace& place) {
    if (place.value().is_array()) {
        const auto items = place.items();
        if (items.size() != 2) place.fail("expected a number or [height, width]");
        return {items[0].integer(1, most_extent), items[1].integer(1, most_extent)};
    }
    const std::int64_t both = place.integer(1, most_extent);
    return {both, both};
}

Size read_size_or(const JsonPlace& layer, const std::string& key, Size otherwise) {
    const auto place = layer.find(key);
    return place ? read_size(*place) : otherwise;
}

// "pad": 1 or [top, left, bottom, right]; half the kernel when absent, which keeps the size at
// stride 1.
Padding read_padding(const JsonPlace& layer, Size kernel, Size dilation) {
    const auto place = layer.find("pad");
    if (!place) {
        const std::int64_t vertical = (kernel.height - 1) * dilation.height / 2;
        const std::int64_t horizontal = (kernel.width - 1) * dilation.width / 2;
        return {vertical, horizontal, vertical, horizontal};
    }
    if (!place->value().is_array()) return Padding::all(place->integer(0, most_extent));
    const auto items = place->items();
    if (items.size() != 4) place->fail("expected a number or [top, left, bottom, right]");
    std::array<std::int64_t, 4> sides;
    for (std::size_t i = 0; i < sides.size(); ++i) sides[i] = items[i].integer(0, most_extent);
    return {sides[0], sides[1], sides[2], sides[3]};
}

Activation read_activation(const JsonPlace& layer) {
    const auto place = layer.find("activation");
    return place ? static_cast<Activation>(place->choice({"none", "relu", "relu6"}))
                 : Activation::none;
}

// "norm": true follows the weights' sharing, "own" is a copy for this use.
std::optional<std::string> read_norm(const JsonPlace& layer, const ParameterNames& names) {
    const auto place = layer.find("norm");
    if (!place) return std::nullopt;
    if (place->value().is_boolean())
        return place->boolean() ? std::optional(names.shared + ".norm") : std::nullopt;
    if (place->value() != "own") place->fail("expected true, false or \"own\"");
    return names.own + ".norm";
}

Conv conv_with_window(const JsonPlace& layer, const ParameterNames& names) {
    Conv conv;
    conv.problem.kernel = read_size(layer.at("kernel"));
    conv.problem.stride = read_size_or(layer, "stride", {1, 1});
    conv.problem.dilation = read_size_or(layer, "dilation", {1, 1});
    conv.problem.pad = read_padding(layer, conv.problem.kernel, conv.problem.dilation);
    conv.weights = names.shared;
    conv.norm = read_norm(layer, names);
    conv.bias = layer.has("bias") && layer.at("bias").boolean();
    conv.activation = read_activation(layer);
    return conv;
}

// The factor for this layer: "scaling": "none" leaves its width as written, "up" never narrows it.
double own_width(const JsonPlace& layer, const LayerSurroundings& around) {
    const auto scaling = layer.find("scaling");
    if (!scaling) return around.width;
    if (!around.width_rule) scaling->fail("this network has no 'width_multiplier'");
    return scaling->choice({"none", "up"}) == 0 ? 1 : std::max(1.0, around.width);
}

// "filters": 64, or "expand": 6 for six times the input's channels, which are scaled already.
std::int64_t read_filters(const JsonPlace& layer, const LayerSurroundings& around) {
    if (layer.has("filters") == layer.has("expand"))
        layer.fail("expected either 'filters' or 'expand'");
    const double width = own_width(layer, around);
    if (const auto filters = layer.find("filters"))
        return scaled_width(filters->integer(1, most_extent), width,
                            around.width_rule.value_or(WidthRule{}));
    return layer.at("expand").integer(1, 1000) * around.input_channels;
}

Operation read_conv(const JsonPlace& layer, const LayerSurroundings& around) {
    layer.require_object({"name", "op", "from", "block", "filters", "expand", "kernel", "stride",
                          "pad", "dilation", "groups", "norm", "bias", "activation", "scaling"});
    Conv conv = conv_with_window(layer, around.names);
    conv.problem.filters = read_filters(layer, around);
    conv.problem.groups = layer.has("groups") ? layer.at("groups").integer(1, most_extent) : 1;
    return conv;
}

Operation read_depthwise(const JsonPlace& layer, const LayerSurroundings& around) {
    layer.require_object({"name", "op", "from", "block", "kernel", "stride", "pad", "dilation",
                          "norm", "bias", "activation"});
    Conv conv = conv_with_window(layer, around.names);
    conv.problem.filters = conv.problem.groups = around.input_channels;
    return conv;
}

Operation read_fc(const JsonPlace& layer, const LayerSurroundings& around) {
    layer.require_object({"name", "op", "from", "block", "filters", "bias", "activation"});
    Conv conv;
    conv.problem.filters = layer.at("filters").integer(1, most_extent);
    conv.weights = around.names.shared;
    conv.bias = layer.has("bias") && layer.at("bias").boolean();
    conv.activation = read_activation(layer);
    conv.fully_connected = true;
    return conv;
}

Pool read_window_pool(const JsonPlace& layer, Pool::Kind kind) {
    layer.require_object({"name", "op", "from", "block", "kernel", "stride", "pad"});
    const Size kernel = read_size(layer.at("kernel"));
    return {.kind = kind,
            .kernel = kernel,
            .stride = read_size_or(layer, "stride", {1, 1}),
            .pad = read_padding(layer, kernel, {1, 1})};
}

Operation read_max_pool(const JsonPlace& layer, const LayerSurroundings&) {
    return read_window_pool(layer, Pool::Kind::max);
}

// "kernel": windows as they are; "grid": so many of them, whatever the image's size.
Operation read_average_pool(const JsonPlace& layer, const LayerSurroundings&) {
    if (layer.has("grid")) {
        layer.require_object({"name", "op", "from", "block", "grid"});
        Pool pool{.kind = Pool::Kind::average};
        pool.grid = read_size(layer.at("grid"));
        return pool;
    }
    if (!layer.has("kernel")) layer.fail("expected either 'kernel' or 'grid'");
    return read_window_pool(layer, Pool::Kind::average);
}

Operation read_global_pool(const JsonPlace& layer, const LayerSurroundings&) {
    layer.require_object({"name", "op", "from", "block"});
    return Pool{.kind = Pool::Kind::global_average, .kernel = {}, .stride = {}, .pad = {}};
}

Operation read_resize(const JsonPlace& layer, const LayerSurroundings&) {
    layer.require_object({"name", "op", "from", "block", "filter", "factor", "like"});
    const auto filter =
        static_cast<Resize::Filter>(layer.at("filter").choice({"bilinear", "bicubic"}));
    if (layer.has("factor") == layer.has("like")) layer.fail("expected either 'factor' or 'like'");
    if (const auto like = layer.find("like"))
        return Resize{.filter = filter, .to = Resize::LikeTensor{like->string()}, .size = {}};
    const auto terms = layer.at("factor").items();
    if (terms.size() != 2) layer.at("factor").fail("expected [numerator, denominator]");
    const Resize::Factor factor{terms[0].integer(1, 1000), terms[1].integer(1, 1000)};
    return Resize{.filter = filter, .to = factor, .size = {}};
}

Operation read_add(const JsonPlace& layer, const LayerSurroundings&) {
    layer.require_object({"name", "op", "of", "block", "activation"});
    return Add{read_activation(layer)};
}

Operation read_concat(const JsonPlace& layer, const LayerSurroundings&) {
    layer.require_object({"name", "op", "of", "block"});
    return Concat{};
}

Operation read_norm_layer(const JsonPlace& layer, const LayerSurroundings& around) {
    layer.require_object({"name", "op", "from", "block", "activation"});
    return Affine{around.names.shared, read_activation(layer)};
}

Operation read_activation_layer(const JsonPlace& layer, const LayerSurroundings&) {
    layer.require_object({"name", "op", "from", "block", "activation"});
    return Affine{std::nullopt,
                  static_cast<Activation>(1 + layer.at("activation").choice({"relu", "relu6"}))};
}

}  // namespace

Operation read_layer(const JsonPlace& place, const LayerSurroundings& around) {
    constexpr std::array readers{read_conv,
                                 read_depthwise,
                                 read_fc,
                                 read_max_pool,
                                 read_average_pool,
                                 read_global_pool,
                                 read_resize,
                                 read_add,
                                 read_concat,
                                 read_norm_layer,
                                 read_activation_layer};
    const std::size_t op = place.at("op").choice({"conv", "depthwise", "fc", "max_pool",
                                                  "average_pool", "global_average_pool", "resize",
                                                  "add", "concat", "norm", "activation"});
    return readers[op](place, around);
}

}  // namespace slimbench
