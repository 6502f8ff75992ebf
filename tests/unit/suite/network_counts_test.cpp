// Every published count of the shipped networks, to the last digit.
#include <set>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "host/problem/block_counts.h"
#include "host/problem/fused_step.h"
#include "host/suite/network_file.h"
#include "host/suite/pruning_file.h"

namespace slimbench {
namespace {

Network load(const std::string& name, const std::string& pruning, std::optional<Size> size = {}) {
    return prune(load_network(name, {.size = size}), load_pruning(pruning));
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
    {"resnext50_32x4d", "none", {224, 224}, 25'028'904, 4'230'479'872},
    {"regnet_x_400mf", "none", {224, 224}, 5'495'976, 413'812'608},
    {"mobilenet_v1", "none", {224, 224}, 4'231'976, 568'740'352},
    {"mobilenet_v2", "none", {224, 224}, 3'504'872, 300'774'272},
    {"resnet18_cifar", "none", {32, 32}, 11'173'962, 555'422'720},
    {"resnet50_cifar", "none", {32, 32}, 23'520'842, 1'297'829'888},
    {"swiftnet_rn18", "none", cityscapes, 11'797'071, 103'566'133'248},
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
    EXPECT_EQ(count(load("resnext50_32x4d", "none")).convs, 53);
    EXPECT_EQ(count(load("regnet_x_400mf", "none")).convs, 71);
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

std::int64_t params_under(const Network& network, const std::string& prefix) {
    Network part = network;
    std::erase_if(part.nodes, [&](const Node& node) {
        const auto* conv = std::get_if<Conv>(&node.operation);
        return !conv || !conv->weights.starts_with(prefix);
    });
    return count(part).params;
}

TEST(SwiftNet, parts_have_the_published_parameters) {
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

std::int64_t params_of_blocks(const Network& network, const std::set<std::string>& blocks) {
    Network part = network;
    std::erase_if(part.nodes, [&](const Node& node) { return !blocks.contains(node.block); });
    return count(part).params;
}

std::string gmacs_of_block(const Network& network, const std::string& name) {
    std::int64_t sum = 0;
    for (const BlockCount& block : count_blocks(network))
        if (block.block == name) sum += block.macs;
    return fmt::format("{:.4f}", 1e-9 * static_cast<double>(sum));
}

TEST(SwiftNetRn18, parts_have_the_published_parameters_and_macs) {
    const Network network = load("swiftnet_rn18", "none");
    EXPECT_EQ(params_of_blocks(network, {"stem", "block1", "block2", "block3", "block4"}),
              11'176'512);
    EXPECT_EQ(params_of_blocks(network, {"spp"}), 116'476);
    EXPECT_EQ(params_of_blocks(network, {"decoder"}), 501'376);
    EXPECT_EQ(params_of_blocks(network, {"logits"}), 2'707);
    EXPECT_EQ(gmacs_of_block(network, "stem"), "4.9325");
    EXPECT_EQ(gmacs_of_block(network, "block1"), "19.3274");
    for (const char* block : {"block2", "block3", "block4"})
        EXPECT_EQ(gmacs_of_block(network, block), "17.1799");
    EXPECT_EQ(gmacs_of_block(network, "spp"), "0.2017");
    EXPECT_EQ(gmacs_of_block(network, "decoder"), "27.2462");
    EXPECT_EQ(gmacs_of_block(network, "logits"), "0.3188");
}

std::vector<Size> pooled_sizes(const Network& network) {
    std::vector<Size> sizes;
    for (const Node& node : network.nodes)
        if (kind_name(node.operation) == "average_pool")
            sizes.push_back(network.tensors[node.output].shape.size());
    return sizes;
}

TEST(SwiftNetRn18, pyramid_pooling_keeps_its_grids_at_any_size) {
    const std::vector<Size> grids{{8, 16}, {4, 8}, {2, 4}};
    EXPECT_EQ(pooled_sizes(load("swiftnet_rn18", "none")), grids);
    EXPECT_EQ(pooled_sizes(load("swiftnet_rn18", "none", full_hd)), grids);
    EXPECT_EQ(count(load("swiftnet_rn18", "none", full_hd)).params, 11'797'071);
}

TEST(SwiftNetRn18, pruning_leaves_pooling_decoder_and_classes_alone) {
    const Network network = load("swiftnet_rn18", "all@0.5");
    EXPECT_EQ(params_of_blocks(network, {"logits"}), 2'707);
    for (const Node& node : network.nodes) {
        const auto* conv = std::get_if<Conv>(&node.operation);
        if (conv && node.block == "decoder") {
            EXPECT_EQ(conv->problem.filters, 128) << node.name;
        }
        if (node.name == "spp.joined2") {
            EXPECT_EQ(network.tensors[node.output].shape.channels, 254);
        }
        if (node.block == "block4") {
            EXPECT_EQ(network.tensors[node.output].shape.channels, 256) << node.name;
        }
    }
}

TEST(SwiftNetBackbone, costs_what_the_levels_of_the_pyramid_cost_without_skips) {
    constexpr Size sizes[]{cityscapes, half, quarter};
    for (const char* pruning : {"none", "first2@0.5", "all@0.5"})
        for (const LevelCount& level : count_levels(load("swiftnet_rn34_pyramid", pruning))) {
            const Network alone = load("swiftnet_rn34_backbone", pruning,
                                       sizes[static_cast<std::size_t>(level.level)]);
            EXPECT_EQ(count(alone).macs, level.macs_backbone) << pruning << level.level;
        }
}

TEST(SwiftNetBackbone, has_the_parameters_of_a_resnet_without_classifier) {
    EXPECT_EQ(count(load("swiftnet_rn34_backbone", "none")).params, 21'797'672 - 1000 * 513);
}

TEST(ResNet18, each_block_but_the_stem_runs_as_convolutions_alone) {
    const auto steps = fuse(load("resnet18", "none"));
    EXPECT_EQ(steps.size(), 20u + 3u);  // convolutions; max pool, global pool, classifier
}

struct ScaledExpected {
    const char* network;
    double width;
    std::int64_t side;
    const char* mega_macs;
    const char* mega_params;
};

// MobileNet v1 as its paper has it (A. Howard et al., 2017, tables 6 and 7), MobileNet v2 as
// TensorFlow's model garden has it, which counts no normalisation.
const ScaledExpected scaled[]{
    {"mobilenet_v1", 1, 192, "418", "4.2"},     {"mobilenet_v1", 1, 128, "186", "4.2"},
    {"mobilenet_v1", 0.75, 224, "325", "2.6"},  {"mobilenet_v1", 0.5, 224, "149", "1.3"},
    {"mobilenet_v1", 0.25, 224, "41", "0.5"},   {"mobilenet_v2", 1, 96, "56", "3.47"},
    {"mobilenet_v2", 1.4, 224, "582", "6.06"},  {"mobilenet_v2", 1.3, 224, "509", "5.34"},
    {"mobilenet_v2", 0.75, 224, "209", "2.61"}, {"mobilenet_v2", 0.75, 128, "69", "2.61"},
    {"mobilenet_v2", 0.5, 224, "97", "1.95"},   {"mobilenet_v2", 0.35, 224, "59", "1.66"},
};

std::int64_t norm_params(const Network& network) {
    std::int64_t sum = 0;
    for (const Node& node : network.nodes)
        if (const auto* conv = std::get_if<Conv>(&node.operation); conv && conv->norm)
            sum += 2 * conv->problem.filters;
    return sum;
}

TEST(MobileNets, macs_and_parameters_at_other_widths_and_sizes_are_the_published_ones) {
    for (const ScaledExpected& expected : scaled) {
        SCOPED_TRACE(fmt::format("slimbench describe {} --width {} --size {}x{}", expected.network,
                                 expected.width, expected.side, expected.side));
        const Network network =
            load_network(expected.network,
                         {.size = Size{expected.side, expected.side}, .width = expected.width});
        const bool v1 = std::string_view(expected.network) == "mobilenet_v1";
        const std::int64_t left_out = v1 ? 0 : norm_params(network);
        const Counts counts = count(network);
        EXPECT_EQ(fmt::format("{:.0f}", 1e-6 * static_cast<double>(counts.macs)),
                  expected.mega_macs);
        EXPECT_EQ(fmt::format("{:.{}f}", 1e-6 * static_cast<double>(counts.params - left_out),
                              v1 ? 1 : 2),
                  expected.mega_params);
    }
}

TEST(MobileNets, the_width_stands_in_the_name) {
    EXPECT_EQ(load_network("mobilenet_v2", {.width = 0.75}).name, "mobilenet_v2_0.75");
    EXPECT_EQ(load_network("mobilenet_v1", {.width = 1}).name, "mobilenet_v1");
}

TEST(MobileNets, widths_of_v2_are_multiples_of_8_and_its_last_convolution_never_narrows) {
    for (const double width : {0.35, 0.5, 0.75, 1.3, 1.4}) {
        const Network network = load_network("mobilenet_v2", {.width = width});
        for (const Node& node : network.nodes)
            if (kind_name(node.operation) == "conv") {
                EXPECT_EQ(network.tensors[node.output].shape.channels % 8, 0) << node.name;
            }
        EXPECT_EQ(std::get<Conv>(network.nodes.back().operation).problem.in.channels,
                  width < 1 ? 1280 : static_cast<std::int64_t>(1280 * width));
    }
}

TEST(ShippedPrunings, apply_to_every_network_they_are_made_for) {
    for (const char* network :
         {"resnet18", "resnet34", "resnet50", "swiftnet_rn18", "swiftnet_rn34_pyramid"}) {
        const Network whole = load(network, "none"), pruned = load(network, "graded");
        EXPECT_LT(count(pruned).macs, count(whole).macs * 2 / 3) << network;
        const auto before = channel_groups(whole), after = channel_groups(pruned);
        for (std::size_t g = 0; g < before.size(); ++g)
            if (after[g].channels != before[g].channels) {
                EXPECT_EQ(after[g].channels % 8, 0) << network << ' ' << after[g].name;
            }
    }
}

TEST(ShippedPrunings, are_named_as_their_files) {
    ASSERT_FALSE(shipped_prunings().empty());
    for (const PruningEntry& entry : shipped_prunings())
        EXPECT_EQ(load_pruning(entry.name).name, entry.name);
}

TEST(ShippedNetworks, names_are_those_of_their_files_and_everything_loads) {
    const auto networks = shipped_networks();
    ASSERT_FALSE(networks.empty());
    for (const NetworkEntry& entry : networks) EXPECT_EQ(load_network(entry.name).name, entry.name);
}

}  // namespace
}  // namespace slimbench
