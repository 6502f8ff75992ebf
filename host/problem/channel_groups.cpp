// Channel groups by union-find over the tensors of a network.
#include "host/problem/channel_groups.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace slimbench {
namespace {

// Sets of tensors that have the same channels, named by one member.
class TensorSets {
public:
    explicit TensorSets(std::size_t tensors) : parent_(tensors) {
        std::iota(parent_.begin(), parent_.end(), TensorId{0});
    }
    TensorId find(TensorId tensor) {
        while (parent_[tensor] != tensor) tensor = parent_[tensor] = parent_[parent_[tensor]];
        return tensor;
    }
    void join(TensorId a, TensorId b) { parent_[find(a)] = find(b); }

private:
    std::vector<TensorId> parent_;
};

// Layers that share a parameter share its channels.
class SharedParameters {
public:
    explicit SharedParameters(TensorSets& sets) : sets_(sets) {}
    void join(const std::string& parameter, TensorId tensor) {
        const auto [first, is_new] = first_user_.emplace(parameter, tensor);
        if (!is_new) sets_.join(first->second, tensor);
    }

private:
    TensorSets& sets_;
    std::map<std::string, TensorId> first_user_;
};

bool is_depthwise(const Operation& operation) {
    const auto* conv = std::get_if<Conv>(&operation);
    return conv && conv->problem.depthwise();
}

// Whether its output's channels are others than its input's.
bool has_own_channels(const Operation& operation) {
    if (std::holds_alternative<Concat>(operation)) return true;
    return std::holds_alternative<Conv>(operation) && !is_depthwise(operation);
}

TensorSets tensors_of_equal_channels(const Network& network) {
    TensorSets sets(network.tensors.size());
    SharedParameters outputs(sets), inputs(sets), norms(sets);
    for (const Node& node : network.nodes) {
        if (!has_own_channels(node.operation))
            for (const TensorId input : node.inputs) sets.join(input, node.output);
        if (const auto* conv = std::get_if<Conv>(&node.operation)) {
            outputs.join(conv->weights, node.output);
            inputs.join(conv->weights, node.inputs[0]);
            if (conv->norm) norms.join(*conv->norm, node.output);
        } else if (const auto* affine = std::get_if<Affine>(&node.operation);
                   affine && affine->norm) {
            norms.join(*affine->norm, node.output);
        }
    }
    return sets;
}

// How many tensors of a set have channels of their own, which those of the others follow.
std::map<TensorId, int> sources_of_sets(const Network& network, TensorSets& sets) {
    std::map<TensorId, int> sources;
    for (const Node& node : network.nodes)
        if (has_own_channels(node.operation)) ++sources[sets.find(node.output)];
    return sources;
}

// What a concatenation makes is as wide as its operands together: where its width is given, so are
// theirs. It is given by a second source, too, which would have to be pruned alike.
void fix_concatenations(const Network& network, TensorSets& sets, std::set<TensorId>& fixed) {
    const auto sources = sources_of_sets(network, sets);
    for (std::size_t before = 0; before != fixed.size();) {
        before = fixed.size();
        for (const Node& node : network.nodes) {
            if (!std::holds_alternative<Concat>(node.operation)) continue;
            const TensorId joined = sets.find(node.output);
            if (!fixed.contains(joined) && sources.at(joined) == 1) continue;
            fixed.insert(joined);
            for (const TensorId operand : node.inputs) fixed.insert(sets.find(operand));
        }
    }
}

// Sets whose width is given from outside: image, scores, and both sides of grouped convolutions,
// whose groups would have to be pruned evenly.
std::set<TensorId> fixed_sets(const Network& network, TensorSets& sets) {
    std::set<TensorId> fixed{sets.find(network.image)};
    if (!network.features) fixed.insert(sets.find(network.scores));
    for (const Node& node : network.nodes) {
        const auto* conv = std::get_if<Conv>(&node.operation);
        if (!conv || conv->problem.groups == 1 || conv->problem.depthwise()) continue;
        fixed.insert(sets.find(node.inputs[0]));
        fixed.insert(sets.find(node.output));
    }
    fix_concatenations(network, sets, fixed);
    return fixed;
}

// Sets whose width follows from what a concatenation joins.
std::set<TensorId> joined_sets(const Network& network, TensorSets& sets) {
    std::set<TensorId> joined;
    for (const Node& node : network.nodes)
        if (std::holds_alternative<Concat>(node.operation)) joined.insert(sets.find(node.output));
    return joined;
}

}  // namespace

std::vector<ChannelGroup> channel_groups(const Network& network) {
    TensorSets sets = tensors_of_equal_channels(network);
    std::set<TensorId> given = fixed_sets(network, sets);
    given.merge(joined_sets(network, sets));
    std::map<TensorId, std::size_t> group_of_set;  // groups stand in the order of their first node
    std::vector<ChannelGroup> groups;
    for (std::size_t index = 0; index < network.nodes.size(); ++index) {
        const Node& node = network.nodes[index];
        if (!std::holds_alternative<Conv>(node.operation)) continue;
        const TensorId set = sets.find(node.output);
        const auto [row, is_new] = group_of_set.emplace(set, groups.size());
        if (is_new)
            groups.push_back({.name = std::get<Conv>(node.operation).weights,
                              .nodes = {},
                              .channels = network.tensors[node.output].shape.channels,
                              .prunable = !given.contains(set),
                              .blocks = {}});
        ChannelGroup& group = groups[row->second];
        group.nodes.push_back(index);
        const auto place = std::ranges::lower_bound(group.blocks, node.block);
        if (place == group.blocks.end() || *place != node.block)
            group.blocks.insert(place, node.block);
    }
    return groups;
}

}  // namespace slimbench
