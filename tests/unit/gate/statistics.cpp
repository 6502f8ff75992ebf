// The statistics of gates against what scipy and statsmodels compute (make_statistics_vectors.py).
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

#include "host/gate/draw.h"
#include "host/gate/holm.h"
#include "host/gate/normal.h"
#include "host/gate/paired.h"
#include "host/gate/rank_tests.h"
#include "host/gate/ratio.h"
#include "host/problem/strict_json.h"

namespace slimbench {
namespace {

using Json = nlohmann::json;
using Values = std::vector<double>;

constexpr double rounding = 1e-12;

Json vectors(const char* kind) {
    const std::string path = SLIMBENCH_SOURCE_DIR "/tests/unit/gate/statistics_vectors.json";
    const Json cases = parse_json_file(path, read_text_file(path)).at(kind);
    if (cases.empty()) throw std::logic_error(std::string("no vectors of ") + kind);
    return cases;
}

TEST(GateStatistics, normal_quantiles_match_scipy) {
    for (const Json& vector : vectors("normal")) {
        EXPECT_NEAR(normal_quantile(vector.at("share")), vector.at("quantile"), 1e-9) << vector;
        EXPECT_NEAR(normal_share_below(vector.at("quantile")), vector.at("share"), rounding);
    }
    EXPECT_THROW(normal_quantile(0), std::invalid_argument);
    EXPECT_THROW(normal_quantile(1), std::invalid_argument);
}

TEST(GateStatistics, trimmed_mean_and_its_error_match_scipy) {
    for (const Json& vector : vectors("paired")) {
        const Values values = vector.at("values");
        EXPECT_NEAR(trimmed_mean(values), vector.at("trimmed_mean"), rounding) << vector;
        EXPECT_NEAR(trimmed_mean_error(values), vector.at("error"), rounding) << vector;
    }
}

// Both sides draw at random: they may differ by the Monte-Carlo error of a quantile, here at five
// standard deviations, of theirs and ours.
TEST(GateStatistics, bootstrap_interval_matches_scipy_within_the_error_of_drawing) {
    constexpr Resampling resampling{.resamples = 50'000, .seed = 3};
    for (const Json& vector : vectors("paired")) {
        for (const Json& expected : vector.value("bootstrap", Json::array())) {
            const double confidence = expected.at("confidence");
            const double share = (1 - confidence) / 2, z = normal_quantile(share);
            const double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
            const double tolerance = 5 * std::sqrt(share * (1 - share) / resampling.resamples) /
                                     density * expected.at("error").get<double>();
            const Interval interval =
                bootstrap_interval(vector.at("values").get<Values>(), confidence, resampling);
            EXPECT_NEAR(interval.low, expected.at("low"), tolerance) << vector;
            EXPECT_NEAR(interval.high, expected.at("high"), tolerance) << vector;
        }
    }
}

TEST(GateStatistics, bootstrap_interval_repeats_with_its_seed) {
    const Values values{0.01, 0.02, -0.01, 0.03, 0.015, 0.0, 0.022, -0.004};
    const Interval first = bootstrap_interval(values, 0.95, {}),
                   again = bootstrap_interval(values, 0.95, {}),
                   other = bootstrap_interval(values, 0.95, {.seed = 2});
    EXPECT_EQ(first.low, again.low);
    EXPECT_EQ(first.high, again.high);
    EXPECT_NE(first.low, other.low);
}

TEST(GateStatistics, values_all_alike_have_an_interval_of_no_width) {
    const Interval interval = bootstrap_interval(Values(8, 0.25), 0.95, {});
    EXPECT_EQ(interval.low, 0.25);
    EXPECT_EQ(interval.high, 0.25);
    EXPECT_EQ(trimmed_mean_error(Values(8, 0.25)), 0);
}

TEST(GateStatistics, too_few_values_are_refused) {
    EXPECT_THROW(trimmed_mean({}), std::invalid_argument);
    EXPECT_THROW(trimmed_mean_error(Values{1}), std::invalid_argument);
    EXPECT_THROW(bootstrap_interval(Values{1}, 0.95, {}), std::invalid_argument);
    EXPECT_THROW(rank_sum_p_greater({}), std::invalid_argument);
    EXPECT_THROW(log_ratio_of_medians({}), std::invalid_argument);
}

TEST(GateStatistics, signed_rank_test_matches_scipy) {
    for (const char* kind : {"paired", "tied_signed_ranks"})
        for (const Json& vector : vectors(kind))
            EXPECT_NEAR(signed_rank_p_greater(vector.at("values").get<Values>()),
                        vector.at("p_greater"), rounding)
                << vector;
}

TEST(GateStatistics, signed_rank_test_of_no_difference_finds_none) {
    EXPECT_EQ(signed_rank_p_greater(Values{0, 0, 0}), 1);
    EXPECT_EQ(signed_rank_p_greater({}), 1);
}

TEST(GateStatistics, signed_rank_test_reaches_its_floor_and_no_lower) {
    Values values(60);
    std::iota(values.begin(), values.end(), 1.0);
    EXPECT_DOUBLE_EQ(signed_rank_p_greater(values), std::pow(0.5, 60));
}

TEST(GateStatistics, rank_sum_test_and_its_shift_match_scipy) {
    for (const Json& vector : vectors("groups")) {
        const Values baseline = vector.at("baseline"), candidate = vector.at("candidate");
        EXPECT_NEAR(rank_sum_p_greater({baseline, candidate}), vector.at("p_greater"), rounding);
        const Shift shift = shift_between({baseline, candidate}, 0.95);
        EXPECT_NEAR(shift.estimate, vector.at("shift"), rounding);
        ASSERT_EQ(shift.interval.has_value(), !vector.at("interval_95").is_null()) << vector;
        if (!shift.interval) continue;
        EXPECT_NEAR(shift.interval->low, vector.at("interval_95").at(0), rounding) << vector;
        EXPECT_NEAR(shift.interval->high, vector.at("interval_95").at(1), rounding) << vector;
    }
}

// Of 1 1 1 2 against 1 1 2 2: worked out over all 70 choices of four of the eight values.
TEST(GateStatistics, rank_sum_test_gives_ties_their_mean_rank) {
    const Values baseline{1, 1, 1, 2}, candidate{1, 1, 2, 2};
    // Three 2s: the candidate's ranks reach what they reach when it has at least two of them.
    const double at_least_two = 3.0 * 10 + 1.0 * 5;
    EXPECT_NEAR(rank_sum_p_greater({baseline, candidate}), at_least_two / 70, rounding);
}

TEST(GateStatistics, log_ratio_of_medians_joins_the_intervals_that_scipy_finds) {
    for (const Json& vector : vectors("median_ratios")) {
        const Values baseline = vector.at("baseline"), candidate = vector.at("candidate");
        const LogRatio ratio = log_ratio_of_medians({baseline, candidate});
        EXPECT_NEAR(ratio.estimate, vector.at("estimate"), rounding);
        ASSERT_EQ(ratio.interval.has_value(), !vector.at("interval_95").is_null()) << vector;
        if (!ratio.interval) continue;
        EXPECT_NEAR(ratio.interval->low, vector.at("interval_95").at(0), rounding) << vector;
        EXPECT_NEAR(ratio.interval->high, vector.at("interval_95").at(1), rounding) << vector;
    }
}

TEST(GateStatistics, three_processes_a_side_have_no_interval) {
    const Values three{1.0, 1.01, 1.02}, four{1.0, 1.01, 1.02, 1.03};
    EXPECT_FALSE(log_ratio_of_processes({three, four}).interval);
    EXPECT_TRUE(log_ratio_of_processes({four, four}).interval);
    EXPECT_DOUBLE_EQ(log_ratio_of_processes({four, four}).estimate, 0);
}

TEST(GateStatistics, times_that_are_not_positive_are_refused) {
    const Values zero{0.0, 1.0}, fine{1.0, 1.0};
    EXPECT_THROW(log_ratio_of_medians({zero, fine}), std::invalid_argument);
    EXPECT_THROW(log_ratio_of_processes({fine, zero}), std::invalid_argument);
}

TEST(GateStatistics, holm_matches_statsmodels) {
    for (const Json& vector : vectors("holm")) {
        const Values adjusted = holm(vector.at("p_values").get<Values>());
        const Values expected = vector.at("adjusted");
        ASSERT_EQ(adjusted.size(), expected.size());
        for (std::size_t i = 0; i < adjusted.size(); ++i)
            EXPECT_NEAR(adjusted[i], expected[i], rounding) << vector;
    }
    EXPECT_TRUE(holm({}).empty());
}

// 1.645 + 0.842 standard errors, the textbook's one-sided test at 5 % with 80 % power.
TEST(GateStatistics, detectable_effect_adds_level_and_power_to_the_threshold) {
    EXPECT_NEAR(detectable_effect(0.01, {.threshold = 0.02}), 0.02 + 0.02486, 1e-5);
    EXPECT_DOUBLE_EQ(detectable_effect(0, {.threshold = 0.02}), 0.02);
}

TEST(GateStatistics, draws_are_the_same_everywhere) {
    Draw draw(1);
    std::vector<int> values{0, 1, 2, 3, 4, 5, 6, 7};
    draw.shuffle(values);
    Draw again(1);
    std::vector<int> same{0, 1, 2, 3, 4, 5, 6, 7};
    again.shuffle(same);
    EXPECT_EQ(values, same);
    EXPECT_EQ(Draw(5489).below(1000),
              14514284786278117030u / (std::uint64_t{1} << 32) * 1000 >> 32);
}

TEST(GateStatistics, draws_reach_every_value_about_as_often) {
    Draw draw(7);
    std::vector<int> counts(10);
    for (int i = 0; i < 100'000; ++i) ++counts[draw.below(10)];
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 5 * std::sqrt(9'000.0));
}

}  // namespace
}  // namespace slimbench
