// Channel groups by union-find over the tensors of a network, and pruning by such groups.
#include "host/problem/pruning.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

#include <fmt/ranges.h>

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

bool chooses_own_channels(const Operation& operation) {
    const auto* conv = std::get_if<Conv>(&operation);
    return conv && !conv->problem.depthwise();
}

TensorSets tensors_of_equal_channels(const Network& network) {
    TensorSets sets(network.tensors.size());
    SharedParameters outputs(sets), inputs(sets), norms(sets);
    for (const Node& node : network.nodes) {
        if (!chooses_own_channels(node.operation))
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

// Sets whose width is given from outside: image, scores, and both sides of grouped convolutions,
// whose groups would have to be pruned evenly.
std::set<TensorId> fixed_sets(const Network& network, TensorSets& sets) {
    std::set<TensorId> fixed{sets.find(network.image), sets.find(network.scores)};
    for (const Node& node : network.nodes) {
        const auto* conv = std::get_if<Conv>(&node.operation);
        if (!conv || conv->problem.groups == 1 || conv->problem.depthwise()) continue;
        fixed.insert(sets.find(node.inputs[0]));
        fixed.insert(sets.find(node.output));
    }
    return fixed;
}

}  // namespace

std::vector<ChannelGroup> channel_groups(const Network& network) {
    TensorSets sets = tensors_of_equal_channels(network);
    const std::set<TensorId> fixed = fixed_sets(network, sets);
    std::map<TensorId, std::size_t> group_of_set;  // groups stand in the order of their first node
    std::vector<ChannelGroup> groups;
    for (std::size_t index = 0; index < network.nodes.size(); ++index) {
        const Node& node = network.nodes[index];
        if (!std::holds_alternative<Conv>(node.operation)) continue;
        const TensorId set = sets.find(node.output);
        const auto [row, is_new] = group_of_set.emplace(set, groups.size());
        if (is_new)
            groups.push_back({.nodes = {},
                              .channels = network.tensors[node.output].shape.channels,
                              .prunable = !fixed.contains(set),
                              .blocks = {}});
        ChannelGroup& group = groups[row->second];
        group.nodes.push_back(index);
        const auto place = std::ranges::lower_bound(group.blocks, node.block);
        if (place == group.blocks.end() || *place != node.block)
            group.blocks.insert(place, node.block);
    }
    return groups;
}

std::string PruningPlan::text() const {
    return alias == "none" ? alias : fmt::format("{}@{}", alias, keep);
}

PruningPlan parse_pruning(std::string_view text) {
    if (text == "none") return {};
    const std::size_t at = text.find('@');
    PruningPlan plan{.alias = std::string(text.substr(0, at)), .keep = 0};
    if (at != text.npos) {
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + at + 1, end, plan.keep);
        if (error != std::errc{} || stop != end) plan.keep = 0;
    }
    if (plan.alias.empty() || plan.alias == "none" || !(plan.keep > 0 && plan.keep <= 1))
        throw std::invalid_argument(fmt::format(
            "pruning '{}': expected none, or ALIAS@RATIO with 0 < RATIO <= 1 such as all@0.5",
            text));
    return plan;
}

Network prune(Network network, const PruningPlan& plan) {
    if (plan.alias == "none") return network;
    const auto alias = network.prunings.find(plan.alias);
    if (alias == network.prunings.end()) {
        std::vector<std::string> known{"none"};
        for (const auto& [name, _] : network.prunings) known.push_back(name + "@RATIO");
        throw std::invalid_argument(fmt::format("network '{}' has no pruning '{}', it has: {}",
                                                network.name, plan.alias, fmt::join(known, ", ")));
    }
    const std::set<std::string> blocks(alias->second.begin(), alias->second.end());
    for (const ChannelGroup& group : channel_groups(network)) {
        if (!group.prunable || !std::ranges::includes(blocks, group.blocks)) continue;
        const std::int64_t kept = std::max<std::int64_t>(
            1, std::llround(static_cast<double>(group.channels) * plan.keep));
        for (const std::size_t index : group.nodes) {
            ConvProblem& problem = std::get<Conv>(network.nodes[index].operation).problem;
            if (problem.depthwise()) problem.groups = kept;
            problem.filters = kept;
        }
    }
    infer_shapes(network);
    return network;
}

}  // namespace slimbench
