// The arithmetic of the roofline, on a device with round numbers.
#include "host/record/roofline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/record/peaks.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;

constexpr double microsecond = 1e-6;

StepRecord step(std::int64_t macs, std::int64_t read, std::int64_t written, std::int64_t weights) {
    StepRecord made;
    made.macs = made.executed_macs = macs;
    made.bytes = read + written + weights;
    made.written_bytes = written;
    made.weight_bytes = weights;
    return made;
}

ResultRecord layer(const StepRecord& only, CacheState cache = CacheState::hot,
                   const std::string& precision = "fp32") {
    ResultRecord record;
    record.identity.kind = RowKind::layer;
    record.identity.cache = cache;
    record.identity.precision = precision;
    record.compute = compute_name(*parse_precision(precision));
    record.status = Status::measured;
    record.steps = {only};
    return record;
}

ResultRecord forward(const std::vector<StepRecord>& steps, std::int64_t weight_bytes) {
    ResultRecord record = layer(steps.front());
    record.identity.kind = RowKind::forward;
    record.steps = steps;
    record.weight_bytes = weight_bytes;
    return record;
}

Roofline roof(ResultRecord record, const Peaks& peaks = round_peaks()) {
    put_roofline(record, peaks);
    return record.roofline.value_or(Roofline{});
}

