// `slimbench describe`: shapes and costs of a network, nothing measured.
#include <algorithm>
#include <memory>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "host/cli/arguments.h"
#include "host/cli/commands.h"
#include "host/problem/block_counts.h"
#include "host/problem/data_type.h"
#include "host/suite/network_file.h"
#include "host/suite/pruning_file.h"
#include "host/suite/width_multiplier.h"

namespace slimbench {
namespace {

using json = nlohmann::ordered_json;

struct DescribeOptions {
    std::string network, prune = "none", size;
    std::int64_t classes = 0;  // 0: the file's
    std::int64_t batch = 1;
    double width = 1;
    bool json = false, groups = false;

    Network load() const {
        NetworkOptions options{.size = {}, .batch = batch, .classes = {}, .width = width};
        if (!size.empty()) options.size = parse_size(size);
        if (classes != 0) options.classes = classes;
        return slimbench::prune(load_network(network, options), load_pruning(prune));
    }
};

json shape_json(const TensorShape& shape) {
    return {shape.batch, shape.channels, shape.height, shape.width};
}

json level_json(const std::optional<int>& level) {
    return level ? json(*level) : json(nullptr);
}

json layers_json(const Network& network) {
    json layers = json::array();
    for (const Node& node : network.nodes) {
        json layer{{"name", node.name},
                   {"kind", kind_name(node.operation)},
                   {"block", node.block},
                   {"level", level_json(node.level)},
                   {"inputs", json::array()},
                   {"output", shape_json(network.tensors[node.output].shape)},
                   {"activation", name(activation_of(node.operation))},
                   {"macs", macs(node)}};
        for (const TensorId input : node.inputs)
            layer["inputs"].push_back(network.tensors[input].name);
        if (const auto* conv = std::get_if<Conv>(&node.operation)) {
            layer["problem"] = conv->problem.text();
            layer["weights"] = conv->weights;
        }
        layers.push_back(std::move(layer));
    }
    return layers;
}

json blocks_json(const Network& network) {
    json blocks = json::array();
    for (const BlockCount& block : count_blocks(network))
        blocks.push_back({{"block", block.block},
                          {"level", level_json(block.level)},
                          {"layers", block.layers},
                          {"macs", block.macs}});
    return blocks;
}

json levels_json(const Network& network) {
    json levels = json::array();
    for (const LevelCount& level : count_levels(network))
        levels.push_back({{"level", level.level},
                          {"macs_forward", level.macs_forward},
                          {"macs_backbone", level.macs_backbone}});
    return levels;
}

std::vector<std::string> layer_names(const Network& network, const ChannelGroup& group) {
    std::vector<std::string> names;
    for (const std::size_t node : group.nodes) names.push_back(network.nodes[node].name);
    return names;
}

json groups_json(const Network& network) {
    json groups = json::array();
    for (const ChannelGroup& group : channel_groups(network))
        groups.push_back({{"group", group.name},
                          {"channels", group.channels},
                          {"prunable", group.prunable},
                          {"blocks", group.blocks},
                          {"layers", layer_names(network, group)}});
    return groups;
}

json weight_bytes_json(const Network& network) {
    json bytes;
    for (const Precision precision : all_precisions)
        bytes[std::string(traits(precision).name)] =
            weight_bytes(network, traits(traits(precision).weight).bits);
    return bytes;
}

json description(const Network& network, const std::string& pruning) {
    const Counts counts = count(network);
    json prunings = json::object();
    for (const auto& [alias, blocks] : network.prunings) prunings[alias] = blocks;
    return {{"network", network.name},
            {"pruning", pruning},
            {"input", shape_json(network.tensors[network.image].shape)},
            {"output", shape_json(network.tensors[network.scores].shape)},
            {"params", counts.params},
            {"macs", counts.macs},
            {"macs_thop", counts.macs_thop},
            {"convs", counts.convs},
            {"weight_bytes", weight_bytes_json(network)},
            {"prunings", prunings},
            {"layers", layers_json(network)},
            {"blocks", blocks_json(network)},
            {"levels", levels_json(network)},
            {"groups", groups_json(network)}};
}

std::string text(const TensorShape& shape) {
    return fmt::format("{}x{}x{}x{}", shape.batch, shape.channels, shape.height, shape.width);
}

double giga(std::int64_t count) {
    return static_cast<double>(count) * 1e-9;
}

std::string level_text(const std::optional<int>& level) {
    return level ? std::to_string(*level) : "-";
}

void print_head(const Network& network, const std::string& pruning) {
    const Counts counts = count(network);
    fmt::print("{}, pruning {}, input {}, output {}\n", network.name, pruning,
               text(network.tensors[network.image].shape),
               text(network.tensors[network.scores].shape));
    fmt::print("  parameters {}   MACs {:.3f} G   by thop's rule {:.3f} G   convolutions {}\n",
               counts.params, giga(counts.macs), giga(counts.macs_thop), counts.convs);
    for (const Precision precision : all_precisions)
        fmt::print("  weights in {}: {:.2f} MB\n", traits(precision).name,
                   1e-6 * static_cast<double>(
                              weight_bytes(network, traits(traits(precision).weight).bits)));
    for (const auto& [alias, blocks] : network.prunings)
        fmt::print("  --prune {}@RATIO prunes {}\n", alias, fmt::join(blocks, " "));
}

void print_layers(const Network& network) {
    std::size_t longest = 5;
    for (const Node& node : network.nodes) longest = std::max(longest, node.name.size());
    fmt::print("\n{:<{}}  {:<19}  {:<13}  {:>5}  {:<18}  {:>9}\n", "layer", longest, "kind",
               "block", "level", "output", "GMACs");
    for (const Node& node : network.nodes)
        fmt::print("{:<{}}  {:<19}  {:<13}  {:>5}  {:<18}  {:>9.4f}\n", node.name, longest,
                   kind_name(node.operation), node.block, level_text(node.level),
                   text(network.tensors[node.output].shape), giga(macs(node)));
}

void print_blocks(const Network& network) {
    fmt::print("\n{:<13}  {:>5}  {:>6}  {:>9}\n", "block", "level", "layers", "GMACs");
    for (const BlockCount& block : count_blocks(network))
        fmt::print("{:<13}  {:>5}  {:>6}  {:>9.4f}\n", block.block, level_text(block.level),
                   block.layers, giga(block.macs));
    for (const LevelCount& level : count_levels(network))
        fmt::print("level {}: forward {:.4f} GMACs, backbone {:.4f} GMACs\n", level.level,
                   giga(level.macs_forward), giga(level.macs_backbone));
}

void print_groups(const Network& network) {
    const std::vector<ChannelGroup> groups = channel_groups(network);
    std::size_t longest = 5;
    for (const ChannelGroup& group : groups) longest = std::max(longest, group.name.size());
    fmt::print("\n{:<{}}  {:>8}  {:<8}  {:<13}  layers\n", "group", longest, "channels", "prunable",
               "blocks");
    for (const ChannelGroup& group : groups)
        fmt::print("{:<{}}  {:>8}  {:<8}  {:<13}  {}\n", group.name, longest, group.channels,
                   group.prunable ? "yes" : "no", fmt::to_string(fmt::join(group.blocks, " ")),
                   fmt::join(layer_names(network, group), " "));
}

int describe(const DescribeOptions& options) {
    const Network network = options.load();
    const std::string pruning = load_pruning(options.prune).text();
    if (options.json) {
        fmt::print("{}\n", description(network, pruning).dump(2));
    } else if (options.groups) {
        print_head(network, pruning);
        print_groups(network);
    } else {
        print_head(network, pruning);
        print_layers(network);
        print_blocks(network);
    }
    return all_measured;
}

}  // namespace

void add_describe(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("describe", "Show the layers and costs of a network");
    auto options = std::make_shared<DescribeOptions>();
    command
        ->add_option("network", options->network,
                     "Name (see: slimbench list networks) or a .json file")
        ->required();
    command->add_option("--prune", options->prune,
                        "none, NAME@RATIO such as all@0.5, all@0.5/8 for multiples of 8, a plan's "
                        "name or its .json file");
    command->add_option("--size", options->size, "HEIGHTxWIDTH of the input image");
    command->add_option("--classes", options->classes, "Number of classes")
        ->check(CLI::Range(1, 1'000'000));
    command->add_option("--batch", options->batch, "Images at a time")->check(CLI::Range(1, 65536));
    command->add_option("--width", options->width, "Width multiplier, of networks that have one")
        ->check(CLI::Range(least_width, most_width));
    command->add_flag("--groups", options->groups,
                      "Show the groups of channels that plans of pruning may name");
    command->add_flag("--json", options->json, "Print everything as JSON");
    command->footer(
        "Examples:  slimbench describe swiftnet_rn34_pyramid --prune first2@0.5 --size 512x1024\n"
        "           slimbench describe mobilenet_v2 --width 0.75\n"
        "           slimbench describe resnet18 --groups");
    command->callback([=, &action] { action = [=] { return describe(*options); }; });
}

}  // namespace slimbench
