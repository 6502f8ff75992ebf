// What a paired gate decides, pair by pair, on pairs worked out by hand.
#include "host/gate/session.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Policy policy() {
    Policy policy;
    policy.name = "test";
    policy.rows = {{".", {.threshold = 0.02, .effect = 0.05}}};
    policy.looks = {8, 12, 16};
    policy.resamples = 200;
    return policy;
}

std::vector<GatedRow> rows(std::initializer_list<const char*> ids) {
    std::vector<GatedRow> gated;
    for (const char* id : ids) gated.push_back({id, Limits{}});
    return gated;
}

// A pair's row whose candidate takes `ratio` times as long; a little scatter from pair to pair.
PairRow row(const std::string& id, double ratio, std::int64_t number = 0) {
    PairRow made;
    made.id = id;
    made.seconds = 1;
    made.baseline.device = {0.010};
    made.candidate.device = {0.010 * ratio * (1 + 1e-4 * static_cast<double>(number % 5))};
    return made;
}

PairRow lost(const std::string& id, Status status) {
    PairRow made = row(id, 1);
    made.candidate = {status, "it did", {}, {}};
    return made;
}

Pair pair(std::vector<PairRow> rows) {
    return {.time = {}, .start_seconds = 0.5, .rows = std::move(rows)};
}

// Pairs in which each row has a fixed ratio, for as long as the session wants them.
GateReport run(Session& session, const std::map<std::string, double>& ratios) {
    std::int64_t number = 0;
    return run_session(session, [&](const std::vector<std::string>& ids) {
        std::vector<PairRow> measured;
        for (const std::string& id : ids) measured.push_back(row(id, ratios.at(id), number));
        ++number;
        return pair(std::move(measured));
    });
}

TEST(Session, refuses_looks_at_too_few_pairs_to_flag_a_row) {
    Policy hasty = policy();
    hasty.looks = {5};  // all slower: by chance in one of 32 gates, and there are two rows
    try {
        Session(hasty, rows({"a", "b"}));
        FAIL() << "accepted";
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), HasSubstr("cannot show that one of 2 gating rows is slower; "
                                            "look at 6"));
    }
    hasty.looks = {6};
    Session(hasty, rows({"a", "b"}));
}

TEST(Session, builds_alike_pass_at_the_first_look) {
    Session session(policy(), rows({"a", "b"}));
    const GateReport report = run(session, {{"a", 1.0}, {"b", 1.001}});
    EXPECT_EQ(report.verdict, GateVerdict::pass);
    EXPECT_EQ(report.pairs, 8);
    EXPECT_EQ(report.rows[0].verdict, RowVerdict::passed);
    EXPECT_LT(report.rows[0].detectable, report.rows[0].effect);
}

TEST(Session, slower_row_is_flagged_measured_again_and_fails) {
    Session session(policy(), rows({"a", "b"}));
    const GateReport report = run(session, {{"a", 1.0}, {"b", 1.06}});
    EXPECT_EQ(report.verdict, GateVerdict::regression);
    EXPECT_THAT(report.reason, HasSubstr("slower: b"));
    EXPECT_EQ(report.pairs, 8 + policy().confirming_pairs);
    EXPECT_EQ(report.rows[0].pairs, 8) << "a was cleared before";
    ASSERT_TRUE(report.rows[1].slow_down && report.rows[1].confirmed);
    EXPECT_NEAR(report.rows[1].slow_down->estimate, 0.06, 0.001);
    EXPECT_NEAR(report.rows[1].confirmed->estimate, 0.06, 0.001);
}

TEST(Session, only_flagged_rows_are_measured_again) {
    Session session(policy(), rows({"a", "b"}));
    for (int i = 0; i < 8; ++i) session.add(pair({row("a", 1.0, i), row("b", 1.06, i)}));
    EXPECT_THAT(session.next(), ElementsAre("b"));
}

TEST(Session, flag_that_fresh_pairs_do_not_confirm_is_taken_back) {
    Session session(policy(), rows({"a"}));
    for (int i = 0; i < 8; ++i) session.add(pair({row("a", 1.06, i)}));
    for (int i = 0; i < policy().confirming_pairs; ++i) session.add(pair({row("a", 1.0, i)}));
    EXPECT_THAT(session.next(), ElementsAre("a"));
    const GateReport report = run(session, {{"a", 1.0}});
    EXPECT_NE(report.verdict, GateVerdict::regression);
}

TEST(Session, slow_down_between_tolerated_and_caught_is_inconclusive) {
    Session session(policy(), rows({"a"}));
    std::int64_t number = 0;
    const GateReport report = run_session(
        session, [&](const auto&) { return pair({row("a", ++number % 2 ? 1.0 : 1.07)}); });
    EXPECT_EQ(report.verdict, GateVerdict::inconclusive);
    EXPECT_EQ(report.pairs, policy().looks.back());
}

TEST(Session, noise_is_inconclusive_and_says_so) {
    Session session(policy(), rows({"a"}));
    std::int64_t number = 0;
    const GateReport report = run_session(
        session, [&](const auto&) { return pair({row("a", ++number % 2 ? 0.8 : 1.25)}); });
    EXPECT_EQ(report.verdict, GateVerdict::inconclusive);
    EXPECT_THAT(report.rows[0].reason, HasSubstr("too noisy"));
    EXPECT_GT(report.rows[0].detectable, report.rows[0].effect);
}

