// A network: operations over named tensors, each written once, in an order in which they can run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/problem/operation.h"

namespace slimbench {

using TensorId = std::size_t;

struct Tensor {
    std::string name;
    TensorShape shape;  // filled in by infer_shapes
};

struct Node {
    std::string name;
    Operation operation;
    std::vector<TensorId> inputs;  // Add, Concat: two. The tensor that a Resize imitates is none.
    TensorId output = 0;
    std::string block;         // "stem", "block1", "skips", "decoder", "logits", ...
    std::optional<int> level;  // pyramid level: 0 = full size
};

struct Network {
    std::string name;
    std::vector<Tensor> tensors;
    std::vector<Node> nodes;  // topological order
    TensorId image = 0;       // the input tensor
    TensorId scores = 0;      // the output tensor
    bool features = false;    // the output is a feature map, whose channels may be pruned
    std::map<std::string, std::vector<std::string>> prunings;  // alias ("all") -> its blocks
};

// Derives every shape from the image's and the attributes. Throws std::invalid_argument naming the
// node, the tensor and what does not fit.
void infer_shapes(Network& network);

// The same for one node, whose inputs already have shapes.
void infer_shape(Network& network, Node& node);

// Throws std::invalid_argument naming the node that reads a tensor before it is written, or writes
// one again.
void check_order(const Network& network);

struct Counts {
    std::int64_t params = 0;     // weights, biases, two per normalised channel; shared ones once
    std::int64_t macs = 0;       // multiply-accumulates of convolutions and fully connected layers
    std::int64_t macs_thop = 0;  // `macs` + 1 per output of a convolution's bias + 2 per
                                 // normalised output: the rule of the tool "thop"
    std::int64_t convs = 0;      // fully connected layers apart
};
Counts count(const Network& network);
std::int64_t macs(const Node& node);
// Bytes of all weights in the given number of bits each, biases and folded normalisations (scale,
// shift) in 32 bits.
std::int64_t weight_bytes(const Network& network, int weight_bits);

}  // namespace slimbench
