// Shape inference and counts on hand-made networks.
#include "host/problem/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(InferShapes, pooling_windows_round_as_convolutions_do) {
    NetworkBuilder builder({1, 8, 135, 240});
    const Pool pool{
        .kind = Pool::Kind::max, .kernel = {3, 3}, .stride = {2, 2}, .pad = Padding::all(1)};
    const TensorId pooled = builder.add("pool", pool, {0});
    EXPECT_EQ(builder.build().tensors[pooled].shape, (TensorShape{1, 8, 68, 120}));
}

TEST(InferShapes, resize_follows_a_factor_rounded_down_or_another_tensor) {
    NetworkBuilder builder({1, 3, 101, 200});
    const TensorId half = builder.add("half", Resize{.to = Resize::Factor{1, 2}}, {0});
    const TensorId back = builder.add("back", Resize{.to = Resize::LikeTensor{"image"}}, {half});
    const Network network = builder.build();
    EXPECT_EQ(network.tensors[half].shape.size(), (Size{50, 100}));
    EXPECT_EQ(network.tensors[back].shape.size(), (Size{101, 200}));
    EXPECT_EQ(std::get<Resize>(network.nodes[1].operation).size, (Size{101, 200}));
}

TEST(InferShapes, adding_tensors_of_different_shape_names_both) {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    const TensorId b = builder.conv("b", 0, 6);
    builder.add("sum", Add{}, {a, b});
    EXPECT_THAT([&] { builder.build(); }, ThrowsMessage<std::invalid_argument>(AllOf(
                                              HasSubstr("node 'sum'"), HasSubstr("'a' (1x4x8x8)"),
                                              HasSubstr("'b' (1x6x8x8)"))));
}