TEST(Session, faster_row_passes_and_is_called_faster) {
    Session session(policy(), rows({"a"}));
    const GateReport report = run(session, {{"a", 0.9}});
    EXPECT_EQ(report.verdict, GateVerdict::pass);
    EXPECT_EQ(report.rows[0].verdict, RowVerdict::faster);
}

TEST(Session, wrong_output_ends_the_gate_and_outranks_a_slow_down) {
    Session session(policy(), rows({"a", "b"}));
    for (int i = 0; i < 8; ++i) session.add(pair({row("a", 1.0, i), row("b", 1.06, i)}));
    session.add(pair({lost("b", Status::incorrect)}));
    EXPECT_THAT(session.next(), IsEmpty());
    const GateReport report = session.report();
    EXPECT_EQ(report.verdict, GateVerdict::wrong_output);
    EXPECT_EQ(report.rows[1].verdict, RowVerdict::wrong_output);
    EXPECT_THAT(report.rows[1].reason, HasSubstr("candidate: incorrect: it did"));
}

TEST(Session, crashed_row_is_not_comparable_and_the_others_go_on) {
    Session session(policy(), rows({"a", "b"}));
    session.add(pair({row("a", 1.0), lost("b", Status::crashed)}));
    EXPECT_THAT(session.next(), ElementsAre("a"));
    const GateReport report = run(session, {{"a", 1.0}});
    EXPECT_EQ(report.verdict, GateVerdict::not_comparable);
    EXPECT_EQ(report.rows[0].verdict, RowVerdict::passed);
    EXPECT_THAT(report.rows[1].reason, HasSubstr("candidate: crashed"));
}

TEST(Session, row_that_cannot_be_prepared_is_excluded_before_the_first_pair) {
    Session session(policy(), rows({"a", "b"}));
    session.exclude(lost("a", Status::unsupported));
    EXPECT_THAT(session.next(), ElementsAre("b"));
    session.exclude(lost("b", Status::incorrect));
    EXPECT_THAT(session.next(), IsEmpty());
    EXPECT_EQ(session.report().verdict, GateVerdict::wrong_output);
}

TEST(Session, row_without_limits_is_measured_and_gates_nothing) {
    std::vector<GatedRow> mixed = rows({"a"});
    mixed.push_back({"b", std::nullopt});
    Session session(policy(), mixed);
    EXPECT_THAT(session.next(), ElementsAre("a", "b"));
    const GateReport report = run(session, {{"a", 1.0}, {"b", 2.0}});
    EXPECT_EQ(report.verdict, GateVerdict::pass);
    EXPECT_EQ(report.rows[1].verdict, RowVerdict::not_gated);
    EXPECT_NEAR(report.rows[1].slow_down->estimate, 1, 0.01);
}

TEST(Session, row_without_limits_may_crash_but_not_be_wrong) {
    for (const auto& [status, verdict] : {std::pair{Status::crashed, GateVerdict::pass},
                                          {Status::incorrect, GateVerdict::wrong_output}}) {
        std::vector<GatedRow> mixed = rows({"a"});
        mixed.push_back({"b", std::nullopt});
        Session session(policy(), mixed);
        session.add(pair({row("a", 1.0), lost("b", status)}));
        EXPECT_EQ(run(session, {{"a", 1.0}, {"b", 1.0}}).verdict, verdict);
    }
}

TEST(Session, policy_that_gates_no_row_is_refused) {
    EXPECT_THROW(Session(policy(), {{"a", std::nullopt}}), std::invalid_argument);
}

TEST(Session, budget_ends_the_gate_with_time_left_for_confirming) {
    Policy short_of_time = policy();
    short_of_time.budget = 30;  // a pair takes 1.5 s
    Session session(short_of_time, rows({"a"}));
    std::int64_t number = 0;
    const GateReport report = run_session(
        session, [&](const auto&) { return pair({row("a", ++number % 2 ? 0.8 : 1.25)}); });
    EXPECT_EQ(report.verdict, GateVerdict::inconclusive);
    EXPECT_THAT(report.reason, HasSubstr("of 30 s there was no time for another pair"));
    EXPECT_LE(report.seconds + 1.5 * short_of_time.confirming_pairs, short_of_time.budget);
}

TEST(Session, budget_spent_elsewhere_counts) {
    Session session(policy(), rows({"a"}));
    session.spend(policy().budget);
    session.add(pair({row("a", 1.0)}));
    EXPECT_THAT(session.next(), IsEmpty());
    EXPECT_EQ(session.report().verdict, GateVerdict::inconclusive);
    EXPECT_EQ(session.report().rows[0].reason, "too few pairs to tell: 1");
}

// Eight pairs cannot tell six rows apart from chance at a third of 5 %: 2^-8 * 6 > 0.0167.
TEST(Session, correction_holds_flags_back_until_the_evidence_suffices) {
    const auto six = {"a", "b", "c", "d", "e", "f"};
    std::map<std::string, double> ratios{{"a", 1.06}};
    for (const char* id : {"b", "c", "d", "e", "f"}) ratios[id] = 1.03;
    Policy plain = policy();
    plain.budget = 600;
    Session corrected(plain, rows(six));
    EXPECT_EQ(run(corrected, ratios).rows[0].pairs, 12 + plain.confirming_pairs);
    plain.correction = Correction::none;
    Session uncorrected(plain, rows(six));
    EXPECT_EQ(run(uncorrected, ratios).rows[0].pairs, 8 + plain.confirming_pairs);
}

}  // namespace
}  // namespace slimbench
