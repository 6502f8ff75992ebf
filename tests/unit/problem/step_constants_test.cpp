// Folding of normalisation, bias and quantisation into scale, bias, init and bounds.
#include "host/problem/step_constants.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

// image (1 channel) -> 1x1 convolution with norm and bias -> plus the image, then an activation.
struct Residual {
    Network network;
    Parameters parameters{.weights = {{"w", {2.0f, -0.5f}}},
                          .biases = {{"w", {0.5f, 1.0f}}},
                          .norms = {{"n", {{3.0f, 4.0f}, {0.25f, -1.0f}}}}};
    FusedStep step;
    std::vector<AffineQuantization> tensors;

    explicit Residual(Activation activation) {
        NetworkBuilder builder({1, 2, 4, 4});
        const Conv conv{
            .problem = {.filters = 2, .groups = 2}, .weights = "w", .norm = "n", .bias = true};
        const TensorId c = builder.add("c", conv, {0});
        builder.add("sum", Add{activation}, {0, c});
        network = builder.build();
        step = fuse(network).at(0);
        tensors = {{0.5f, 10}, {}, {0.25f, 100}};
    }
};

TEST(ConstantsFp32, norm_and_bias_fold_into_scale_and_bias) {
    const Residual residual(Activation::none);
    const StepConstants constants =
        constants_fp32(residual.step, residual.network, residual.parameters);
    EXPECT_THAT(constants.scale, ElementsAre(3.0f, 4.0f));
    EXPECT_THAT(constants.bias, ElementsAre(0.5f * 3 + 0.25f, 1.0f * 4 - 1.0f));
    EXPECT_EQ(constants.residual_scale, 1.0f);
    EXPECT_EQ(constants.low, -std::numeric_limits<float>::infinity());
    EXPECT_EQ(constants.high, std::numeric_limits<float>::infinity());
    EXPECT_EQ(std::get<std::vector<float>>(constants.weights), residual.parameters.weights.at("w"));
}

TEST(ConstantsFp32, activations_become_bounds) {
    const Residual relu(Activation::relu), relu6(Activation::relu6);
    EXPECT_EQ(constants_fp32(relu.step, relu.network, relu.parameters).low, 0.0f);
    EXPECT_EQ(constants_fp32(relu6.step, relu6.network, relu6.parameters).high, 6.0f);
}

TEST(ConstantsInt8, convolution_folds_scales_and_zero_points) {
    const Residual residual(Activation::none);
    const StepConstants constants =
        constants_int8(residual.step, residual.network, residual.parameters, residual.tensors);
    // Weights 2 and -0.5 are +-127 steps of 2/127 and 0.5/127.
    EXPECT_THAT(std::get<std::vector<std::int8_t>>(constants.weights), ElementsAre(127, -127));
    EXPECT_THAT(constants.init, ElementsAre(-10 * 127, 10 * 127));
    EXPECT_THAT(constants.scale, ElementsAre(FloatEq(0.5f * (2.0f / 127) * 3 / 0.25f),
                                             FloatEq(0.5f * (0.5f / 127) * 4 / 0.25f)));
    const float residual_scale = 0.5f / 0.25f;
    EXPECT_EQ(constants.residual_scale, residual_scale);
    EXPECT_THAT(constants.bias, ElementsAre(FloatEq(1.75f / 0.25f + 100 - 10 * residual_scale),
                                            FloatEq(3.0f / 0.25f + 100 - 10 * residual_scale)));
    EXPECT_EQ(constants.low, 0.0f);
    EXPECT_EQ(constants.high, 255.0f);
    EXPECT_EQ(constants.output_pad, 100.0f);
    EXPECT_EQ(constants.input_pad, 10.0f);
}