TEST(InferShapes, joining_tensors_adds_their_channels_and_they_differ_in_nothing_else) {
    NetworkBuilder builder({2, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 5);
    const TensorId joined = builder.add("joined", Concat{}, {a, 0});
    EXPECT_EQ(builder.build().tensors[joined].shape, (TensorShape{2, 8, 8, 8}));
    const TensorId half = builder.add("half", Resize{.to = Resize::Factor{1, 2}}, {a});
    builder.add("wrong", Concat{}, {a, half});
    EXPECT_THAT([&] { builder.build(); },
                ThrowsMessage<std::invalid_argument>(AllOf(HasSubstr("node 'wrong'"),
                                                           HasSubstr("cannot join 'a' (2x5x8x8)"),
                                                           HasSubstr("'half' (2x5x4x4)"))));
}

Pool averages_over(const Size& grid, const TensorShape& image) {
    NetworkBuilder builder(image);
    Pool pool{.kind = Pool::Kind::average};
    pool.grid = grid;
    builder.add("pool", pool, {0});
    return std::get<Pool>(builder.build().nodes[0].operation);
}

TEST(InferShapes, a_grid_that_divides_the_image_cuts_it_into_equal_windows) {
    const Pool pool = averages_over({8, 16}, {1, 3, 32, 64});
    EXPECT_EQ(pool.kernel, (Size{4, 4}));
    EXPECT_EQ(pool.stride, (Size{4, 4}));
}

TEST(InferShapes, windows_of_a_grid_overlap_where_it_does_not_divide_the_image) {
    const Pool pool = averages_over({8, 16}, {1, 3, 34, 60});
    EXPECT_EQ(pool.stride, (Size{4, 3}));
    EXPECT_EQ(pool.kernel, (Size{34 - 7 * 4, 60 - 15 * 3}));
}

TEST(InferShapes, a_grid_is_no_finer_than_the_image) {
    const Pool pool = averages_over({8, 16}, {1, 3, 5, 40});
    EXPECT_EQ(pool.kernel, (Size{1, 10}));
    EXPECT_EQ(pool.stride, (Size{1, 2}));
}

TEST(InferShapes, impossible_convolution_names_node_and_input) {
    NetworkBuilder builder({1, 3, 8, 8});
    builder.conv("a", 0, 4);
    std::get<Conv>(builder.unchecked().nodes[0].operation).problem.kernel = {99, 99};
    EXPECT_THAT([&] { builder.build(); },
                ThrowsMessage<std::invalid_argument>(
                    AllOf(HasSubstr("node 'a'"), HasSubstr("input 'image' is 1x3x8x8"))));
}

TEST(InferShapes, a_tensor_that_no_device_holds_names_the_node) {
    NetworkBuilder builder({1, 3, 1000, 1000});
    builder.add("up", Resize{.to = Resize::Factor{1000, 1}}, {0});
    EXPECT_THAT([&] { builder.build(); },
                ThrowsMessage<std::invalid_argument>(AllOf(
                    HasSubstr("node 'up'"), HasSubstr("1x3x1000000x1000000"), HasSubstr("2^40"))));
}

// Each convolution makes 2^49 multiply-accumulates.
TEST(InferShapes, more_work_than_anybody_waits_for_names_the_node) {
    NetworkBuilder builder({1, 1 << 14, 1 << 10, 1 << 11});
    const Conv conv{.problem = {.filters = 1 << 14}, .weights = "w"};
    const TensorId second = builder.add("second", conv, {builder.add("first", conv, {0})});
    EXPECT_NO_THROW(builder.build());
    builder.add("third", conv, {second});
    EXPECT_THAT([&] { builder.build(); },
                ThrowsMessage<std::invalid_argument>(
                    AllOf(HasSubstr("node 'third'"), HasSubstr("exceed 2^50"))));
}

TEST(InferShapes, fully_connected_layer_needs_a_pooled_image) {
    NetworkBuilder builder({1, 3, 8, 8});
    builder.add("fc", Conv{.weights = "fc", .fully_connected = true}, {0});
    EXPECT_THAT([&] { builder.build(); },
                ThrowsMessage<std::invalid_argument>(HasSubstr("pool globally first")));
}

TEST(InferShapes, sharing_weights_of_different_shape_is_refused) {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    builder.conv("b", a, 4);
    builder.share_weights(0, 1);
    EXPECT_THAT([&] { builder.build(); },
                ThrowsMessage<std::invalid_argument>(HasSubstr("shares parameter 'a'")));
}

TEST(CheckOrder, reading_before_writing_and_writing_twice_are_refused) {
    NetworkBuilder builder({1, 3, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    builder.conv("b", a, 4);
    Network swapped = builder.unchecked();
    std::swap(swapped.nodes[0], swapped.nodes[1]);
    EXPECT_THAT([&] { check_order(swapped); }, ThrowsMessage<std::invalid_argument>(HasSubstr(
                                                   "node 'b': reads 'a' before it is written")));
    Network twice = builder.unchecked();
    twice.nodes[1].output = a;
    EXPECT_THAT([&] { check_order(twice); },
                ThrowsMessage<std::invalid_argument>(HasSubstr("writes 'a' again")));
}

Network twice_the_same_weights() {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    builder.conv("b", a, 4);
    builder.share_weights(0, 1);
    return builder.build();
}

TEST(Counts, shared_weights_count_once_in_parameters_and_bytes_but_each_use_in_macs) {
    const Network network = twice_the_same_weights();
    EXPECT_EQ(count(network).params, 4 * 4 * 9 + 2 * 2 * 4);
    EXPECT_EQ(count(network).macs, 2 * 4 * 4 * 9 * 64);
    EXPECT_EQ(count(network).macs_thop, 2 * (4 * 4 * 9 * 64 + 2 * 4 * 64));
    EXPECT_EQ(weight_bytes(network, 32), 4 * 4 * 9 * 4 + 4 * 2 * 2 * 4);
    EXPECT_EQ(weight_bytes(network, 8), 4 * 4 * 9 + 4 * 2 * 2 * 4);
}

TEST(Counts, thop_counts_one_per_bias_output_of_a_convolution) {
    NetworkBuilder builder({2, 4, 8, 8});
    builder.add("logits", Conv{.problem = {.filters = 10}, .weights = "w", .bias = true}, {0});
    const Counts counts = count(builder.build());
    EXPECT_EQ(counts.params, 4 * 10 + 10);
    EXPECT_EQ(counts.macs, 2 * 64 * 4 * 10);
    EXPECT_EQ(counts.macs_thop, counts.macs + 2 * 64 * 10);
}

TEST(Operations, kinds_are_named_by_what_they_do) {
    EXPECT_EQ(
        kind_name(Conv{.problem = {.in = {1, 8, 4, 4}, .filters = 8, .groups = 8}, .weights = {}}),
        "depthwise");
    EXPECT_EQ(kind_name(Pool{.kind = Pool::Kind::global_average}), "global_average_pool");
    EXPECT_EQ(activation_of(Add{Activation::relu6}), Activation::relu6);
    EXPECT_EQ(activation_of(Pool{}), Activation::none);
}

}  // namespace
}  // namespace slimbench
