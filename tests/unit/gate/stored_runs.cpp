// Journals set side by side: what compare says of them, and what the stored gate decides.
#include <iterator>
#include <set>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/gate/comparison.h"
#include "host/gate/stored_gate.h"

namespace slimbench {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ResultRecord record(const std::string& network, double median,
                    const std::string& precision = "fp32") {
    ResultRecord made;
    made.identity.network = network;
    made.identity.precision = precision;
    made.identity.height = made.identity.width = 224;
    made.status = Status::measured;
    made.compute = "fp32";
    made.suite_hash = "abc";
    made.protocol = {{"min_samples", 10}};
    made.device = {{"name", "Sample CPU"}, {"driver", "3.1"}};
    Measurement measurement;
    for (const double factor : {0.995, 0.998, 0.999, 1.0, 1.0, 1.0, 1.001, 1.002, 1.005, 1.01})
        measurement.device.push_back(median * factor);
    made.measurement = measurement;
    return made;
}

ResultRecord lost(const std::string& network, Status status) {
    ResultRecord made = record(network, 1);
    made.status = status;
    made.reason = "it did";
    return made;
}

// Runs in processes of their own, which differ by up to a per cent.
std::vector<ResultRecord> runs(const std::string& network, double median, int count) {
    std::vector<ResultRecord> made;
    for (int i = 0; i < count; ++i) made.push_back(record(network, median * (1 + 0.002 * (i % 6))));
    return made;
}

CompareRow only_row(const Comparison& comparison) {
    EXPECT_THAT(comparison.rows, SizeIs(1));
    return comparison.rows.at(0);
}

TEST(Compare, tells_faster_slower_and_the_same_apart) {
    const auto verdict = [](double candidate) {
        return only_row(compare_records({record("r", 0.01)}, {record("r", candidate)}, {})).verdict;
    };
    EXPECT_EQ(verdict(0.0100), CompareVerdict::same);
    EXPECT_EQ(verdict(0.0101), CompareVerdict::same) << "within the tolerance";
    EXPECT_EQ(verdict(0.0110), CompareVerdict::slower);
    EXPECT_EQ(verdict(0.0090), CompareVerdict::faster);
}

TEST(Compare, difference_beyond_the_tolerance_is_not_the_same_even_where_chance_may_explain_it) {
    ResultRecord wide = record("r", 0.0104);  // 4 % slower, and 0 % lies within the interval
    wide.measurement->device[1] = wide.measurement->device[2] = 0.0099;
    const CompareRow row = only_row(compare_records({record("r", 0.01)}, {wide}, {}));
    ASSERT_LT(row.slow_down->low, 0);
    ASSERT_GT(row.slow_down->estimate, 0.02);
    EXPECT_EQ(row.verdict, CompareVerdict::not_comparable);
    EXPECT_THAT(row.reason, HasSubstr("too noisy"));
}

TEST(Compare, one_run_a_side_covers_its_samples_and_four_cover_processes) {
    const Comparison one = compare_records({record("r", 0.01)}, {record("r", 0.01)}, {}),
                     four = compare_records(runs("r", 0.01, 4), runs("r", 0.01, 4), {});
    EXPECT_EQ(only_row(one).interval_covers, "samples");
    EXPECT_EQ(only_row(four).interval_covers, "processes");
    EXPECT_EQ(only_row(four).baseline.processes, 4);
    EXPECT_LT(only_row(four).slow_down->low, 0);
    EXPECT_GT(only_row(four).slow_down->high, 0);
}

TEST(Compare, rows_missing_on_either_side_are_listed) {
    const Comparison comparison = compare_records({record("both", 0.01), record("old", 0.01)},
                                                  {record("both", 0.01), record("new", 0.01)}, {});
    ASSERT_THAT(comparison.rows, SizeIs(3));
    EXPECT_EQ(comparison.rows[1].network, "old");
    EXPECT_EQ(comparison.rows[1].reason, "candidate: missing");
    EXPECT_EQ(comparison.rows[2].reason, "baseline: missing");
    EXPECT_EQ(comparison.rows[2].verdict, CompareVerdict::not_comparable);
    EXPECT_TRUE(comparison.rows[1].baseline.median);
}

TEST(Compare, lost_rows_say_why_and_wrong_output_is_marked) {
    const Comparison comparison =
        compare_records({record("a", 0.01), record("b", 0.01)},
                        {lost("a", Status::crashed), lost("b", Status::incorrect)}, {});
    EXPECT_EQ(comparison.rows[0].reason, "candidate: crashed: it did");
    EXPECT_FALSE(comparison.rows[0].wrong_output);
    EXPECT_TRUE(comparison.rows[1].wrong_output);
    EXPECT_EQ(comparison.rows[1].verdict, CompareVerdict::not_comparable);
}

TEST(Compare, refuses_unlike_runs_and_names_the_field) {
    struct Case {
        const char* field;
        void (*change)(ResultRecord&);
    };
    const Case cases[] = {
        {"device", [](ResultRecord& r) { r.device["name"] = "Other CPU"; }},
        {"driver", [](ResultRecord& r) { r.device["driver"] = "5.0"; }},
        {"environment", [](ResultRecord& r) { r.environment["threads"] = 64; }},
        {"environment", [](ResultRecord& r) { r.measurement->spinning_waits = true; }},
        {"protocol", [](ResultRecord& r) { r.protocol["min_samples"] = 99; }},
        {"precision", [](ResultRecord& r) { r.compute = "fp16"; }},
        {"suite", [](ResultRecord& r) { r.suite_hash = "def"; }},
        {"build_type", [](ResultRecord& r) { r.build["type"] = "Debug"; }},
    };
    std::set<std::string> tested;
    for (const Case& unlike : cases) tested.emplace(unlike.field);
    EXPECT_EQ(tested.size(), comparable_fields().size()) << "a field has no test";
    for (const Case& unlike : cases) {
        ResultRecord other = record("r", 0.01);
        unlike.change(other);
        const Comparison refused = compare_records({record("r", 0.01)}, {other}, {});
        EXPECT_THAT(refused.rows, IsEmpty());
        EXPECT_THAT(refused.refused, ElementsAre(HasSubstr(unlike.field)));
        const Comparison allowed =
            compare_records({record("r", 0.01)}, {other}, {0.02, {unlike.field}});
        EXPECT_EQ(only_row(allowed).verdict, CompareVerdict::same);
        EXPECT_THAT(allowed.allowed, ElementsAre(unlike.field));
        EXPECT_THAT(to_json(allowed).at("differing").dump(), HasSubstr(unlike.field));
    }
}

TEST(Compare, allowing_an_unknown_field_is_a_mistake) {
    EXPECT_THROW(compare_records({record("r", 1)}, {record("r", 1)}, {0.02, {"drivr"}}),
                 std::invalid_argument);
}

TEST(Compare, few_or_scattered_samples_are_not_called_the_same) {
    ResultRecord few = record("r", 0.01), wide = record("r", 0.01);
    few.measurement->device.resize(5);
    for (std::size_t i = 0; i < 10; i += 2) wide.measurement->device[i] *= 1.5;
    EXPECT_THAT(only_row(compare_records({few}, {few}, {})).reason, HasSubstr("six on each side"));
    EXPECT_THAT(only_row(compare_records({wide}, {wide}, {})).reason, HasSubstr("too noisy"));
}

TEST(Compare, summary_is_the_geometric_mean_of_a_network_in_a_precision) {
    ResultRecord other_size = record("r", 0.02), slower = record("r", 0.02 * 1.21);
    other_size.identity.height = slower.identity.height = 64;
    const Comparison comparison =
        compare_records({record("r", 0.01), other_size, record("r", 0.01, "int8")},
                        {record("r", 0.01), slower, record("r", 0.01, "int8")}, {});
    ASSERT_THAT(comparison.summaries, SizeIs(2));
    EXPECT_NEAR(comparison.summaries[0].mean_slow_down, 0.1, 1e-9);
    EXPECT_EQ(comparison.summaries[0].slower, 1);
    EXPECT_EQ(comparison.summaries[0].same, 1);
    EXPECT_EQ(comparison.summaries[1].precision, "int8");
}

Policy policy() {
    Policy made;
    made.name = "test";
    made.rows = {{".", {}}};
    made.looks = {8};
    return made;
}

TEST(StoredGate, one_run_a_side_is_inconclusive_without_a_calibration) {
    const GateReport report =
        judge_stored(policy(), {{record("r", 0.01)}, {record("r", 0.02)}, {}}, nullptr);
    EXPECT_EQ(report.verdict, GateVerdict::inconclusive);
    EXPECT_THAT(report.rows.at(0).reason, HasSubstr("record four runs a side"));
}

TEST(StoredGate, calibration_knows_how_much_processes_differ) {
    Calibration calibration;
    const std::string id = record("r", 0.01).identity.id();
    calibration.rows = {{.id = id, .process_noise = 0.004, .threshold = 0.02}};
    const auto judge = [&](double candidate) {
        return judge_stored(policy(), {{record("r", 0.01)}, {record("r", candidate)}, {}},
                            &calibration);
    };
    EXPECT_EQ(judge(0.01).verdict, GateVerdict::pass);
    EXPECT_EQ(judge(0.0108).verdict, GateVerdict::regression);
    calibration.rows[0].process_noise = 0.05;
    EXPECT_EQ(judge(0.01).verdict, GateVerdict::inconclusive) << "too noisy to pass";
    EXPECT_EQ(judge(0.0108).verdict, GateVerdict::inconclusive) << "too noisy to fail";
}

TEST(StoredGate, six_runs_a_side_decide_by_ranks) {
    const auto judge = [&](double candidate) {
        return judge_stored(policy(), {runs("r", 0.01, 6), runs("r", candidate, 6), {}}, nullptr);
    };
    EXPECT_EQ(judge(0.01).verdict, GateVerdict::pass);
    const GateReport slower = judge(0.0106);
    EXPECT_EQ(slower.verdict, GateVerdict::regression);
    EXPECT_NEAR(slower.rows.at(0).slow_down->estimate, 0.06, 0.003);
    EXPECT_EQ(judge(0.009).rows.at(0).verdict, RowVerdict::faster);
}

TEST(StoredGate, runs_too_few_to_show_any_slow_down_do_not_pass) {
    std::vector<ResultRecord> four, five;
    for (const char* network : {"a", "b", "c", "d", "e", "f"}) {
        std::ranges::move(runs(network, 0.01, 4), std::back_inserter(four));
        std::ranges::move(runs(network, 0.01, 5), std::back_inserter(five));
    }
    const GateReport few = judge_stored(policy(), {four, four, {}}, nullptr);
    EXPECT_EQ(few.verdict, GateVerdict::inconclusive) << "1 of 70 orders, for each of six rows";
    EXPECT_THAT(few.rows.at(0).reason,
                HasSubstr("4 runs a side cannot show that one of 6 rows is slower: record 5"));
    EXPECT_EQ(judge_stored(policy(), {five, five, {}}, nullptr).verdict, GateVerdict::pass);
}

TEST(StoredGate, missing_and_lost_rows_are_not_comparable) {
    const GateReport report = judge_stored(
        policy(), {{record("a", 1), record("b", 1)}, {lost("a", Status::crashed)}, {}}, nullptr);
    EXPECT_EQ(report.verdict, GateVerdict::not_comparable);
    EXPECT_EQ(report.rows.at(0).reason, "candidate: crashed: it did");
    EXPECT_EQ(report.rows.at(1).reason, "candidate: missing");
}

TEST(StoredGate, wrong_output_outranks_unlike_runs_and_slow_downs) {
    std::vector<ResultRecord> candidate = runs("a", 0.02, 6);
    candidate.push_back(lost("b", Status::incorrect));
    for (ResultRecord& made : candidate) made.device["driver"] = "5.0";
    std::vector<ResultRecord> baseline = runs("a", 0.01, 6);
    baseline.push_back(record("b", 0.01));
    EXPECT_EQ(judge_stored(policy(), {baseline, candidate, {}}, nullptr).verdict,
              GateVerdict::wrong_output);
    candidate.pop_back();
    baseline.pop_back();
    const GateReport refused = judge_stored(policy(), {baseline, candidate, {}}, nullptr);
    EXPECT_EQ(refused.verdict, GateVerdict::not_comparable);
    EXPECT_THAT(refused.reason, HasSubstr("driver"));
    const GateReport allowed = judge_stored(policy(), {baseline, candidate, {"driver"}}, nullptr);
    EXPECT_EQ(allowed.verdict, GateVerdict::regression);
    EXPECT_THAT(allowed.differing, Contains(HasSubstr("driver")));
}

TEST(StoredGate, runs_are_compared_with_the_first_that_was_measured) {
    std::vector<ResultRecord> baseline = runs("a", 0.01, 6);
    ResultRecord crashed = lost("a", Status::crashed);
    crashed.compute.clear();  // it ended before it knew
    baseline.insert(baseline.begin(), crashed);
    std::vector<ResultRecord> candidate = runs("a", 0.01, 6);
    const GateReport passed = judge_stored(policy(), {baseline, candidate, {}}, nullptr);
    EXPECT_EQ(passed.verdict, GateVerdict::pass);
    EXPECT_THAT(passed.rows.at(0).flags, ElementsAre("baseline: 1 of 7 runs lost"));
    EXPECT_THAT(only_row(compare_records(baseline, candidate, {})).reason,
                HasSubstr("baseline: 1 of 7 runs lost"));
    candidate.back().device["driver"] = "5.0";
    const GateReport mixed = judge_stored(policy(), {baseline, candidate, {}}, nullptr);
    EXPECT_EQ(mixed.verdict, GateVerdict::not_comparable) << "one run of another driver";
    EXPECT_THAT(mixed.reason, HasSubstr("driver"));
}

}  // namespace
}  // namespace slimbench
