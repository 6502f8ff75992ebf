// What verification accepts, what it must catch, and what it says about its coverage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "host/problem/half.h"
#include "host/verify/reference.h"
#include "tests/unit/verify/cases.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr CoverageRule sampled{.exhaustive_macs = 0};

ConvProblem problem_3x3() {
    return conv_problem({2, 9, 31, 33}, 20, {.kernel = {3, 3}, .pad = Padding::all(1)});
}

template <class Element>
HostTensor<Element> reference_of(const Case<Element>& c) {
    return run_reference(c.step, c.constants, c.out, c.input, c.residual_or_null(), 2);
}

template <class Element>
Verdict verify(const Case<Element>& c, const HostTensor<Element>& output,
               const CoverageRule& rule = {}, unsigned threads = 2) {
    return verify_step(c.step, c.constants, c.input, c.residual_or_null(), output, rule, threads);
}

template <class Element>
Element& element(HostTensor<Element>& tensor, std::int64_t n, std::int64_t y, std::int64_t x,
                 std::int64_t c) {
    return const_cast<Element&>(tensor.at(n, y, x, c));
}

TEST(VerifyStep, accepts_the_reference_itself) {
    const auto fp32 = conv_case<float>(problem_3x3(), 1, {.residual = true});
    EXPECT_EQ(verify(fp32, reference_of(fp32)).result, Verdict::Result::correct);
    const auto int8 = conv_case<std::uint8_t>(problem_3x3(), 1, {.residual = true});
    const Verdict verdict = verify(int8, reference_of(int8));
    EXPECT_EQ(verdict.result, Verdict::Result::correct);
    EXPECT_EQ(verdict.rule, "exact");
    EXPECT_EQ(verdict.worst, 0);
    EXPECT_TRUE(verdict.worst_at.empty());
}

// What a straightforward FP32 kernel computes: one float accumulator, in the order of the
// definition.
HostTensor<float> float_kernel(const Case<float>& c) {
    HostTensor<float> output{c.out, {}};
    for (std::int64_t n = 0; n < c.out.batch; ++n)
        for (std::int64_t y = 0; y < c.out.height; ++y)
            for (std::int64_t x = 0; x < c.out.width; ++x)
                for (std::int64_t o = 0; o < c.out.channels; ++o)
                    output.values.push_back(
                        std::fma(naive_sum<float, float>(c, n, o, y, x),
                                 c.constants.scale[static_cast<std::size_t>(o)],
                                 c.constants.bias[static_cast<std::size_t>(o)]));
    return output;
}

TEST(VerifyStep, accepts_float_accumulation_well_within_its_bound) {
    const auto c = conv_case<float>(
        conv_problem({1, 200, 8, 8}, 8, {.kernel = {3, 3}, .pad = Padding::all(1)}), 2);
    const Verdict verdict = verify(c, float_kernel(c));
    EXPECT_EQ(verdict.result, Verdict::Result::correct);
    EXPECT_LT(verdict.worst, 0.5);
    EXPECT_GT(verdict.worst, 0.001);
}

// What a kernel computes that adds runs of so many products in binary16, each sum rounded to it,
// and the runs in float.
HostTensor<float> half_sums_kernel(const Case<float>& c, std::int64_t run) {
    const ConvProblem& p = std::get<Conv>(c.step.operation).problem;
    const auto& weights = std::get<std::vector<float>>(c.constants.weights);
    HostTensor<float> output{c.out, {}};
    for (std::int64_t pixel = 0; pixel < c.out.pixels(); ++pixel)
        for (std::int64_t o = 0; o < p.filters; ++o) {
            float total = 0;
            Half sum(0.0f);
            for (std::int64_t i = 0; i < p.in.channels; ++i) {
                sum =
                    Half(sum + c.input.values[static_cast<std::size_t>(pixel * p.in.channels + i)] *
                                   weights[static_cast<std::size_t>(o * p.in.channels + i)]);
                if ((i + 1) % run != 0) continue;
                total += sum;
                sum = Half(0.0f);
            }
            const auto channel = static_cast<std::size_t>(o);
            output.values.push_back(
                Half(std::fma(total + sum, c.constants.scale[channel], c.constants.bias[channel])));
        }
    return output;
}

