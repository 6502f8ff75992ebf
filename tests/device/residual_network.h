// A small network with every kind of step, whose tensors share memory.
#pragma once

#include "tests/unit/problem/small_networks.h"

namespace slimbench::testing {

inline Conv strided_conv(std::int64_t filters, std::int64_t side, const std::string& weights) {
    Conv conv;
    conv.problem.filters = filters;
    conv.problem.kernel = {side, side};
    conv.problem.stride = {2, 2};
    conv.problem.pad = Padding::all(side / 2);
    conv.weights = weights;
    conv.norm = weights + ".norm";
    return conv;
}

inline Network residual_network(std::int64_t batch = 2) {
    NetworkBuilder net({batch, 3, 37, 29});
    Conv stem = strided_conv(19, 7, "stem");
    stem.activation = Activation::relu;
    const TensorId stemmed = net.add("stem", stem, {0});
    const TensorId pooled =
        net.add("pool", Pool{Pool::Kind::max, {3, 3}, {2, 2}, Padding::all(1)}, {stemmed});
    const TensorId a1 = net.conv("a.conv1", pooled, 19, Activation::relu);
    const TensorId a2 = net.conv("a.conv2", a1, 19);
    const TensorId a = net.add("a.sum", Add{Activation::relu}, {pooled, a2});

    const TensorId narrowed = net.add("b.downsample", strided_conv(37, 1, "b.downsample"), {a});
    Conv halving = strided_conv(37, 3, "b.conv1");
    halving.activation = Activation::relu;
    const TensorId b1 = net.add("b.conv1", halving, {a});
    const TensorId b2 = net.conv("b.conv2", b1, 37);
    const TensorId b = net.add("b.sum", Add{}, {narrowed, b2});

    Conv depthwise = strided_conv(37, 3, "depthwise");
    depthwise.problem.stride = {1, 1};
    depthwise.problem.groups = 37;
    depthwise.activation = Activation::relu6;
    const TensorId deep = net.add("depthwise", depthwise, {b});
    const Resize up{.to = Resize::LikeTensor{"a.sum"}, .size = {}};
    const TensorId larger = net.add("up", up, {deep});
    const TensorId normed = net.add("norm", Affine{"norm", Activation::relu}, {larger});
    const TensorId joined = net.add("joined", Concat{}, {normed, a});
    const TensorId mixed = net.conv("mix", joined, 23);
    const TensorId mean = net.add("mean", Pool{.kind = Pool::Kind::global_average}, {mixed});
    Conv classify;
    classify.problem.filters = 11;
    classify.weights = "classify";
    classify.bias = true;
    classify.fully_connected = true;
    net.add("classify", classify, {mean});
    return net.build();
}

}  // namespace slimbench::testing
