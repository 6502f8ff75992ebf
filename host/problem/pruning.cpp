// Plans, and networks pruned by them.
#include "host/problem/pruning.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <stdexcept>

#include <fmt/ranges.h>

namespace slimbench {
namespace {

// The number that the whole text is, or 0.
template <class Number>
Number whole_number(std::string_view text) {
    Number value{};
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && stop == text.data() + text.size() ? value : Number{};
}

std::int64_t kept_channels(std::int64_t channels, double keep, std::int64_t multiple) {
    if (keep == 1) return channels;
    const double multiples = static_cast<double>(channels) * keep / static_cast<double>(multiple);
    return std::min(channels, multiple * std::max<std::int64_t>(1, std::llround(multiples)));
}

// The groups that a rule is about.
class RuleMatcher {
public:
    RuleMatcher(const Network& network, const std::vector<ChannelGroup>& groups)
        : network_(network), groups_(groups) {
        for (const Node& node : network.nodes) blocks_.insert(node.block);
    }

    // Indices. Throws when there are none.
    std::set<std::size_t> matches(const PruningRule& rule) const {
        std::set<std::string> blocks;
        std::set<std::size_t> found;
        for (const std::string& name : rule.of) {
            if (const auto alias = network_.prunings.find(name); alias != network_.prunings.end())
                blocks.insert(alias->second.begin(), alias->second.end());
            else if (blocks_.contains(name))
                blocks.insert(name);
            else
                found.insert(group_with(name, rule));
        }
        for (std::size_t g = 0; g < groups_.size(); ++g)
            if (groups_[g].prunable && std::ranges::includes(blocks, groups_[g].blocks))
                found.insert(g);
        if (found.empty())
            fail(rule, fmt::format("no prunable group of channels lies within {}; {}",
                                   fmt::join(blocks, ", "), remedy()));
        return found;
    }

private:
    [[noreturn]] static void fail(const PruningRule& rule, const std::string& why) {
        throw std::invalid_argument(fmt::format("{}: {}", rule.place, why));
    }
    std::string remedy() const {
        return fmt::format("'slimbench describe {} --groups' lists the groups", network_.name);
    }

    std::size_t group_with(const std::string& layer, const PruningRule& rule) const {
        for (std::size_t g = 0; g < groups_.size(); ++g)
            for (const std::size_t index : groups_[g].nodes) {
                const Node& node = network_.nodes[index];
                if (node.name != layer && std::get<Conv>(node.operation).weights != layer) continue;
                if (groups_[g].prunable) return g;
                fail(rule, fmt::format("the width of '{}' is given and cannot be pruned; {}", layer,
                                       remedy()));
            }
        std::vector<std::string> aliases;
        for (const auto& [alias, _] : network_.prunings) aliases.push_back(alias);
        fail(rule, fmt::format("network '{}' has no alias, block or convolution '{}'; aliases: {}; "
                               "blocks: {}; {}",
                               network_.name, layer, fmt::join(aliases, ", "),
                               fmt::join(blocks_, ", "), remedy()));
    }

    const Network& network_;
    const std::vector<ChannelGroup>& groups_;
    std::set<std::string> blocks_;
};

// Gives every group its width; what reads it follows.
void narrow(Network& network, const std::vector<ChannelGroup>& groups,
            const std::vector<std::int64_t>& kept) {
    std::vector<bool> depthwise;
    for (const Node& node : network.nodes) {
        const auto* conv = std::get_if<Conv>(&node.operation);
        depthwise.push_back(conv && conv->problem.depthwise());
    }
    for (std::size_t g = 0; g < groups.size(); ++g)
        for (const std::size_t index : groups[g].nodes)
            std::get<Conv>(network.nodes[index].operation).problem.filters = kept[g];
    for (std::size_t index = 0; index < network.nodes.size(); ++index) {
        Node& node = network.nodes[index];
        if (depthwise[index]) {
            ConvProblem& problem = std::get<Conv>(node.operation).problem;
            problem.filters = problem.groups = network.tensors[node.inputs[0]].shape.channels;
        }
        infer_shape(network, node);
    }
    infer_shapes(network);  // shared parameters must still agree
}

}  // namespace

std::string PruningPlan::text() const {
    return multiple_of == 1 ? name : fmt::format("{}/{}", name, multiple_of);
}

PruningPlan parse_pruning(std::string_view text) {
    if (text == "none") return {};
    const std::size_t at = std::min(text.find('@'), text.size());
    const std::string_view target = text.substr(0, at);
    const std::string_view amount = text.substr(std::min(at + 1, text.size()));
    const std::size_t slash = amount.find('/');
    const double keep = whole_number<double>(amount.substr(0, slash));
    const std::int64_t multiple =
        slash == amount.npos ? 1 : whole_number<std::int64_t>(amount.substr(slash + 1));
    if (target.empty() || target == "none" || !(keep > 0 && keep <= 1) || multiple < 1)
        throw std::invalid_argument(
            fmt::format("pruning '{}': expected none, or NAME@RATIO with 0 < RATIO <= 1 such as "
                        "all@0.5, or NAME@RATIO/MULTIPLE such as all@0.5/8",
                        text));
    PruningPlan plan{.name = fmt::format("{}@{}", target, keep), .multiple_of = multiple};
    plan.source = plan.text();
    plan.rules.push_back({.of = {std::string(target)},
                          .keep = keep,
                          .place = fmt::format("pruning '{}'", plan.text())});
    return plan;
}

Network prune(Network network, const PruningPlan& plan) {
    if (plan.rules.empty()) return network;
    const std::vector<ChannelGroup> groups = channel_groups(network);
    const RuleMatcher matcher(network, groups);
    std::vector<std::int64_t> kept;
    for (const ChannelGroup& group : groups) kept.push_back(group.channels);
    for (const PruningRule& rule : plan.rules)
        for (const std::size_t g : matcher.matches(rule))
            kept[g] = kept_channels(groups[g].channels, rule.keep, plan.multiple_of);

    narrow(network, groups, kept);
    return network;
}

}  // namespace slimbench
