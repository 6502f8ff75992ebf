// Channel groups and pruning on hand-made graphs.
#include "host/problem/pruning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// a -> b -> sum with a -> depthwise -> out
Network residual_then_depthwise() {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 8, Activation::relu, "one");
    const TensorId inner = builder.conv("inner", a, 24, Activation::relu, "one");
    const TensorId b = builder.conv("b", inner, 8, Activation::none, "two");
    const TensorId sum = builder.add("sum", Add{}, {a, b}, "two");
    Conv depthwise{.problem = {.filters = 8, .groups = 8}, .weights = "dw"};
    const TensorId dw = builder.add("dw", depthwise, {sum}, "two");
    builder.conv("out", dw, 10, Activation::none, "head");
    Network& network = builder.unchecked();
    network.prunings = {{"first", {"one"}}, {"all", {"one", "two", "head"}}};
    return builder.build();
}

std::vector<std::int64_t> filters(const Network& network) {
    std::vector<std::int64_t> widths;
    for (const Node& node : network.nodes)
        if (const auto* conv = std::get_if<Conv>(&node.operation))
            widths.push_back(conv->problem.filters);
    return widths;
}

TEST(ChannelGroups, sums_and_depthwise_convolutions_hold_channels_together) {
    const auto groups = channel_groups(residual_then_depthwise());
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(groups[0].name, "a");
    EXPECT_THAT(groups[0].nodes, ElementsAre(0, 2, 4));
    EXPECT_THAT(groups[0].blocks, ElementsAre("one", "two"));
    EXPECT_EQ(groups[0].channels, 8);
    EXPECT_TRUE(groups[0].prunable);
    EXPECT_THAT(groups[1].nodes, ElementsAre(1));
    EXPECT_FALSE(groups[2].prunable);
}

TEST(ChannelGroups, shared_weights_hold_their_inputs_and_outputs_together) {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 8);
    const TensorId b = builder.conv("b", 0, 8);
    const TensorId c = builder.conv("c", a, 6);
    const TensorId d = builder.conv("d", b, 6);
    const TensorId sum = builder.add("sum", Add{}, {c, d});
    builder.conv("out", sum, 2);
    builder.share_weights(2, 3);
    const auto groups = channel_groups(builder.build());
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_THAT(groups[0].nodes, ElementsAre(0, 1));
    EXPECT_THAT(groups[1].nodes, ElementsAre(2, 3));
}

TEST(ChannelGroups, both_sides_of_a_grouped_convolution_are_fixed) {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 8);
    const TensorId g = builder.conv("g", a, 8);
    builder.conv("out", g, 2);
    std::get<Conv>(builder.unchecked().nodes[1].operation).problem.groups = 4;
    for (const ChannelGroup& group : channel_groups(builder.build())) EXPECT_FALSE(group.prunable);
}

TEST(ChannelGroups, adding_the_image_fixes_its_channels) {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 3);
    const TensorId sum = builder.add("sum", Add{}, {0, a});
    builder.conv("out", sum, 2);
    EXPECT_FALSE(channel_groups(builder.build())[0].prunable);
}

Network pruned(const char* text) {
    return prune(residual_then_depthwise(), parse_pruning(text));
}

TEST(Prune, keeps_groups_that_reach_beyond_the_alias) {
    EXPECT_THAT(filters(pruned("first@0.5")), ElementsAre(8, 12, 8, 8, 10));
}

TEST(Prune, a_block_counts_as_an_alias_of_itself) {
    EXPECT_THAT(filters(pruned("one@0.5")), ElementsAre(8, 12, 8, 8, 10));
}

TEST(Prune, a_layer_takes_along_what_shares_its_channels) {
    EXPECT_THAT(filters(pruned("dw@0.5")), ElementsAre(4, 24, 4, 4, 10));
}

TEST(Prune, prunes_whole_groups_and_follows_with_shapes_and_depthwise_groups) {
    const Network network = pruned("all@0.5");
    EXPECT_THAT(filters(network), ElementsAre(4, 12, 4, 4, 10));
    const auto& depthwise = std::get<Conv>(network.nodes[4].operation).problem;
    EXPECT_TRUE(depthwise.depthwise());
    EXPECT_EQ(depthwise.groups, 4);
    EXPECT_EQ(std::get<Conv>(network.nodes[5].operation).problem.in.channels, 4);
}

TEST(Prune, widths_round_and_never_vanish) {
    EXPECT_THAT(filters(pruned("all@0.3")), ElementsAre(2, 7, 2, 2, 10));
    EXPECT_THAT(filters(pruned("all@0.001")), ElementsAre(1, 1, 1, 1, 10));
}

