// Hand-made networks for tests.
#pragma once

#include "host/problem/network.h"

namespace slimbench {

// Writes nodes in order; each call returns the new tensor.
class NetworkBuilder {
public:
    explicit NetworkBuilder(TensorShape image) {
        network_.name = "test";
        network_.tensors.push_back({"image", image});
    }

    TensorId add(std::string name, Operation operation, std::vector<TensorId> inputs,
                 std::string block = "body") {
        network_.tensors.push_back({name, {}});
        const TensorId output = network_.tensors.size() - 1;
        network_.nodes.push_back(
            {name, std::move(operation), std::move(inputs), output, std::move(block), {}});
        network_.scores = output;
        return output;
    }

    TensorId conv(std::string name, TensorId input, std::int64_t filters,
                  Activation activation = Activation::none, std::string block = "body") {
        Conv conv;
        conv.problem = {.in = {},
                        .filters = filters,
                        .kernel = {3, 3},
                        .stride = {},
                        .pad = Padding::all(1),
                        .dilation = {}};
        conv.weights = name;
        conv.norm = name + ".norm";
        conv.activation = activation;
        return add(std::move(name), conv, {input}, std::move(block));
    }

    // From now on node `user` computes with the weights of node `owner`.
    void share_weights(std::size_t owner, std::size_t user) {
        std::get<Conv>(network_.nodes[user].operation).weights =
            std::get<Conv>(network_.nodes[owner].operation).weights;
    }

    Network build() {
        infer_shapes(network_);
        return network_;
    }
    Network& unchecked() { return network_; }

private:
    Network network_;
};

}  // namespace slimbench
