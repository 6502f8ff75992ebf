// A network: operations over named tensors, each tensor written once, in an order in which they can run.
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
    TensorShape shape;                  // filled in by infer_shapes
};

struct Node {
    std::string name;
    Operation operation;
    std::vector<TensorId> inputs;       // Add: two; Resize to another tensor's size: that tensor is not an input
    TensorId output = 0;
    std::string block;                  // "stem", "block1", ..., "skips", "decoder", "logits", "upsample", "image_pyramid"
    std::optional<int> level;           // pyramid level: 0 = full size
};

struct Network {
    std::string name;
    std::vector<Tensor> tensors;
    std::vector<Node> nodes;            // topological order
    TensorId image = 0;                 // the input tensor
    TensorId scores = 0;                // the output tensor
    std::map<std::string, std::vector<std::string>> prunings;   // alias ("first2", "all") -> blocks it prunes
};

// Derives every shape from the image's and the attributes. Throws std::invalid_argument naming node, tensor and
// what does not fit.
void infer_shapes(Network& network);
// The same for one node, whose inputs already have shapes.
void infer_shape(Network& network, Node& node);

struct Counts {
    std::int64_t params = 0;        // trainable: weights, biases, two per normalised channel; shared ones once
    std::int64_t macs = 0;          // multiply-accumulates of convolutions and fully connected layers
    std::int64_t macs_thop = 0;     // conv MACs + 1 per bias output + 2 per normalised output element (rule of `thop`)
    std::int64_t convs = 0;
};
Counts count(const Network& network);
std::int64_t macs(const Node& node);
// Bytes of all weights in the given number of bits each, biases and folded normalisations (scale, shift) in 32 bits.
std::int64_t weight_bytes(const Network& network, int weight_bits);

}  // namespace slimbench
