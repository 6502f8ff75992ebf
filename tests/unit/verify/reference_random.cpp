// The reference against the definition of convolution, at shapes that nobody tunes for.
#include <gtest/gtest.h>

#include "host/verify/reference.h"
#include "tests/unit/verify/cases.h"

namespace slimbench::testing {
namespace {

const std::vector<ConvProblem>& odd_shapes() {
    static const std::vector<ConvProblem> shapes{
        conv_problem({1, 3, 9, 7}, 5, {.kernel = {3, 3}, .pad = Padding::all(1)}),
        conv_problem({2, 8, 5, 1}, 17, {.kernel = {3, 1}, .pad = {1, 0, 1, 0}}),
        conv_problem({1, 4, 1, 13}, 33, {.kernel = {1, 5}, .stride = {1, 2}, .pad = {0, 2, 0, 1}}),
        conv_problem({3, 6, 7, 8}, 9,
                     {.kernel = {2, 3}, .stride = {2, 1}, .pad = {0, 2, 1, 0}, .groups = 3}),
        conv_problem({1, 2, 11, 12}, 3, {.kernel = {2, 2}, .stride = {3, 4}}),
        conv_problem({1, 5, 13, 11}, 4,
                     {.kernel = {3, 3}, .pad = {2, 3, 1, 2}, .dilation = {2, 3}}),
        conv_problem({2, 19, 6, 5}, 19,
                     {.kernel = {3, 3}, .stride = {2, 2}, .pad = Padding::all(1), .groups = 19}),
        conv_problem({1, 6, 4, 4}, 12, {.kernel = {3, 3}, .pad = Padding::all(1), .groups = 6}),
        conv_problem({5, 130, 1, 1}, 10),
        conv_problem({1, 1, 15, 15}, 1,
                     {.kernel = {7, 7}, .stride = {2, 2}, .pad = Padding::all(3)}),
    };
    return shapes;
}

template <class Element>
void expect_reference_follows_the_definition(const ConvExtras& extras) {
    unsigned seed = 1;
    for (const ConvProblem& problem : odd_shapes()) {
        const auto c = conv_case<Element>(problem, seed++, extras);
        const auto got =
            run_reference(c.step, c.constants, c.out, c.input, c.residual_or_null(), 2);
        const auto expected = naive_run(c);
        ASSERT_EQ(got.shape, expected.shape);
        // Doubles added in another order may, very rarely, round to the other neighbouring float.
        for (std::size_t i = 0; i < expected.values.size(); ++i) {
            if constexpr (integer<Element>)
                ASSERT_EQ(got.values[i], expected.values[i]) << problem.text() << " element " << i;
            else
                ASSERT_NEAR(got.values[i], expected.values[i],
                            1e-6 + 1e-6 * std::fabs(expected.values[i]))
                    << problem.text() << " element " << i;
        }
    }
}

TEST(ReferenceAgainstDefinition, fp32_conv_matches_at_odd_shapes) {
    expect_reference_follows_the_definition<float>({});
}

TEST(ReferenceAgainstDefinition, fp32_conv_with_residual_and_relu6_matches_at_odd_shapes) {
    expect_reference_follows_the_definition<float>(
        {.residual = true, .activation = Activation::relu6});
}

TEST(ReferenceAgainstDefinition, int8_conv_is_equal_at_odd_shapes) {
    expect_reference_follows_the_definition<std::uint8_t>({});
}

TEST(ReferenceAgainstDefinition, int8_conv_with_residual_and_relu_is_equal_at_odd_shapes) {
    expect_reference_follows_the_definition<std::uint8_t>(
        {.residual = true, .activation = Activation::relu});
}

TEST(ReferenceAgainstDefinition, int8_outputs_are_spread_so_that_equality_says_something) {
    const auto c = conv_case<std::uint8_t>(odd_shapes()[0], 3);
    std::vector<std::uint8_t> values = naive_run(c).values;
    std::ranges::sort(values);
    EXPECT_GT(std::ranges::unique(values).begin() - values.begin(), 40);
}

template <class Element>
void expect_threads_change_nothing() {
    const ConvProblem problem =
        conv_problem({2, 12, 23, 19}, 21, {.kernel = {3, 3}, .pad = Padding::all(1)});
    const auto c = conv_case<Element>(problem, 5);
    const auto one = run_reference(c.step, c.constants, c.out, c.input, c.residual_or_null(), 1);
    for (const unsigned threads : {0u, 2u, 3u, 7u})
        EXPECT_EQ(run_reference(c.step, c.constants, c.out, c.input, c.residual_or_null(), threads)
                      .values,
                  one.values);
}

TEST(ReferenceAgainstDefinition, thread_count_changes_no_bit) {
    expect_threads_change_nothing<float>();
    expect_threads_change_nothing<std::uint8_t>();
}

}  // namespace
}  // namespace slimbench::testing
