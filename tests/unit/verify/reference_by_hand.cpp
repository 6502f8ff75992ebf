// The reference on cases small enough to compute by hand.
#include <gtest/gtest.h>

#include "host/verify/reference.h"
#include "tests/unit/verify/cases.h"

namespace slimbench::testing {
namespace {

template <class Element>
std::vector<Element> run(const FusedStep& step, const StepConstants& constants,
                         const TensorShape& out, const HostTensor<Element>& input,
                         const HostTensor<Element>* residual = nullptr) {
    return run_reference(step, constants, out, input, residual, 1).values;
}

TensorShape image(std::int64_t height, std::int64_t width, std::int64_t channels = 1) {
    return {1, channels, height, width};
}

FusedStep step_of(Operation operation) {
    FusedStep step;
    step.operation = std::move(operation);
    return step;
}

FusedStep conv_step(const ConvProblem& problem) {
    Conv conv;
    conv.problem = problem;
    return step_of(conv);
}

TEST(ReferenceByHand, one_by_one_conv_mixes_channels) {
    const ConvProblem problem = conv_problem(image(1, 2, 2), 2);
    StepConstants constants = plain_constants(2);
    constants.weights = std::vector<float>{1, 2, 3, 4};
    constants.scale = {1, 0.5f};
    constants.bias = {0, 10};
    const auto input = tensor<float>(problem.in, {1, 10, 2, 20});
    EXPECT_EQ(run(conv_step(problem), constants, problem.out(), input),
              (std::vector<float>{21, 31.5f, 42, 53}));
}

TEST(ReferenceByHand, three_by_three_conv_pads_with_zeros) {
    const ConvProblem problem =
        conv_problem(image(2, 2), 1, {.kernel = {3, 3}, .pad = Padding::all(1)});
    StepConstants constants = plain_constants(1);
    constants.weights = std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9};
    const auto input = tensor<float>(problem.in, {1, 2, 3, 4});
    EXPECT_EQ(run(conv_step(problem), constants, problem.out(), input),
              (std::vector<float>{77, 67, 47, 37}));
}

TEST(ReferenceByHand, concatenation_puts_the_residuals_channels_behind_the_inputs) {
    FusedStep step = step_of(Concat{});
    step.residual = 1;
    StepConstants constants = plain_constants(3);
    constants.scale = {2, 99, 99};
    constants.bias = {0.5f, 0, 1};
    constants.residual_scale = 10;
    const auto input = tensor<float>(image(1, 2), {1, 2});
    const auto residual = tensor<float>(image(1, 2, 2), {3, 4, 5, 6});
    EXPECT_EQ(run(step, constants, image(1, 2, 3), input, &residual),
              (std::vector<float>{2.5f, 30, 41, 4.5f, 50, 61}));
    const auto wide = tensor<float>(image(1, 2, 3), {1, 2, 3, 4, 5, 6});
    EXPECT_THROW(run(step, constants, image(1, 2, 3), input, &wide), std::invalid_argument);
}

TEST(ReferenceByHand, asymmetric_padding_shifts_the_window) {
    const ConvProblem problem =
        conv_problem(image(1, 3), 1, {.kernel = {1, 2}, .pad = {0, 1, 0, 0}});
    StepConstants constants = plain_constants(1);
    constants.weights = std::vector<float>{1, 10};
    const auto input = tensor<float>(problem.in, {1, 2, 3});
    EXPECT_EQ(run(conv_step(problem), constants, problem.out(), input),
              (std::vector<float>{10, 21, 32}));
}

TEST(ReferenceByHand, int8_conv_pads_with_the_zero_point) {
    const ConvProblem problem =
        conv_problem(image(1, 2), 1, {.kernel = {1, 3}, .pad = {0, 1, 0, 1}});
    StepConstants constants = plain_constants(1, true);
    constants.weights = std::vector<std::int8_t>{1, 2, 3};
    constants.input_pad = 10;
    constants.init = {-60};
    constants.bias = {5};
    const auto input = tensor<std::uint8_t>(problem.in, {11, 12});  // 1 and 2 above zero
    EXPECT_EQ(run(conv_step(problem), constants, problem.out(), input),
              (std::vector<std::uint8_t>{13, 10}));
}

TEST(ReferenceByHand, fully_connected_reads_an_image_as_one_pixel) {
    const ConvProblem problem = conv_problem(image(1, 1, 4), 1);
    StepConstants constants = plain_constants(1);
    constants.weights = std::vector<float>{1, 2, 3, 4};
    const auto input = tensor<float>(image(2, 2), {1, 1, 1, 2});
    EXPECT_EQ(run(conv_step(problem), constants, problem.out(), input), (std::vector<float>{14}));
}

TEST(ReferenceByHand, residual_is_added_before_the_activation) {
    const ConvProblem problem = conv_problem(image(1, 3), 1);
    FusedStep step = conv_step(problem);
    step.residual = 1;
    StepConstants constants = plain_constants(1);
    constants.weights = std::vector<float>{1};
    constants.residual_scale = 1;
    constants.low = 0;
    constants.high = 6;
    const auto input = tensor<float>(problem.in, {-1, 2, 5});
    const auto residual = tensor<float>(problem.in, {3, -4, 5});
    EXPECT_EQ(run(step, constants, problem.out(), input, &residual), (std::vector<float>{2, 0, 6}));
}

TEST(ReferenceByHand, int8_rounds_ties_to_even) {
    StepConstants constants = plain_constants(1, true);
    constants.scale = {0.5f};
    const auto input = tensor<std::uint8_t>(image(1, 6), {1, 2, 3, 5, 7, 9});
    EXPECT_EQ(run(step_of(Affine{}), constants, input.shape, input),
              (std::vector<std::uint8_t>{0, 1, 2, 2, 4, 4}));
}

TEST(ReferenceByHand, int8_multiplies_and_adds_with_one_rounding) {
    // 3 x (1/3 rounded up) - 1 is 2^-25 when fused and 0 when the product is rounded first.
    StepConstants constants = plain_constants(1, true);
    constants.scale = {0x1.555556p-2f * 0x1p24f};
    constants.bias = {-0x1p24f};
    constants.residual_scale = 1;
    FusedStep step = step_of(Add{});
    step.residual = 1;
    const auto input = tensor<std::uint8_t>(image(1, 1), {3});
    const auto residual = tensor<std::uint8_t>(image(1, 1), {0});
    EXPECT_EQ(run(step, constants, input.shape, input, &residual),
              (std::vector<std::uint8_t>{0}));  // 0.5: tie
    constants.bias = {-0x1p24f + 1};
    EXPECT_EQ(run(step, constants, input.shape, input, &residual),
              (std::vector<std::uint8_t>{2}));  // 1.5, not 1
}

TEST(ReferenceByHand, int8_saturates_at_both_ends) {
    StepConstants constants = plain_constants(1, true);
    constants.scale = {4};
    constants.bias = {-100};
    const auto input = tensor<std::uint8_t>(image(1, 3), {10, 30, 200});
    EXPECT_EQ(run(step_of(Affine{}), constants, input.shape, input),
              (std::vector<std::uint8_t>{0, 20, 255}));
}

TEST(ReferenceByHand, max_pool_ignores_padding) {
    const Pool pool{
        .kind = Pool::Kind::max, .kernel = {2, 2}, .stride = {1, 1}, .pad = {1, 1, 0, 0}};
    const auto input = tensor<float>(image(2, 2), {-4, -3, -2, -1});
    EXPECT_EQ(run(step_of(pool), plain_constants(1), image(2, 2), input),
              (std::vector<float>{-4, -3, -2, -1}));
}

TEST(ReferenceByHand, average_pool_counts_padding_as_zeros) {
    const Pool pool{
        .kind = Pool::Kind::average, .kernel = {2, 2}, .stride = {2, 2}, .pad = {1, 1, 0, 0}};
    StepConstants constants = plain_constants(1);
    constants.scale = {0.25f};
    const auto input = tensor<float>(image(1, 1), {8});
    EXPECT_EQ(run(step_of(pool), constants, image(1, 1), input), (std::vector<float>{2}));
}

TEST(ReferenceByHand, int8_average_pool_counts_padding_as_the_zero_point) {
    const Pool pool{
        .kind = Pool::Kind::average, .kernel = {2, 2}, .stride = {2, 2}, .pad = {1, 1, 0, 0}};
    StepConstants constants = plain_constants(1, true);
    constants.scale = {0.25f};
    constants.input_pad = 100;
    const auto input = tensor<std::uint8_t>(image(1, 1), {140});
    EXPECT_EQ(run(step_of(pool), constants, image(1, 1), input), (std::vector<std::uint8_t>{110}));
}

TEST(ReferenceByHand, global_average_covers_the_image_whatever_its_extents_say) {
    const Pool pool{.kind = Pool::Kind::global_average,
                    .kernel = {7, 7},
                    .stride = {2, 2},
                    .pad = Padding::all(3)};
    StepConstants constants = plain_constants(2);
    constants.scale = {1.0f / 4, 1.0f / 4};
    const auto input = tensor<float>(image(2, 2, 2), {1, 10, 2, 20, 3, 30, 6, 60});
    EXPECT_EQ(run(step_of(pool), constants, image(1, 1, 2), input), (std::vector<float>{3, 30}));
}

TEST(ReferenceByHand, bilinear_resize_has_half_pixel_centres_and_clamped_borders) {
    const Resize resize = resize_with(Resize::Filter::bilinear);
    const auto input = tensor<float>(image(1, 2), {0, 1});
    EXPECT_EQ(run(step_of(resize), plain_constants(1), image(1, 4), input),
              (std::vector<float>{0, 0.25f, 0.75f, 1}));
}

TEST(ReferenceByHand, bicubic_resize_keeps_a_constant_and_halves_with_four_taps) {
    const Resize resize = resize_with(Resize::Filter::bicubic);
    const auto flat = tensor<float>(image(3, 3), std::vector<float>(9, 5));
    for (const float value : run(step_of(resize), plain_constants(1), image(5, 7), flat))
        EXPECT_FLOAT_EQ(value, 5);
    // Half-way between two pixels PyTorch's kernel (a = -0.75) weighs -3/32, 19/32, 19/32, -3/32.
    const auto row = tensor<float>(image(1, 4), {32, 64, 96, 0});
    EXPECT_EQ(run(step_of(resize), plain_constants(1), image(1, 2), row),
              (std::vector<float>{-3 + 19 + 38 - 9 + 0, -6 + 57 + 0 - 0}));
}

TEST(ReferenceByHand, int8_resize_rounds_once_in_the_epilogue) {
    const Resize resize = resize_with(Resize::Filter::bilinear);
    const auto input = tensor<std::uint8_t>(image(2, 2), {0, 2, 4, 10});
    // Rows first: (0, .5, 1.5, 2) and (4, 5.5, 8.5, 10); then the second row lies a quarter of the
    // way down.
    const auto output = run(step_of(resize), plain_constants(1, true), image(4, 4), input);
    EXPECT_EQ(std::vector<std::uint8_t>(output.begin() + 4, output.begin() + 8),
              (std::vector<std::uint8_t>{1, 2, 3, 4}));
}

TEST(ReferenceByHand, addition_scales_its_residual) {
    FusedStep step = step_of(Add{});
    step.residual = 1;
    StepConstants constants = plain_constants(2);
    constants.residual_scale = 2;
    const auto input = tensor<float>(image(1, 1, 2), {1, 2});
    const auto residual = tensor<float>(image(1, 1, 2), {10, 20});
    EXPECT_EQ(run(step, constants, input.shape, input, &residual), (std::vector<float>{21, 42}));
}

TEST(ReferenceByHand, affine_scales_each_channel) {
    StepConstants constants = plain_constants(2);
    constants.scale = {2, -1};
    constants.bias = {1, 0.5f};
    constants.low = 0;
    const auto input = tensor<float>(image(1, 2, 2), {1, 2, -3, -4});
    EXPECT_EQ(run(step_of(Affine{}), constants, input.shape, input),
              (std::vector<float>{3, 0, 0, 4.5f}));
}

TEST(ReferenceByHand, refuses_a_residual_that_the_step_does_not_have) {
    const auto input = tensor<float>(image(1, 1), {1});
    EXPECT_THROW(run(step_of(Affine{}), plain_constants(1), input.shape, input, &input),
                 std::invalid_argument);
}

TEST(ReferenceByHand, refuses_an_output_shape_that_the_step_does_not_give) {
    const auto input = tensor<float>(image(1, 1), {1});
    EXPECT_THROW(run(step_of(Affine{}), plain_constants(1), image(2, 2), input),
                 std::invalid_argument);
}

}  // namespace
}  // namespace slimbench::testing
