// When a run asks for peaks, and what it makes of rows that beat them.
#include "host/run/roof.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/record/peaks.h"

namespace slimbench::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A layer of 1 GMAC that took so many seconds.
ResultRecord measured(double seconds) {
    ResultRecord record;
    record.identity.kind = RowKind::layer;
    record.identity.precision = record.compute = "fp32";
    record.status = Status::measured;
    record.steps.emplace_back();
    record.steps[0].macs = 1'000'000'000;
    record.measurement = Measurement{{seconds}, {seconds}, {}, {}};
    return record;
}

class RoofTest : public ::testing::Test {
protected:
    std::vector<PeaksWanted> asked_;
    std::optional<Peaks> raised_ = round_peaks();
    Roof roof_{[this](PeaksWanted wanted) {
        asked_.push_back(wanted);
        return wanted == PeaksWanted::raised ? raised_ : round_peaks();
    }};
};

TEST_F(RoofTest, asks_once_and_gives_rows_their_roofline) {
    roof_.raise();
    roof_.raise();
    ResultRecord record = measured(0.02);
    roof_.hold(record);
    EXPECT_EQ(record.status, Status::measured);
    EXPECT_DOUBLE_EQ(*record.roofline->bound, 0.01);
    EXPECT_THAT(asked_, ElementsAre(PeaksWanted::known));
}

TEST_F(RoofTest, a_row_that_beats_the_roof_has_it_measured_again) {
    raised_->rates[0].macs_per_second *= 2;
    roof_.raise();
    ResultRecord record = measured(0.007);
    roof_.hold(record);
    EXPECT_EQ(record.status, Status::measured) << record.reason;
    EXPECT_DOUBLE_EQ(*record.roofline->bound, 0.005);
    EXPECT_THAT(asked_, ElementsAre(PeaksWanted::known, PeaksWanted::raised));
}

TEST_F(RoofTest, rows_that_beat_all_peaks_are_untrusted_and_seldom_ask_again) {
    roof_.raise();
    for (int row = 0; row < 9; ++row) {
        ResultRecord record = measured(0.001);
        roof_.hold(record);
        EXPECT_EQ(record.status, Status::untrusted);
        EXPECT_THAT(record.reason, HasSubstr("compute"));
    }
    EXPECT_EQ(std::ranges::count(asked_, PeaksWanted::raised), 4) << "at rows 1, 2, 4 and 8";
}

TEST_F(RoofTest, a_later_row_finds_peaks_that_noise_had_lowered_twice) {
    roof_.raise();
    ResultRecord early = measured(0.007);
    roof_.hold(early);
    EXPECT_EQ(early.status, Status::untrusted);
    raised_->rates[0].macs_per_second *= 2;
    ResultRecord later = measured(0.007);
    roof_.hold(later);
    EXPECT_EQ(later.status, Status::measured) << later.reason;
}

TEST_F(RoofTest, rows_that_were_not_measured_have_none) {
    roof_.raise();
    ResultRecord record = measured(0.02);
    record.status = Status::incorrect;
    roof_.hold(record);
    EXPECT_FALSE(record.roofline);
}

TEST(Roof, a_device_without_peaks_leaves_rows_as_they_are) {
    Roof roof([](PeaksWanted) { return std::nullopt; });
    roof.raise();
    ResultRecord record = measured(1e-9);
    roof.hold(record);
    EXPECT_EQ(record.status, Status::measured);
    EXPECT_FALSE(record.roofline);
}

}  // namespace
}  // namespace slimbench::testing
