// Folding of additions and activations into the launch before them.
#include "host/problem/fused_step.h"

#include <algorithm>

namespace slimbench {
namespace {

Operation without_activation(Operation operation) {
    std::visit(
        [](auto& op) {
            if constexpr (requires { op.activation; }) op.activation = Activation::none;
        },
        operation);
    return operation;
}

class Fuser {
public:
    explicit Fuser(const Network& network)
        : network_(network), readers_(network.tensors.size(), 0) {
        for (const Node& node : network.nodes)
            for (const TensorId input : node.inputs) ++readers_[input];
        ++readers_[network.scores];
    }

    std::vector<FusedStep> run() {
        for (std::size_t index = 0; index < network_.nodes.size(); ++index)
            if (!fold_add(index) && !fold_activation(index)) append(index);
        return std::move(steps_);
    }

private:
    // Index of the step that writes a tensor; nothing, which is less than any index, for the image.
    std::optional<std::size_t> writer(TensorId tensor) const {
        const auto found = std::ranges::find(steps_, tensor, &FusedStep::output);
        if (found == steps_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - steps_.begin());
    }

    bool may_grow(const FusedStep& step) const {
        return step.activation == Activation::none && readers_[step.output] == 1;
    }

    void grow(FusedStep& step, std::size_t index) {
        const Node& node = network_.nodes[index];
        step.activation = activation_of(node.operation);
        step.output = node.output;
        step.nodes.push_back(index);
    }

    bool fold_add(std::size_t index) {
        const Node& node = network_.nodes[index];
        if (!std::holds_alternative<Add>(node.operation)) return false;
        const auto first = writer(node.inputs[0]);
        const auto second = writer(node.inputs[1]);
        if (first == second) return false;
        FusedStep& later = steps_[*std::max(first, second)];
        if (later.residual || !may_grow(later)) return false;
        if (!std::holds_alternative<Conv>(later.operation) &&
            !std::holds_alternative<Resize>(later.operation))
            return false;
        later.residual = second > first ? node.inputs[0] : node.inputs[1];
        grow(later, index);
        return true;
    }

    bool fold_activation(std::size_t index) {
        const Node& node = network_.nodes[index];
        const auto* affine = std::get_if<Affine>(&node.operation);
        if (!affine || affine->norm) return false;
        const auto before = writer(node.inputs[0]);
        if (!before || !may_grow(steps_[*before])) return false;
        grow(steps_[*before], index);
        return true;
    }

    void append(std::size_t index) {
        const Node& node = network_.nodes[index];
        FusedStep step{.operation = without_activation(node.operation),
                       .activation = activation_of(node.operation),
                       .input = node.inputs[0],
                       .residual = std::nullopt,
                       .output = node.output,
                       .nodes = {index}};
        if (node.inputs.size() == 2) step.residual = node.inputs[1];
        steps_.push_back(std::move(step));
    }

    const Network& network_;
    std::vector<int> readers_;
    std::vector<FusedStep> steps_;
};

}  // namespace

std::vector<FusedStep> fuse(const Network& network) {
    return Fuser(network).run();
}

}  // namespace slimbench