TEST(Prune, multiples_round_half_up_and_never_beyond_the_group) {
    EXPECT_THAT(filters(pruned("inner@0.5/8")), ElementsAre(8, 16, 8, 8, 10));
    EXPECT_THAT(filters(pruned("inner@0.4/8")), ElementsAre(8, 8, 8, 8, 10));
    EXPECT_THAT(filters(pruned("all@0.01/16")), ElementsAre(8, 16, 8, 8, 10));
    EXPECT_THAT(filters(pruned("inner@0.9/7")), ElementsAre(8, 21, 8, 8, 10));
}

TEST(Prune, ratio_one_and_none_change_nothing) {
    EXPECT_EQ(filters(pruned("all@1")), filters(residual_then_depthwise()));
    EXPECT_EQ(filters(pruned("all@1/7")), filters(residual_then_depthwise()));
    EXPECT_EQ(filters(pruned("none")), filters(residual_then_depthwise()));
}

TEST(Prune, of_rules_for_one_group_the_last_holds) {
    const PruningPlan plan{.name = "mine",
                           .source = "mine.json",
                           .rules = {{{"all"}, 0.5, ""}, {{"inner", "nothing"}, 0.25, ""}}};
    Network network = residual_then_depthwise();
    network.prunings["nothing"] = {};
    EXPECT_THAT(filters(prune(network, plan)), ElementsAre(4, 6, 4, 4, 10));
}

TEST(Prune, names_that_the_network_lacks_bring_those_it_has) {
    EXPECT_THAT([] { pruned("last@0.5"); },
                ThrowsMessage<std::invalid_argument>(
                    AllOf(HasSubstr("pruning 'last@0.5': network 'test' has no alias, block or "
                                    "convolution 'last'"),
                          HasSubstr("aliases: all, first; blocks: head, one, two"),
                          HasSubstr("slimbench describe test --groups"))));
}

TEST(Prune, a_rule_that_nothing_follows_is_refused) {
    EXPECT_THAT([] { pruned("head@0.5"); }, ThrowsMessage<std::invalid_argument>(HasSubstr(
                                                "no prunable group of channels lies within head")));
    EXPECT_THAT([] { pruned("out@0.5"); },
                ThrowsMessage<std::invalid_argument>(
                    HasSubstr("the width of 'out' is given and cannot be pruned")));
}

// a and b side by side, then a depthwise convolution over both.
Network joined_then_depthwise(bool summed) {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 8);
    const TensorId b = builder.conv("b", a, 12);
    TensorId joined = builder.add("joined", Concat{}, {a, b});
    if (summed) joined = builder.add("sum", Add{}, {joined, builder.conv("c", 0, 20)});
    const Conv depthwise{.problem = {.filters = 20, .groups = 20}, .weights = "dw"};
    builder.conv("out", builder.add("dw", depthwise, {joined}), 10);
    builder.unchecked().prunings = {{"all", {"body"}}};
    return builder.build();
}

TEST(Prune, operands_of_a_concatenation_narrow_apart_and_its_reader_follows) {
    const Network network = joined_then_depthwise(false);
    EXPECT_THAT(filters(prune(network, parse_pruning("b@0.5"))), ElementsAre(8, 6, 14, 10));
    EXPECT_THAT(filters(prune(network, parse_pruning("all@0.5"))), ElementsAre(4, 6, 10, 10));
}

TEST(Prune, operands_of_a_concatenation_whose_width_is_given_stay) {
    for (const ChannelGroup& group : channel_groups(joined_then_depthwise(true)))
        EXPECT_FALSE(group.prunable) << group.name;
}

TEST(Prune, features_may_be_pruned_where_scores_may_not) {
    Network network = residual_then_depthwise();
    network.features = true;
    EXPECT_THAT(filters(prune(network, parse_pruning("head@0.5"))), ElementsAre(8, 24, 8, 8, 5));
}

TEST(ParsePruning, text_then_parse_is_the_identity) {
    for (const char* text : {"none", "first2@0.5", "all@0.25", "all@1", "all@0.5/8"})
        EXPECT_EQ(parse_pruning(text).text(), text);
    EXPECT_EQ(parse_pruning("all@0.50/1").text(), "all@0.5");
    EXPECT_EQ(parse_pruning("all@0.75").rules.at(0).keep, 0.75);
}

TEST(ParsePruning, nonsense_is_refused_with_what_is_allowed) {
    for (const char* text : {"", "all", "all@", "all@0", "all@1.5", "all@half", "@0.5", "none@0.5",
                             "all@0.5x", "all@nan", "all@0.5/", "all@0.5/0", "all@0.5/x"})
        EXPECT_THAT([&] { parse_pruning(text); }, ThrowsMessage<std::invalid_argument>(
                                                      HasSubstr("NAME@RATIO with 0 < RATIO <= 1")))
            << text;
}

}  // namespace
}  // namespace slimbench
