#include "tests/unit/record/peaks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;

TEST(Peaks, survive_writing_and_reading) {
    const nlohmann::json written = to_json(round_peaks());
    EXPECT_EQ(to_json(peaks_from_json(written)), written);
}

TEST(Peaks, a_missing_key_is_named) {
    nlohmann::json json = to_json(round_peaks());
    json.erase("launch_seconds");
    try {
        peaks_from_json(json);
        FAIL() << "read without launch_seconds";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("launch_seconds"));
    }
}

TEST(Peaks, better_of_two_takes_the_higher_rates_and_the_shorter_launches) {
    Peaks other = round_peaks();
    other.rates[0].macs_per_second = 120e9;
    other.rates[2].macs_per_second = 1e9;
    other.bandwidths[1].read = 70e9;
    other.bandwidths[2].copy = 1e9;
    other.launch = 0.5e-6;
    other.launch_in_chain = 9e-6;
    const Peaks better = better_of(round_peaks(), other);
    EXPECT_EQ(better.rate("fp32")->macs_per_second, 120e9);
    EXPECT_EQ(better.rate("int8")->macs_per_second, 400e9);
    EXPECT_EQ(better.bandwidths[1].read, 70e9);
    EXPECT_EQ(better.bandwidths[2].copy, 8e9);
    EXPECT_EQ(better.launch, 0.5e-6);
    EXPECT_EQ(better.launch_in_chain, 2e-6);
}

TEST(Peaks, an_unknown_precision_has_no_rate) {
    EXPECT_EQ(round_peaks().rate("bf16"), nullptr);
}

}  // namespace
}  // namespace slimbench::testing