TEST(VerifyStep, holds_sums_in_binary16_to_a_bound_of_their_own) {
    const auto c = conv_case<float>(conv_problem({1, 300, 6, 7}, 24), 9);
    CoverageRule rule{.storage = DataType::f16};
    EXPECT_EQ(verify(c, half_sums_kernel(c, 300), rule).result, Verdict::Result::incorrect);
    rule.accumulator = DataType::f16;
    const Verdict verdict = verify(c, half_sums_kernel(c, 300), rule);
    EXPECT_EQ(verdict.result, Verdict::Result::correct);
    EXPECT_GT(verdict.worst, 0.01);
    EXPECT_THAT(verdict.rule, HasSubstr("eps(binary16)"));
    auto wrong = half_sums_kernel(c, 300);
    element(wrong, 0, 3, 4, 5) += 8;
    EXPECT_EQ(verify(c, wrong, rule).result, Verdict::Result::incorrect);
}

TEST(VerifyStep, holds_short_runs_in_binary16_to_a_narrower_bound) {
    const auto c = conv_case<float>(conv_problem({1, 3000, 3, 4}, 24), 9);
    CoverageRule rule{.storage = DataType::f16};
    EXPECT_EQ(verify(c, half_sums_kernel(c, 16), rule).result, Verdict::Result::incorrect);
    rule.half_run = 16;
    const Verdict verdict = verify(c, half_sums_kernel(c, 16), rule);
    EXPECT_EQ(verdict.result, Verdict::Result::correct);
    EXPECT_GT(verdict.worst, 0.01);
    EXPECT_LT(verdict.worst, 0.5);
    EXPECT_THAT(verdict.rule, HasSubstr("sqrt(16) min(1, 2 sqrt(16/K)) eps(binary16)"));
    // 94 times narrower than that of a single sum of 3,000.
    auto wrong = half_sums_kernel(c, 16);
    element(wrong, 0, 1, 2, 5) += 4;
    EXPECT_EQ(verify(c, wrong, rule).result, Verdict::Result::incorrect);
    rule.half_run = 0;
    rule.accumulator = DataType::f16;
    EXPECT_EQ(verify(c, wrong, rule).result, Verdict::Result::correct);
}

// What matrix units make of floats: factors of 10 bits behind the point.
HostTensor<float> tf32_kernel(const Case<float>& c) {
    const auto rounded = [](float value) {
        return std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + 0x1000) & 0xffffe000);
    };
    Case<float> coarse = c;
    for (float& value : coarse.input.values) value = rounded(value);
    for (float& weight : std::get<std::vector<float>>(coarse.constants.weights))
        weight = rounded(weight);
    return float_kernel(coarse);
}

TEST(VerifyStep, holds_factors_in_tf32_to_a_bound_of_their_own) {
    for (const std::int64_t channels : {3, 200}) {
        const auto c = conv_case<float>(
            conv_problem({1, channels, 8, 8}, 8, {.kernel = {3, 3}, .pad = Padding::all(1)}), 2);
        EXPECT_EQ(verify(c, tf32_kernel(c)).result, Verdict::Result::incorrect);
        const CoverageRule rule{.factor = DataType::tf32};
        const Verdict verdict = verify(c, tf32_kernel(c), rule);
        EXPECT_EQ(verdict.result, Verdict::Result::correct) << verdict.worst;
        EXPECT_LT(verdict.worst, 0.6);
        EXPECT_GT(verdict.worst, 0.02);
        EXPECT_THAT(verdict.rule, HasSubstr("eps(tf32)"));
    }
}

