// Order statistics against values worked out by hand or by R's quantile(type = 7).
#include "host/record/statistics.h"

#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

namespace slimbench {
namespace {

std::vector<double> one_to(std::size_t count) {
    std::vector<double> samples(count);
    std::iota(samples.begin(), samples.end(), 1.0);
    return samples;
}

TEST(Statistics, median_of_an_even_count_lies_between_the_middle_two) {
    EXPECT_DOUBLE_EQ(summarize(std::vector{4.0, 1.0, 3.0, 2.0}).median, 2.5);
}

TEST(Statistics, percentiles_interpolate_between_ranks_as_type_7) {
    const Summary summary = summarize(one_to(6));
    EXPECT_DOUBLE_EQ(summary.p10, 1.5);
    EXPECT_DOUBLE_EQ(summary.p90, 5.5);
    EXPECT_DOUBLE_EQ(summary.min, 1);
    EXPECT_DOUBLE_EQ(summary.max, 6);
}

TEST(Statistics, deviation_is_the_median_distance_from_the_median) {
    EXPECT_DOUBLE_EQ(summarize(std::vector{1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0}).mad, 1);
}

TEST(Statistics, one_sample_is_its_own_summary) {
    const Summary summary = summarize(std::vector{0.25});
    EXPECT_EQ(summary.count, 1u);
    EXPECT_DOUBLE_EQ(summary.median, 0.25);
    EXPECT_DOUBLE_EQ(summary.mad, 0);
    EXPECT_DOUBLE_EQ(summary.p90, 0.25);
}

TEST(Statistics, no_samples_are_refused) {
    EXPECT_THROW(summarize({}), std::invalid_argument);
}

TEST(Statistics, five_samples_have_no_95_percent_interval) {
    EXPECT_FALSE(summarize(one_to(5)).median_95);
}

// Ranks of the published tables for sign-test intervals of the median.
TEST(Statistics, interval_has_the_ranks_of_the_binomial_distribution) {
    struct Ranks {
        std::size_t count;
        double low, high;
    };
    for (const Ranks& expected : {Ranks{6, 1, 6}, Ranks{8, 1, 8}, Ranks{9, 2, 8}, Ranks{10, 2, 9},
                                  Ranks{20, 6, 15}, Ranks{50, 18, 33}, Ranks{100, 40, 61}}) {
        const Summary summary = summarize(one_to(expected.count));
        ASSERT_TRUE(summary.median_95) << expected.count << " samples";
        EXPECT_DOUBLE_EQ(summary.median_95->low, expected.low) << expected.count << " samples";
        EXPECT_DOUBLE_EQ(summary.median_95->high, expected.high) << expected.count << " samples";
    }
}

// (1/2)^5000 underflows; the interval must not.
TEST(Statistics, interval_of_thousands_of_samples_stays_tight) {
    const Summary summary = summarize(one_to(5000));
    ASSERT_TRUE(summary.median_95);
    EXPECT_NEAR(summary.median_95->low, 2431, 1);
    EXPECT_NEAR(summary.median_95->high, 2570, 1);
}

TEST(Statistics, steady_samples_have_no_trend) {
    EXPECT_DOUBLE_EQ(trend(std::vector<double>(12, 2.0)).value(), 0);
}

TEST(Statistics, trend_compares_the_last_third_with_the_first) {
    EXPECT_DOUBLE_EQ(trend(std::vector{1.0, 1.0, 1.0, 9.0, 9.0, 9.0, 1.5, 1.5, 1.5}).value(), 0.5);
}

TEST(Statistics, trend_needs_nine_samples) {
    EXPECT_FALSE(trend(one_to(8)));
}

}  // namespace
}  // namespace slimbench
