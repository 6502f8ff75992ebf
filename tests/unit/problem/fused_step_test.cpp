// What is folded into which launch.
#include "host/problem/fused_step.h"

#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

TEST(Fuse, residual_sum_and_its_activation_go_into_the_last_convolution) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId stem = builder.conv("stem", 0, 4, Activation::relu);
    const TensorId a = builder.conv("a", stem, 4, Activation::relu);
    const TensorId b = builder.conv("b", a, 4);
    const TensorId sum = builder.add("sum", Add{Activation::relu}, {stem, b});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 3u);
    EXPECT_EQ(steps[2].residual, stem);
    EXPECT_EQ(steps[2].output, sum);
    EXPECT_EQ(steps[2].activation, Activation::relu);
    EXPECT_EQ(steps[2].nodes, (std::vector<std::size_t>{2, 3}));
    EXPECT_EQ(activation_of(steps[0].operation), Activation::none);
    EXPECT_EQ(steps[0].activation, Activation::relu);
}

TEST(Fuse, two_readers_of_a_sum_keep_the_activation_apart) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    const TensorId sum = builder.add("sum", Add{}, {0, a});
    const TensorId relu = builder.add("relu", Affine{{}, Activation::relu}, {sum});
    const TensorId skip = builder.conv("skip", sum, 4);
    builder.add("end", Add{}, {relu, skip});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 3u);
    EXPECT_EQ(steps[0].output, sum);
    EXPECT_EQ(steps[0].activation, Activation::none);
    EXPECT_EQ(steps[1].output, relu);
    EXPECT_EQ(steps[2].residual, relu);
}

TEST(Fuse, activation_alone_goes_into_the_step_before_it) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    const TensorId sum = builder.add("sum", Add{}, {0, a});
    const TensorId relu = builder.add("relu", Affine{{}, Activation::relu6}, {sum});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(steps[0].output, relu);
    EXPECT_EQ(steps[0].activation, Activation::relu6);
    EXPECT_EQ(steps[0].nodes, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Fuse, concatenation_reads_its_second_operand_as_residual_and_takes_an_activation) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 6);
    const TensorId joined = builder.add("joined", Concat{}, {0, a});
    const TensorId relu = builder.add("relu", Affine{{}, Activation::relu}, {joined});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_EQ(steps[1].input, TensorId{0});
    EXPECT_EQ(steps[1].residual, a);
    EXPECT_EQ(steps[1].output, relu);
    EXPECT_EQ(steps[1].activation, Activation::relu);
}

TEST(Fuse, normalisation_stays_a_step_of_its_own) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    builder.add("norm", Affine{"norm", Activation::relu}, {a});
    EXPECT_EQ(fuse(builder.build()).size(), 2u);
}

TEST(Fuse, sum_whose_convolution_is_read_elsewhere_stays_apart) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    const TensorId sum = builder.add("sum", Add{}, {0, a});
    builder.add("again", Add{}, {a, sum});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 3u);
    EXPECT_EQ(kind_name(steps[1].operation), "add");
    EXPECT_EQ(steps[1].input, TensorId{0});
    EXPECT_EQ(steps[1].residual, a);
}

TEST(Fuse, the_networks_output_is_never_folded_away) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    builder.add("sum", Add{}, {0, a});
    builder.unchecked().scores = a;
    EXPECT_EQ(fuse(builder.build()).size(), 2u);
}

TEST(Fuse, convolution_with_an_activation_of_its_own_takes_no_sum) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4, Activation::relu);
    builder.add("sum", Add{}, {0, a});
    EXPECT_EQ(fuse(builder.build()).size(), 2u);
}

TEST(Fuse, a_tensor_added_to_itself_stays_apart) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    builder.add("sum", Add{}, {a, a});
    EXPECT_EQ(fuse(builder.build()).size(), 2u);
}

TEST(Fuse, of_two_convolutions_the_later_takes_the_sum) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    const TensorId b = builder.conv("b", 0, 4);
    builder.add("sum", Add{}, {b, a});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_EQ(steps[1].residual, a);
}

TEST(Fuse, chained_sums_fold_into_one_convolution_each) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4);
    const TensorId b = builder.conv("b", 0, 4);
    const TensorId c = builder.conv("c", 0, 4);
    const TensorId ab = builder.add("ab", Add{}, {a, b});
    builder.add("abc", Add{}, {ab, c});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 3u);
    EXPECT_EQ(steps[1].residual, a);
    EXPECT_EQ(steps[2].residual, ab);
}

TEST(Fuse, upsampling_takes_the_sum_with_its_skip) {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId skip = builder.conv("skip", 0, 4);
    const TensorId up = builder.add("up", Resize{.to = Resize::LikeTensor{"skip"}}, {0});
    builder.add("sum", Add{}, {up, skip});
    const auto steps = fuse(builder.build());
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_EQ(kind_name(steps[1].operation), "resize");
    EXPECT_EQ(steps[1].residual, skip);
}

}  // namespace
}  // namespace slimbench
