// Every published count of the shipped networks, to the last digit.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "host/problem/block_counts.h"
#include "host/problem/fused_step.h"
#include "host/problem/pruning.h"
#include "host/suite/network_file.h"

namespace slimbench {
namespace {

Network load(const std::string& name, const std::string& pruning, std::optional<Size> size = {}) {
    return prune(load_network(name, {.size = size}), parse_pruning(pruning));
}

struct Expected {
    const char* network;
    const char* pruning;
    Size size;
    std::int64_t params, macs;
};

constexpr Size full_hd{1080, 1920}, cityscapes{1024, 2048}, half{512, 1024}, quarter{256, 512};

const Expected counted[]{
    {"resnet18", "none", {224, 224}, 11'689'512, 1'814'073'344},
    {"resnet34", "none", {224, 224}, 21'797'672, 3'663'761'408},
    {"resnet50", "none", {224, 224}, 25'557'032, 4'089'184'256},
    {"mobilenet_v1", "none", {224, 224}, 4'231'976, 568'740'352},
    {"mobilenet_v2", "none", {224, 224}, 3'504'872, 300'774'272},
    {"resnet18_cifar", "none", {32, 32}, 11'173'962, 555'422'720},
    {"resnet50_cifar", "none", {32, 32}, 23'520'842, 1'297'829'888},
    {"swiftnet_rn34_pyramid", "none", cityscapes, 22'040'278, 209'234'952'192},
    {"swiftnet_rn34_pyramid", "first2@0.5", cityscapes, 20'857'526, 139'409'227'776},
    {"swiftnet_rn34_pyramid", "all@0.5", cityscapes, 6'010'806, 59'520'319'488},
    {"swiftnet_rn34_pyramid", "none", full_hd, 22'040'278, 207'892'270'080},
    {"swiftnet_rn34_pyramid", "first2@0.5", full_hd, 20'857'526, 138'764'582'400},
    {"swiftnet_rn34_pyramid", "all@0.5", full_hd, 6'010'806, 59'113'766'400},
    {"swiftnet_rn34_pyramid", "none", half, 22'040'278, 52'308'738'048},
    {"swiftnet_rn34_pyramid", "first2@0.5", half, 20'857'526, 34'852'306'944},
    {"swiftnet_rn34_pyramid", "all@0.5", half, 6'010'806, 14'880'079'872},
    {"swiftnet_rn34_pyramid", "none", quarter, 22'040'278, 13'077'184'512},
    {"swiftnet_rn34_pyramid", "first2@0.5", quarter, 20'857'526, 8'713'076'736},
    {"swiftnet_rn34_pyramid", "all@0.5", quarter, 6'010'806, 3'720'019'968},
};

TEST(NetworkCounts, parameters_and_macs_equal_the_published_ones) {
    for (const Expected& expected : counted) {
        SCOPED_TRACE(fmt::format("slimbench describe {} --prune {} --size {}x{}", expected.network,
                                 expected.pruning, expected.size.height, expected.size.width));
        const Counts counts = count(load(expected.network, expected.pruning, expected.size));
        EXPECT_EQ(counts.params, expected.params);
        EXPECT_EQ(counts.macs, expected.macs);
    }
}

TEST(NetworkCounts, macs_by_the_rule_of_thop_equal_the_published_ones) {
    const auto giga = [](const char* pruning) {
        return fmt::format(
            "{:.6f}",
            1e-9 * static_cast<double>(count(load("swiftnet_rn34_pyramid", pruning)).macs_thop));
    };
    EXPECT_EQ(giga("none"), "209.669521");
    EXPECT_EQ(giga("first2@0.5"), "139.684151");
    EXPECT_EQ(giga("all@0.5"), "59.749827");
}

TEST(NetworkCounts, convolutions_are_as_many_as_the_papers_have) {
    EXPECT_EQ(count(load("resnet18", "none")).convs, 20);
    EXPECT_EQ(count(load("resnet34", "none")).convs, 36);
    EXPECT_EQ(count(load("resnet50", "none")).convs, 53);
    EXPECT_EQ(count(load("mobilenet_v1", "none")).convs, 27);
    EXPECT_EQ(count(load("mobilenet_v2", "none")).convs, 52);
    EXPECT_EQ(count(load("resnet18_cifar", "none")).convs, 20);
    EXPECT_EQ(count(load("resnet50_cifar", "none")).convs, 53);
    EXPECT_EQ(count(load("swiftnet_rn34_pyramid", "none")).convs, 3 * (36 - 1 + 1 + 3) + 4 + 1);
}

TEST(NetworkCounts, batch_multiplies_macs_and_leaves_parameters) {
    const Counts counts = count(load_network("resnet18", {.batch = 4}));
    EXPECT_EQ(counts.params, 11'689'512);
    EXPECT_EQ(counts.macs, 4 * std::int64_t{1'814'073'344});
}

TEST(NetworkCounts, classes_change_the_last_layer_alone) {
    EXPECT_EQ(count(load_network("resnet18", {.classes = 10})).params, 11'689'512 - 990 * 513);
    EXPECT_EQ(count(load_network("resnet18_cifar", {.classes = 100})).params, 11'220'132);
}

std::string block_gmacs(const Network& network, int level, const std::string& block) {
    std::int64_t sum = 0;
    for (const BlockCount& row : count_blocks(network))
        if (row.level == level && row.block == block) sum += row.macs;
    return fmt::format("{:.3f}", 1e-9 * static_cast<double>(sum));
}

TEST(SwiftNet, macs_by_block_of_level_0_equal_the_published_ones) {
    const Network whole = load("swiftnet_rn34_pyramid", "none");
    EXPECT_EQ(block_gmacs(whole, 0, "block1"), "28.991");
    EXPECT_EQ(block_gmacs(whole, 0, "block2"), "36.507");
    EXPECT_EQ(block_gmacs(whole, 0, "block3"), "55.835");
    EXPECT_EQ(block_gmacs(whole, 0, "block4"), "26.844");
    const Network pruned = load("swiftnet_rn34_pyramid", "first2@0.5");
    EXPECT_EQ(block_gmacs(pruned, 0, "block1"), "7.248");
    EXPECT_EQ(block_gmacs(pruned, 0, "block2"), "9.127");
    EXPECT_EQ(block_gmacs(pruned, 0, "block3"), "54.492");
    EXPECT_EQ(block_gmacs(pruned, 0, "block4"), "26.844");
}

std::vector<std::string> level_gmacs(const std::string& pruning) {
    std::vector<std::string> totals;
    for (const LevelCount& level : count_levels(load("swiftnet_rn34_pyramid", pruning)))
        totals.push_back(fmt::format("{:.3f}", 1e-9 * static_cast<double>(level.macs_forward)));
    return totals;
}

TEST(SwiftNet, macs_by_level_equal_the_published_ones) {
    EXPECT_EQ(level_gmacs("none"), (std::vector<std::string>{"154.048", "38.512", "9.628"}));
    EXPECT_EQ(level_gmacs("first2@0.5"), (std::vector<std::string>{"100.848", "25.212", "6.303"}));
}

TEST(SwiftNet, decoder_with_logits_costs_the_published_macs) {
    std::int64_t sum = 0;
    for (const BlockCount& block : count_blocks(load("swiftnet_rn34_pyramid", "all@0.5")))
        if (block.block == "decoder" || block.block == "logits") sum += block.macs;
    EXPECT_EQ(fmt::format("{:.3f}", 1e-9 * static_cast<double>(sum)), "7.046");
}

TEST(SwiftNet, parts_have_the_published_parameters) {
    const auto params_under = [](const Network& network, const std::string& prefix) {
        Network part = network;
        std::erase_if(part.nodes, [&](const Node& node) {
            const auto* conv = std::get_if<Conv>(&node.operation);
            return !conv || !conv->weights.starts_with(prefix);
        });
        return count(part).params;
    };
    const Network network = load("swiftnet_rn34_pyramid", "none");
    EXPECT_EQ(params_under(network, "conv1"), 9'408 + 384);
    EXPECT_EQ(params_under(network, "layer1."), 223'488);
    EXPECT_EQ(params_under(network, "layer2."), 1'120'512);
    EXPECT_EQ(params_under(network, "layer3."), 6'834'688);
    EXPECT_EQ(params_under(network, "layer4."), 13'126'656);
    EXPECT_EQ(params_under(network, "skip"), 114'688);
}

TEST(SwiftNet, shared_weights_take_memory_once) {
    const Network network = load("swiftnet_rn34_pyramid", "none");
    EXPECT_EQ(weight_bytes(network, 32), 4 * 22'040'278);
}

TEST(SwiftNet, every_addition_folds_into_another_launch) {
    for (const FusedStep& step : fuse(load("swiftnet_rn34_pyramid", "none")))
        EXPECT_NE(kind_name(step.operation), "add");
}

TEST(SwiftNet, pruning_leaves_skips_decoder_and_classes_alone) {
    const Network network = load("swiftnet_rn34_pyramid", "all@0.5");
    for (const Node& node : network.nodes) {
        if (node.block != "skips" && node.block != "decoder") continue;
        EXPECT_EQ(network.tensors[node.output].shape.channels, 128) << node.name;
    }
    EXPECT_EQ(network.tensors[network.scores].shape, (TensorShape{1, 150, 1024, 2048}));
}

TEST(ResNet18, each_block_but_the_stem_runs_as_convolutions_alone) {
    const auto steps = fuse(load("resnet18", "none"));
    EXPECT_EQ(steps.size(), 20u + 3u);  // convolutions; max pool, global pool, classifier
}

TEST(ShippedNetworks, names_are_those_of_their_files_and_everything_loads) {
    const auto networks = shipped_networks();
    ASSERT_FALSE(networks.empty());
    for (const NetworkEntry& entry : networks) EXPECT_EQ(load_network(entry.name).name, entry.name);
}

}  // namespace
}  // namespace slimbench
