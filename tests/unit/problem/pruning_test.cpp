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

TEST(Prune, keeps_groups_that_reach_beyond_the_alias) {
    const Network pruned = prune(residual_then_depthwise(), {"first", 0.5});
    EXPECT_THAT(filters(pruned), ElementsAre(8, 12, 8, 8, 10));
}

TEST(Prune, prunes_whole_groups_and_follows_with_shapes_and_depthwise_groups) {
    const Network pruned = prune(residual_then_depthwise(), {"all", 0.5});
    EXPECT_THAT(filters(pruned), ElementsAre(4, 12, 4, 4, 10));
    const auto& depthwise = std::get<Conv>(pruned.nodes[4].operation).problem;
    EXPECT_TRUE(depthwise.depthwise());
    EXPECT_EQ(depthwise.groups, 4);
    EXPECT_EQ(std::get<Conv>(pruned.nodes[5].operation).problem.in.channels, 4);
}

TEST(Prune, widths_round_and_never_vanish) {
    EXPECT_THAT(filters(prune(residual_then_depthwise(), {"all", 0.3})),
                ElementsAre(2, 7, 2, 2, 10));
    EXPECT_THAT(filters(prune(residual_then_depthwise(), {"all", 0.001})),
                ElementsAre(1, 1, 1, 1, 10));
}

TEST(Prune, ratio_one_and_none_change_nothing) {
    EXPECT_EQ(filters(prune(residual_then_depthwise(), {"all", 1.0})),
              filters(residual_then_depthwise()));
    EXPECT_EQ(filters(prune(residual_then_depthwise(), {})), filters(residual_then_depthwise()));
}

TEST(Prune, unknown_alias_names_those_there_are) {
    EXPECT_THAT(
        [] {
            prune(residual_then_depthwise(), {"last", 0.5});
        },
        ThrowsMessage<std::invalid_argument>(AllOf(HasSubstr("'test' has no pruning 'last'"),
                                                   HasSubstr("none, all@RATIO, first@RATIO"))));
}

TEST(ParsePruning, text_then_parse_is_the_identity) {
    for (const char* text : {"none", "first2@0.5", "all@0.25", "all@1"})
        EXPECT_EQ(parse_pruning(text).text(), text);
    EXPECT_EQ(parse_pruning("all@0.75").keep, 0.75);
}

TEST(ParsePruning, nonsense_is_refused_with_what_is_allowed) {
    for (const char* text : {"", "all", "all@", "all@0", "all@1.5", "all@half", "@0.5", "none@0.5",
                             "all@0.5x", "all@nan"})
        EXPECT_THAT([&] { parse_pruning(text); }, ThrowsMessage<std::invalid_argument>(
                                                      HasSubstr("ALIAS@RATIO with 0 < RATIO <= 1")))
            << text;
}

}  // namespace
}  // namespace slimbench
