// How often gates err, over ten thousand synthetic ones: false alarms where nothing changed or what
// changed is tolerated, and slow-downs caught, under drift, outliers, two modes and a busy machine.
#include <map>

#include <gtest/gtest.h>

#include "host/gate/detectable.h"
#include "host/gate/session.h"
#include "tests/unit/gate/synthetic_pairs.h"

namespace slimbench {
namespace {

using testing::Noise;
using testing::SyntheticPairs;

constexpr Noise quiet{.process = 0.01};
constexpr Noise drifting{.process = 0.01, .drift = 0.1};
constexpr Noise with_outliers{.process = 0.01, .outlier_share = 0.03, .outlier_size = 0.3};
constexpr Noise of_two_modes{.process = 0.004, .second_mode_share = 0.2, .second_mode = 0.025};
constexpr Noise beside_a_hog{.process = 0.15, .outlier_share = 0.2, .outlier_size = 1};

struct Case {
    const char* name;
    Noise noise;
    double slow_down;
};

Policy policy_of_simulations() {
    Policy policy = default_policy();
    policy.rows = {{"row", {.threshold = 0.02, .effect = 0.05}}};
    policy.resamples = 400;  // what it costs in precision counts against us
    return policy;
}

class Shares {
public:
    Shares(const Case& what, int gates) : Shares(what, gates, policy_of_simulations(), 6, {}) {}
    Shares(const Case& what, int gates, const Policy& policy, int row_count, const Limits& limits)
        : gates_(gates) {
        std::vector<GatedRow> rows;
        for (int row = 1; row <= row_count; ++row)
            rows.push_back({"row " + std::to_string(row), limits});
        for (int gate = 0; gate < gates; ++gate) {
            SyntheticPairs pairs(what.noise, what.slow_down, 1000u + static_cast<unsigned>(gate));
            Session session(policy, rows);
            const GateReport report = run_session(
                session, [&](const std::vector<std::string>& ids) { return pairs.pair(ids); });
            ++counts_[report.verdict];
            pairs_ += static_cast<double>(report.pairs);
        }
    }
    double of(GateVerdict verdict) const {
        const auto found = counts_.find(verdict);
        return found == counts_.end() ? 0 : static_cast<double>(found->second) / gates_;
    }
    double mean_pairs() const { return pairs_ / gates_; }
    // Three standard deviations of a share that is `expected` in truth.
    double chance(double expected) const {
        return 3 * std::sqrt(expected * (1 - expected) / gates_);
    }

private:
    int gates_;
    std::map<GateVerdict, int> counts_;
    double pairs_ = 0;
};

void PrintTo(const Case& what, std::ostream* out) {
    *out << what.name;
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
    return info.param.name;
}

class NothingChanged : public ::testing::TestWithParam<Case> {};

TEST_P(NothingChanged, fails_at_most_one_gate_in_a_hundred_and_passes_nine_in_ten) {
    const Shares shares(GetParam(), 1000);
    RecordProperty("passed", std::to_string(shares.of(GateVerdict::pass)));
    EXPECT_LE(shares.of(GateVerdict::regression), 0.01);
    EXPECT_GE(shares.of(GateVerdict::pass), 0.9) << shares.mean_pairs();
}

INSTANTIATE_TEST_SUITE_P(Simulation, NothingChanged,
                         ::testing::Values(Case{"quiet", quiet, 0}, Case{"drifting", drifting, 0},
                                           Case{"with_outliers", with_outliers, 0},
                                           Case{"of_two_modes", of_two_modes, 0}),
                         name_of);

class SlowerByFivePerCent : public ::testing::TestWithParam<Case> {};

TEST_P(SlowerByFivePerCent, is_caught_nineteen_times_in_twenty_and_never_passes) {
    const Shares shares(GetParam(), 1000);
    EXPECT_GE(shares.of(GateVerdict::regression), 0.95) << shares.mean_pairs();
    EXPECT_EQ(shares.of(GateVerdict::pass), 0);
}

INSTANTIATE_TEST_SUITE_P(Simulation, SlowerByFivePerCent,
                         ::testing::Values(Case{"quiet", quiet, 0.05},
                                           Case{"drifting", drifting, 0.05},
                                           Case{"with_outliers", with_outliers, 0.05}),
                         name_of);

TEST(Simulation, tolerated_slow_down_is_flagged_no_more_often_than_the_error_rate) {
    const Policy policy = policy_of_simulations();
    for (const Noise& noise : {quiet, with_outliers}) {
        const Shares shares({"", noise, policy.rows.front().limits.threshold}, 500);
        EXPECT_LE(shares.of(GateVerdict::regression),
                  policy.error_rate + shares.chance(policy.error_rate));
    }
}

TEST(Simulation, slow_down_of_ten_per_cent_is_always_caught) {
    EXPECT_EQ(Shares({"", quiet, 0.1}, 500).of(GateVerdict::regression), 1);
}

// A slow-down below the effect of interest may pass, so here they are the same.
TEST(Simulation, detectable_slow_down_is_found_four_times_in_five) {
    Policy strict = policy_of_simulations();
    strict.error_rate = 0.01;
    strict.confirming_pairs = 14;
    for (const Policy& policy : {policy_of_simulations(), strict}) {
        // Both processes of a pair err; a trimmed mean of normal values 1.07 times as much as a
        // plain one.
        const double noise = 1.07 * quiet.process * std::sqrt(2);
        const double slow_down = detectable_slow_down(policy, 1, Limits{}, noise);
        const Shares shares({"", quiet, slow_down}, 500, policy, 1,
                            {Limits{}.threshold, slow_down});
        EXPECT_GE(shares.of(GateVerdict::regression), 0.8)
            << policy.confirming_pairs << " fresh pairs, " << slow_down;
    }
}

TEST(Simulation, busy_machine_makes_gates_inconclusive_and_not_wrong) {
    const Shares unchanged({"", beside_a_hog, 0}, 1000), slower({"", beside_a_hog, 0.1}, 500);
    EXPECT_LE(unchanged.of(GateVerdict::regression), 0.01);
    EXPECT_EQ(slower.of(GateVerdict::pass), 0);
    EXPECT_GT(unchanged.of(GateVerdict::inconclusive), 0.5);
}

}  // namespace
}  // namespace slimbench
