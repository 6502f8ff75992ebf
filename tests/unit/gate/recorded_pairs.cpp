// Pairs on the disk, gates replayed on them, and what a calibration makes of them.
#include <cmath>
#include <fstream>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/gate/calibration.h"
#include "host/gate/pair_journal.h"
#include "host/gate/replay.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/gate/synthetic_pairs.h"

namespace slimbench {
namespace {

using ::testing::HasSubstr;
using testing::Noise;
using testing::SyntheticPairs;

PairsOrigin origin() {
    PairsOrigin made;
    made.suite = "gate";
    made.suite_hash = "abc";
    made.protocol = {{"min_samples", 10}};
    made.device = {{"name", "Sample CPU"}, {"driver", "3.1"}};
    made.baseline_build = {{"commit", "one"}};
    made.candidate_build = {{"commit", "two"}};
    made.verify_seconds = 2;
    return made;
}

RecordedPairs recorded(const Noise& noise, double slow_down, int count) {
    RecordedPairs made{origin(), {}, false};
    SyntheticPairs pairs(noise, slow_down, 11);
    for (int i = 0; i < count; ++i) made.pairs.push_back(pairs.pair({"a/forward", "b/forward"}));
    return made;
}

std::vector<GatedRow> gating(double threshold) {
    return {{"a/forward", Limits{threshold, 0.05}}, {"b/forward", Limits{threshold, 0.05}}};
}

TEST(PairRow, blocks_are_compared_with_their_neighbours_so_that_a_change_of_pace_meets_both) {
    PairRow row;
    row.block_samples = 2;
    row.baseline.device = {1, 1, 1, 1, 9, 9, 9, 9, 2, 3};
    row.candidate.device = {2, 2, 2, 2, 18, 18, 18, 18, 2, 3};
    ASSERT_TRUE(row.log_ratio());
    EXPECT_NEAR(*row.log_ratio(), std::log(2), 1e-12);
    row.candidate.status = Status::crashed;
    EXPECT_FALSE(row.log_ratio());
}

TEST(PairRow, process_that_was_not_measured_has_no_times) {
    ResultRecord record;
    record.status = Status::measured;
    record.measurement = Measurement{};
    record.measurement->device = {1, 2};
    EXPECT_EQ(process_times(record).device.size(), 2u);
    record.status = Status::untrusted;
    record.measurement->device = {0};
    EXPECT_TRUE(process_times(record).device.empty()) << "no file of pairs takes such a time";
}

TEST(PairRow, half_a_block_says_nothing) {
    PairRow row;
    row.block_samples = 3;
    row.baseline.device = row.candidate.device = {1, 1};
    EXPECT_FALSE(row.log_ratio());
}

class PairFile : public ::testing::Test {
protected:
    std::string message_of(const PairsOrigin& other) const {
        try {
            PairJournal journal(path_, other);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "accepted";
    }
    testing::TemporaryFolder folder_;
    std::string path_ = folder_.path("pairs.jsonl");
};

TEST_F(PairFile, pairs_come_back_as_they_were_written) {
    const RecordedPairs written = recorded({}, 0.05, 3);
    {
        PairJournal journal(path_, written.origin);
        for (const Pair& pair : written.pairs) journal.append(pair);
    }
    const RecordedPairs read = read_pairs(path_);
    EXPECT_EQ(to_json(read.origin), to_json(written.origin));
    ASSERT_EQ(read.pairs.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(to_json(read.pairs[i]), to_json(written.pairs[i]));
}

TEST_F(PairFile, recording_goes_on_behind_a_torn_line) {
    const RecordedPairs written = recorded({}, 0, 2);
    PairJournal(path_, written.origin).append(written.pairs[0]);
    std::ofstream(path_, std::ios::app) << "{\"time\": \"20";
    EXPECT_TRUE(read_pairs(path_).torn);
    PairJournal(path_, written.origin).append(written.pairs[1]);
    EXPECT_EQ(read_pairs(path_).pairs.size(), 2u);
}

TEST_F(PairFile, recording_starts_anew_where_only_a_torn_line_was_left) {
    EXPECT_EQ(pairs_so_far(path_).pairs.size(), 0u) << "no file yet";
    std::ofstream(path_) << "{\"pairs_vers";
    EXPECT_EQ(pairs_so_far(path_).pairs.size(), 0u);
    const RecordedPairs written = recorded({}, 0, 1);
    PairJournal(path_, written.origin).append(written.pairs[0]);
    EXPECT_EQ(pairs_so_far(path_).pairs.size(), 1u);
}

TEST_F(PairFile, times_that_are_not_positive_are_refused_with_their_line) {
    RecordedPairs written = recorded({}, 0, 1);
    written.pairs[0].rows[0].candidate.device[0] = 0;
    PairJournal(path_, written.origin).append(written.pairs[0]);
    EXPECT_THAT(message_of(written.origin),
                AllOf(HasSubstr(path_ + ":2: a/forward: "), HasSubstr("not above 0")));
}

TEST_F(PairFile, pairs_of_another_build_or_suite_do_not_mix) {
    { PairJournal journal(path_, origin()); }
    PairsOrigin other = origin();
    other.candidate_build = {{"commit", "three"}};
    EXPECT_THAT(message_of(other), HasSubstr("another candidate_build"));
    other = origin();
    other.baseline_binary = "feed";
    EXPECT_THAT(message_of(other), HasSubstr("another baseline_binary"));
    other = origin();
    other.suite_hash = "def";
    EXPECT_THAT(message_of(other), HasSubstr("another suite_hash"));
    other = origin();
    other.environment = {{"load_average", 3}};
    EXPECT_EQ(message_of(other), "accepted");
}

TEST_F(PairFile, other_files_are_refused_by_name) {
    std::ofstream(path_) << "{\"record_version\": 1}\n";
    EXPECT_THAT(message_of(origin()), HasSubstr(path_ + ":1: this is no file of recorded pairs"));
    EXPECT_THROW(read_pairs("/nowhere/pairs.jsonl"), std::runtime_error);
}

TEST(Replay, counts_what_gates_on_the_recording_say) {
    const RecordedPairs alike = recorded({.process = 0.005}, 0, 80),
                        slower = recorded({.process = 0.005}, 0.06, 80);
    const ReplayTally passed = replay(default_policy(), gating(0.02), alike, {.gates = 50});
    EXPECT_EQ(passed.gates, 50);
    EXPECT_EQ(passed.share(GateVerdict::pass), 1);
    EXPECT_NEAR(passed.mean_pairs, default_policy().looks.front(), 1e-9);
    EXPECT_EQ(replay(default_policy(), gating(0.02), slower, {.gates = 50})
                  .share(GateVerdict::regression),
              1);
}

TEST(Replay, charges_the_time_that_verifying_took) {
    RecordedPairs alike = recorded({.process = 0.005}, 0, 80);
    const double before = replay(default_policy(), gating(0.02), alike, {.gates = 5}).mean_seconds;
    alike.origin.verify_seconds += 7;
    EXPECT_NEAR(replay(default_policy(), gating(0.02), alike, {.gates = 5}).mean_seconds,
                before + 7, 1e-9);
}

TEST(Replay, refuses_a_recording_shorter_than_a_gate) {
    const std::size_t longest = longest_gate(default_policy());
    EXPECT_THROW(replay(default_policy(), gating(0.02),
                        recorded({}, 0, static_cast<int>(longest) - 1), {.gates = 1}),
                 std::invalid_argument);
}

TEST(Calibration, finds_the_noise_that_was_put_in) {
    // A trimmed mean of normal values errs 1.07 times as much as a plain one.
    constexpr double put_in = 0.01, robust = 1.07;
    const Calibration calibration =
        calibrate(default_policy(), recorded({.process = put_in}, 0, 1000));
    ASSERT_EQ(calibration.rows.size(), 2u);
    for (const RowNoise& row : calibration.rows) {
        EXPECT_EQ(row.pairs, 1000);
        EXPECT_NEAR(row.process_noise, robust * put_in, 0.15 * put_in);
        EXPECT_NEAR(row.pair_noise, robust * put_in * std::sqrt(2), 0.15 * put_in);
        EXPECT_DOUBLE_EQ(row.threshold, 0.02) << "noise is within what the policy tolerates";
        EXPECT_LT(row.detectable, 0.05);
    }
    EXPECT_EQ(calibration.false_alarms, 0);
    EXPECT_GT(calibration.passes, 0.9);
}

TEST(Calibration, raises_the_threshold_of_a_noisy_row_above_what_it_shows_by_chance) {
    const Calibration calibration =
        calibrate(default_policy(), recorded({.process = 0.06}, 0, 200));
    for (const RowNoise& row : calibration.rows) {
        EXPECT_GT(row.aa_99, 0.02);
        EXPECT_EQ(row.threshold, row.aa_99);
        EXPECT_GT(row.detectable, 0.05);
    }
    EXPECT_EQ(calibration.passes, 0) << "what cannot be told must not pass";
    const auto rows = gated_rows(default_policy(), {"a/forward", "c/forward"}, &calibration);
    EXPECT_EQ(rows[0].limits->threshold, calibration.rows[0].threshold);
    EXPECT_EQ(rows[1].limits->threshold, 0.02) << "a row that was not calibrated";
    Policy lax = default_policy();
    lax.rows = {{".", {.threshold = 0.5, .effect = 0.9}}};
    const Calibration of_lax = calibrate(lax, recorded({.process = 0.005}, 0, 200));
    EXPECT_EQ(gated_rows(default_policy(), {"a/forward"}, &of_lax)[0].limits->threshold, 0.02)
        << "what another policy tolerates is not noise";
}

TEST(Calibration, is_read_back_from_its_file) {
    const testing::TemporaryFolder folder;
    const Calibration made = calibrate(default_policy(), recorded({}, 0, 60));
    std::ofstream(folder.path("calibration.json")) << to_json(made);
    EXPECT_EQ(to_json(read_calibration(folder.path("calibration.json"))), to_json(made));
    std::ofstream(folder.path("other.json")) << "{}";
    EXPECT_THROW(read_calibration(folder.path("other.json")), std::runtime_error);
}

TEST(Calibration, needs_as_many_pairs_as_a_gate_may_take) {
    EXPECT_THROW(calibrate(default_policy(), recorded({}, 0, 20)), std::invalid_argument);
}

}  // namespace
}  // namespace slimbench