TEST(VerifyStep, names_one_wrong_fp32_element_in_the_middle) {
    const auto c = conv_case<float>(problem_3x3(), 3);
    auto output = reference_of(c);
    element(output, 1, 15, 16, 7) += 1e-4f;
    const Verdict verdict = verify(c, output);
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
    EXPECT_THAT(verdict.worst_at, StartsWith("n1 c7 y15 x16: got "));
    EXPECT_GT(verdict.worst, 1);
}

TEST(VerifyStep, names_one_wrong_element_in_a_corner_when_sampling) {
    const auto c = conv_case<float>(problem_3x3(), 3);
    auto output = reference_of(c);
    element(output, 1, 30, 32, 19) += 1e-4f;
    const Verdict verdict = verify(c, output, sampled);
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
    EXPECT_THAT(verdict.worst_at, StartsWith("n1 c19 y30 x32: "));
}

TEST(VerifyStep, catches_a_whole_wrong_border_row_when_sampling) {
    const auto c = conv_case<std::uint8_t>(problem_3x3(), 4);
    for (const std::int64_t y : {0, 1, 29, 30}) {
        auto output = reference_of(c);
        for (std::int64_t x = 0; x < 33; ++x) element(output, 0, y, x, 0) ^= 1;
        EXPECT_EQ(verify(c, output, sampled).result, Verdict::Result::incorrect) << "row " << y;
    }
}

TEST(VerifyStep, catches_a_wrong_last_tile_when_sampling) {
    const auto c = conv_case<std::uint8_t>(problem_3x3(), 4);
    auto output = reference_of(c);
    const std::int64_t pixels = c.out.pixels();
    for (std::int64_t pixel = pixels / 14 * 14; pixel < pixels; ++pixel)
        output.values[static_cast<std::size_t>(pixel * 20)] ^= 1;
    EXPECT_EQ(verify(c, output, sampled).result, Verdict::Result::incorrect);
}

TEST(VerifyStep, catches_an_integer_that_is_off_by_one) {
    const auto c = conv_case<std::uint8_t>(problem_3x3(), 5);
    auto output = reference_of(c);
    element(output, 0, 12, 3, 11) ^= 1;
    const Verdict verdict = verify(c, output);
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
    EXPECT_THAT(verdict.worst_at, StartsWith("n0 c11 y12 x3: got "));
}

TEST(VerifyStep, allows_as_many_integer_steps_as_its_rule_says) {
    const auto c = conv_case<std::uint8_t>(problem_3x3(), 5);
    auto output = reference_of(c);
    std::uint8_t& value = element(output, 0, 12, 3, 11);
    value = static_cast<std::uint8_t>(value < 128 ? value + 1 : value - 1);
    const Verdict verdict = verify(c, output, {.allowed_steps = 1});
    EXPECT_EQ(verdict.result, Verdict::Result::correct);
    EXPECT_EQ(verdict.rule, "|e| <= 1");
    value = static_cast<std::uint8_t>(value < 128 ? value + 1 : value - 1);
    EXPECT_EQ(verify(c, output, {.allowed_steps = 1}).result, Verdict::Result::incorrect);
}

TEST(VerifyStep, catches_nan_and_infinity_anywhere_even_where_it_does_not_sample) {
    const auto c = conv_case<float>(conv_problem({1, 4, 300, 300}, 2), 6);
    for (const float poison :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        auto output = reference_of(c);
        element(output, 0, 123, 231, 1) = poison;
        const Verdict verdict = verify(c, output, sampled);
        EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
        EXPECT_THAT(verdict.worst_at, StartsWith("n0 c1 y123 x231: got "));
        EXPECT_TRUE(std::isfinite(verdict.worst));
    }
}

TEST(VerifyStep, states_full_and_partial_coverage) {
    const auto c = conv_case<float>(conv_problem({1, 4, 300, 300}, 2), 6);
    const auto output = reference_of(c);
    const Verdict full = verify(c, output);
    EXPECT_EQ(full.checked, 300 * 300 * 2);
    EXPECT_EQ(full.elements, 300 * 300 * 2);
    const Verdict partial = verify(c, output, sampled);
    EXPECT_EQ(partial.elements, 300 * 300 * 2);
    EXPECT_GT(partial.checked, 4096);
    EXPECT_LT(partial.checked, 300 * 300);
    EXPECT_EQ(partial.result, Verdict::Result::correct);
}

