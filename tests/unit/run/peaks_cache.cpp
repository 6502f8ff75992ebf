#include "host/run/peaks_cache.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/unit/record/peaks.h"

namespace slimbench::testing {
namespace {

class PeaksCacheTest : public ::testing::Test {
protected:
    TemporaryFolder folder_;
    std::string path_ = folder_.path("peaks.jsonl");
};

TEST_F(PeaksCacheTest, keeps_peaks_for_later_runs_of_the_same_scope) {
    PeaksCache(path_, "this device").keep(round_peaks());
    ASSERT_TRUE(PeaksCache(path_, "this device").find());
    EXPECT_EQ(to_json(*PeaksCache(path_, "this device").find()), to_json(round_peaks()));
    EXPECT_FALSE(PeaksCache(path_, "another device").find());
}

TEST_F(PeaksCacheTest, the_last_ones_kept_win) {
    Peaks later = round_peaks();
    later.launch = 7e-6;
    PeaksCache(path_, "this device").keep(round_peaks());
    PeaksCache(path_, "this device").keep(later);
    EXPECT_EQ(PeaksCache(path_, "this device").find()->launch, 7e-6);
}

TEST_F(PeaksCacheTest, torn_and_foreign_lines_are_passed_over) {
    PeaksCache(path_, "this device").keep(round_peaks());
    std::ofstream(path_, std::ios::app) << "{\"scope\":\"this device\",\"peaks\":{}}\n{\"scope\":";
    EXPECT_TRUE(PeaksCache(path_, "this device").find());
}

TEST_F(PeaksCacheTest, an_empty_path_keeps_them_in_memory) {
    PeaksCache cache("", "this device");
    cache.keep(round_peaks());
    EXPECT_TRUE(cache.find());
}

}  // namespace
}  // namespace slimbench::testing