// 66,311 products of 255 and 127 stay below 2^31, and one more does not.
TEST(ConstantsInt8, sums_that_may_leave_32_bits_are_refused) {
    const auto constants_of = [](std::int64_t channels) {
        NetworkBuilder builder({1, channels, 1, 1});
        builder.add("c", Conv{.problem = {.filters = 1}, .weights = "c"}, {0});
        const Network network = builder.build();
        const FusedStep step = fuse(network).at(0);
        const Parameters parameters{
            .weights = {{"c", std::vector<float>(static_cast<std::size_t>(channels), 1.0f)}},
            .biases = {},
            .norms = {}};
        return constants_int8(step, network, parameters, {{1, 0}, {1, 0}});
    };
    EXPECT_THAT(constants_of(66'311).init, ElementsAre(0));
    EXPECT_THAT([&] { constants_of(66'312); },
                testing::ThrowsMessage<std::runtime_error>(
                    testing::HasSubstr("INT8 sums of filter 0, of 66312 products")));
}

TEST(ConstantsInt8, activation_bounds_stand_in_output_steps) {
    const Residual relu6(Activation::relu6);
    const StepConstants constants =
        constants_int8(relu6.step, relu6.network, relu6.parameters, relu6.tensors);
    EXPECT_EQ(constants.low, 100.0f);
    EXPECT_EQ(constants.high, 124.0f);
    std::vector<AffineQuantization> fine = relu6.tensors;
    fine[2] = {0.01f, 3};
    EXPECT_EQ(constants_int8(relu6.step, relu6.network, relu6.parameters, fine).high, 255.0f);
}

// What the epilogue yields for one channel of quantised values, without rounding and bounds.
double epilogue(const StepConstants& c, double accumulator, double residual) {
    return accumulator * c.scale[0] + c.bias[0] + residual * c.residual_scale;
}

TEST(ConstantsInt8, unfused_sum_adds_what_its_operands_stand_for) {
    NetworkBuilder builder({1, 1, 4, 4});
    const TensorId a = builder.conv("a", 0, 1, Activation::relu);
    const TensorId sum = builder.add("sum", Add{}, {0, a});
    const Network network = builder.build();
    const FusedStep step = fuse(network).at(1);
    std::vector<AffineQuantization> tensors(3);
    tensors[0] = {0.5f, 7};
    tensors[a] = {0.125f, 0};
    tensors[sum] = {0.25f, 50};
    const StepConstants constants = constants_int8(step, network, {}, tensors);
    const double real = 0.5 * (20 - 7) + 0.125 * 30;
    EXPECT_DOUBLE_EQ(epilogue(constants, 20, 30), real / 0.25 + 50);
}

TEST(ConstantsInt8, concatenation_maps_each_operand_to_the_outputs_steps) {
    NetworkBuilder builder({1, 1, 4, 4});
    const TensorId a = builder.conv("a", 0, 2, Activation::relu);
    const TensorId joined = builder.add("joined", Concat{}, {0, a});
    const Network network = builder.build();
    std::vector<AffineQuantization> tensors(3);
    tensors[0] = {0.5f, 7};
    tensors[a] = {0.125f, 2};
    tensors[joined] = {0.25f, 50};
    const StepConstants c = constants_int8(fuse(network).at(1), network, {}, tensors);
    EXPECT_EQ(c.scale[0] * 20 + c.bias[0], 0.5f * (20 - 7) / 0.25f + 50);
    for (const std::size_t channel : {1u, 2u})
        EXPECT_EQ(c.residual_scale * 30 + c.bias[channel], 0.125f * (30 - 2) / 0.25f + 50);
}

TEST(ConstantsInt8, normalisation_alone_maps_real_values) {
    NetworkBuilder builder({1, 1, 4, 4});
    const TensorId out = builder.add("norm", Affine{"n", Activation::none}, {0});
    const Network network = builder.build();
    const Parameters parameters{.weights = {}, .biases = {}, .norms = {{"n", {{2.0f}, {1.0f}}}}};
    std::vector<AffineQuantization> tensors{{0.5f, 7}, {0.25f, 50}};
    const StepConstants constants =
        constants_int8(fuse(network).at(0), network, parameters, tensors);
    EXPECT_DOUBLE_EQ(epilogue(constants, 20, 0),
                     (2.0 * 0.5 * (20 - 7) + 1.0) / tensors[out].scale + 50);
}

TEST(Constants, averages_divide_by_their_window) {
    NetworkBuilder builder({1, 1, 4, 8});
    const Pool window{.kind = Pool::Kind::average, .kernel = {2, 2}, .stride = {2, 2}};
    const TensorId pooled = builder.add("window", window, {0});
    builder.add("global", Pool{.kind = Pool::Kind::global_average}, {pooled});
    const Network network = builder.build();
    const auto steps = fuse(network);
    EXPECT_THAT(constants_fp32(steps[0], network, {}).scale, ElementsAre(0.25f));
    EXPECT_THAT(constants_fp32(steps[1], network, {}).scale, ElementsAre(0.125f));
    // Pooling keeps its input's quantisation, so that zero points cancel exactly.
    const std::vector<AffineQuantization> same(3, {0.3f, 17});
    EXPECT_THAT(constants_int8(steps[1], network, {}, same).scale, ElementsAre(0.125f));
    EXPECT_THAT(constants_int8(steps[1], network, {}, same).bias, ElementsAre(0.0f));
}

TEST(Constants, missing_parameter_is_named) {
    const Residual residual(Activation::none);
    EXPECT_THAT([&] { constants_fp32(residual.step, residual.network, {}); },
                testing::ThrowsMessage<std::runtime_error>(
                    testing::HasSubstr("parameter 'w' has no values")));
}

TEST(ResizeAxis, doubling_weighs_neighbours_three_to_one) {
    const ResizeAxis axis = resize_axis(Resize::Filter::bilinear, 4, 8);
    EXPECT_EQ(axis.taps, 2);
    EXPECT_THAT(axis.start, ElementsAre(-1, 0, 0, 1, 1, 2, 2, 3));
    EXPECT_THAT(std::vector<float>(axis.weight.begin(), axis.weight.begin() + 4),
                ElementsAre(0.25f, 0.75f, 0.75f, 0.25f));
}

TEST(ResizeAxis, bicubic_halving_uses_the_weights_of_a_half) {
    const ResizeAxis axis = resize_axis(Resize::Filter::bicubic, 8, 4);
    EXPECT_EQ(axis.taps, 4);
    EXPECT_THAT(axis.start, ElementsAre(-1, 1, 3, 5));
    EXPECT_THAT(std::vector<float>(axis.weight.begin(), axis.weight.begin() + 4),
                ElementsAre(-0.09375f, 0.59375f, 0.59375f, -0.09375f));
}

TEST(ResizeAxis, weights_sum_to_one_at_odd_ratios) {
    for (const auto filter : {Resize::Filter::bilinear, Resize::Filter::bicubic}) {
        const ResizeAxis axis = resize_axis(filter, 17, 41);
        const auto taps = static_cast<std::size_t>(axis.taps);
        for (std::size_t o = 0; o < 41; ++o) {
            float sum = 0;
            for (std::size_t t = 0; t < taps; ++t) sum += axis.weight[o * taps + t];
            EXPECT_NEAR(sum, 1.0f, 1e-6f);
        }
    }
}

}  // namespace
}  // namespace slimbench