TEST(VerifyStep, verdict_does_not_depend_on_the_thread_count) {
    const auto c = conv_case<float>(problem_3x3(), 8);
    const auto output = float_kernel(c);
    const Verdict one = verify(c, output, {}, 1), seven = verify(c, output, {}, 7);
    EXPECT_EQ(one.worst, seven.worst);
    EXPECT_EQ(one.worst_at, seven.worst_at);
    EXPECT_EQ(one.checked, seven.checked);
}

TEST(VerifyStep, max_pool_must_be_exact_in_fp32) {
    Values values(9);
    FusedStep step;
    step.operation =
        Pool{.kind = Pool::Kind::max, .kernel = {3, 3}, .stride = {2, 2}, .pad = Padding::all(1)};
    const auto input = values.tensor<float>({1, 5, 9, 9});
    const StepConstants constants = plain_constants(5);
    auto output = run_reference<float>(step, constants, {1, 5, 5, 5}, input, nullptr, 1);
    const Verdict right = verify_step<float>(step, constants, input, nullptr, output, {}, 1);
    EXPECT_EQ(right.result, Verdict::Result::correct);
    EXPECT_EQ(right.rule, "exact");
    for (const float towards : {-10.0f, 10.0f}) {
        auto wrong = output;
        wrong.values[60] = std::nextafter(wrong.values[60], towards);
        EXPECT_EQ(verify_step<float>(step, constants, input, nullptr, wrong, {}, 1).result,
                  Verdict::Result::incorrect);
    }
}

TEST(VerifyStep, concatenation_must_be_exact_in_fp32) {
    Values values(11);
    FusedStep step;
    step.operation = Concat{};
    step.residual = 1;
    StepConstants constants = plain_constants(8);
    constants.residual_scale = 1;
    const auto input = values.tensor<float>({1, 5, 4, 4});
    const auto residual = values.tensor<float>({1, 3, 4, 4});
    auto output = run_reference<float>(step, constants, {1, 8, 4, 4}, input, &residual, 1);
    const Verdict right = verify_step<float>(step, constants, input, &residual, output, {}, 1);
    EXPECT_EQ(right.result, Verdict::Result::correct);
    EXPECT_EQ(right.rule, "exact");
    std::swap(output.values[7], output.values[6]);
    const Verdict wrong = verify_step<float>(step, constants, input, &residual, output, {}, 1);
    EXPECT_EQ(wrong.result, Verdict::Result::incorrect);
    EXPECT_THAT(wrong.worst_at, StartsWith("n0 c"));
}

TEST(VerifyStep, average_pool_and_resize_state_the_bound_of_their_sums) {
    Values values(10);
    const auto input = values.tensor<float>({1, 3, 8, 8});
    FusedStep step;
    StepConstants constants = plain_constants(3);
    step.operation = resize_with(Resize::Filter::bicubic);
    const auto resized = run_reference<float>(step, constants, {1, 3, 5, 11}, input, nullptr, 1);
    EXPECT_THAT(verify_step<float>(step, constants, input, nullptr, resized, {}, 1).rule,
                HasSubstr("sqrt(K)"));
    step.operation = Affine{};
    const Verdict affine = verify_step<float>(step, constants, input, nullptr, input, {}, 1);
    EXPECT_EQ(affine.result, Verdict::Result::correct);
    EXPECT_THAT(affine.rule, HasSubstr("half-ulps"));
}

TEST(VerifyStep, refuses_an_output_of_another_size) {
    const auto c = conv_case<float>(problem_3x3(), 1);
    auto output = reference_of(c);
    output.values.pop_back();
    EXPECT_THROW(verify(c, output), std::invalid_argument);
}

}  // namespace
}  // namespace slimbench::testing