TEST(Roofline, compute_is_multiply_adds_over_the_rate_of_the_precision) {
    const StepRecord heavy = step(1'000'000'000, 1000, 1000, 1000);
    EXPECT_DOUBLE_EQ(*roof(layer(heavy)).bound, 0.01);
    EXPECT_DOUBLE_EQ(*roof(layer(heavy, CacheState::hot, "int8")).bound, 0.0025);
    EXPECT_EQ(roof(layer(heavy)).limit, Limit::compute);
}

TEST(Roofline, halves_that_are_only_stored_may_be_computed_as_fast_as_floats) {
    const StepRecord heavy = step(1'000'000'000, 1000, 1000, 1000);
    EXPECT_DOUBLE_EQ(*roof(layer(heavy, CacheState::hot, "fp16")).bound, 0.01);
}

TEST(Roofline, an_algorithm_with_fewer_multiply_adds_is_held_to_those) {
    StepRecord winograd = step(1'000'000'000, 1000, 1000, 1000);
    winograd.executed_macs = 250'000'000;
    EXPECT_DOUBLE_EQ(*roof(layer(winograd)).compute, 0.0025);
}

TEST(Roofline, padding_is_no_work) {
    StepRecord padded = step(1'000'000'000, 1000, 1000, 1000);
    padded.executed_macs = 2'000'000'000;
    EXPECT_DOUBLE_EQ(*roof(layer(padded)).compute, 0.01);
}

// 3x3 over 7x7 with a border of zeros: 19 of 21 taps meet data along each axis.
TEST(Roofline, products_with_padding_are_no_work) {
    StepRecord padded = step(7 * 7 * 9 * 1'000'000, 1000, 1000, 1000);
    padded.problem = "mb1ic1000ih7oc1000oh7kh3ph1 +relu";
    EXPECT_DOUBLE_EQ(*roof(layer(padded)).compute, 19 * 19 * 1e6 / 100e9);
}

TEST(Roofline, what_fits_a_cache_moves_at_its_speed) {
    const StepRecord small = step(0, 300'000, 100'000, 100'000);
    EXPECT_NEAR(*roof(layer(small)).memory, 5 * microsecond, 1e-12);
    EXPECT_EQ(roof(layer(small)).limit, Limit::memory);
}

// 4 MB: L2 passes on all of it, and L3 the 3 MB that L2 cannot hold.
TEST(Roofline, the_slowest_level_counts_with_what_nearer_ones_cannot_hold) {
    const StepRecord medium = step(0, 2'000'000, 1'000'000, 1'000'000);
    EXPECT_NEAR(*roof(layer(medium)).memory, 3e6 / 50e9, 1e-12);
}

TEST(Roofline, a_hot_layer_leaves_in_the_last_cache_what_fits) {
    const StepRecord large = step(0, 20'000'000, 10'000'000, 10'000'000);
    EXPECT_NEAR(*roof(layer(large)).memory, 30e6 / 10e9, 1e-9);
}

TEST(Roofline, a_cold_layer_reads_from_memory_and_writes_where_it_fits) {
    const StepRecord small = step(0, 300'000, 100'000, 100'000);
    EXPECT_NEAR(*roof(layer(small, CacheState::cold)).memory, 400'000 / 10e9, 1e-12);
}

// The activations are in cache, the step before has written them; the weights of 40 MB are not.
TEST(Roofline, weights_of_a_large_network_come_from_memory) {
    const StepRecord one = step(0, 200'000, 200'000, 600'000);
    EXPECT_NEAR(*roof(forward({one}, 40'000'000)).memory, 0.75 * 600'000 / 10e9, 1e-12);
    EXPECT_NEAR(*roof(forward({one}, 600'000)).memory, 1e6 / 100e9, 1e-12);
}

TEST(Roofline, a_launch_is_never_shorter_than_an_empty_one) {
    const Roofline tiny = roof(layer(step(1000, 100, 100, 100)));
    EXPECT_DOUBLE_EQ(*tiny.bound, microsecond);
    EXPECT_EQ(tiny.limit, Limit::launches);
}

TEST(Roofline, a_library_is_not_charged_for_launches) {
    ResultRecord row = layer(step(1000, 100, 100, 100));
    row.identity.implementation = "onednn";
    EXPECT_LT(*roof(row).bound, microsecond);
}

TEST(Roofline, a_chain_is_the_sum_of_its_steps_and_limited_by_what_most_of_it_is) {
    const StepRecord heavy = step(300'000'000, 1000, 1000, 1000), tiny = step(0, 100, 100, 0);
    const Roofline sum = roof(forward({heavy, tiny, tiny}, 1000));
    EXPECT_NEAR(*sum.bound, 0.003 + 2 * 2 * microsecond, 1e-12);
    EXPECT_EQ(sum.limit, Limit::compute);
    EXPECT_NEAR(*sum.launches, 3 * 2 * microsecond, 1e-12);
}

TEST(Roofline, a_precision_without_a_rate_has_none) {
    Peaks peaks = round_peaks();
    peaks.rates.pop_back();
    ResultRecord row = layer(step(1000, 100, 100, 100), CacheState::hot, "int8");
    put_roofline(row, peaks);
    EXPECT_FALSE(row.roofline);
    EXPECT_FALSE(row.steps[0].roofline);
    EXPECT_TRUE(row.peaks.is_null());
}

TEST(Roofline, arithmetic_in_halves_has_none_unless_its_rate_is_known) {
    ResultRecord row = layer(step(1'000'000'000, 100, 100, 100), CacheState::hot, "fp16");
    row.compute = "fp16";
    Peaks peaks = round_peaks();
    put_roofline(row, peaks);
    EXPECT_FALSE(row.roofline);
    peaks.rates[1] = {"fp16", "fp16", "mma.sync", 1000e9};
    put_roofline(row, peaks);
    ASSERT_TRUE(row.roofline);
    EXPECT_DOUBLE_EQ(*row.roofline->bound, 0.001);
}

TEST(Roofline, fraction_is_bound_over_median) {
    ResultRecord row = layer(step(1'000'000'000, 1000, 1000, 1000));
    put_roofline(row, round_peaks());
    EXPECT_FALSE(fraction_of_roof(row)) << "without samples";
    row.measurement = Measurement{{0.02, 0.02, 0.05}, {}, {}, {}};
    EXPECT_DOUBLE_EQ(*fraction_of_roof(row), 0.5);
    row.measurement = Measurement{{}, {0.04}, {}, {}};
    EXPECT_DOUBLE_EQ(*fraction_of_roof(row), 0.25) << "by the host's clock where there is no other";
}

TEST(Roofline, only_what_beats_it_by_more_than_the_margin_is_refused) {
    ResultRecord row = layer(step(1'000'000'000, 1000, 1000, 1000));
    put_roofline(row, round_peaks());
    row.measurement = Measurement{{0.0092}, {}, {}, {}};
    EXPECT_FALSE(beats_roof(row));
    row.measurement = Measurement{{0.0090}, {}, {}, {}};
    ASSERT_TRUE(beats_roof(row));
    EXPECT_THAT(*beats_roof(row), HasSubstr("9e+03 us, but its compute alone takes"));
}

}  // namespace
}  // namespace slimbench::testing
