// What gates and comparisons leave behind, from handmade reports with a row of every verdict.
#include "reports/gate/gate_outputs.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/trackers.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/reports/sample_gate.h"
#include "tests/unit/reports/sample_records.h"

namespace slimbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void expect_valid(const std::string& arguments) {
    const std::string source = SLIMBENCH_SOURCE_DIR;
    const std::string command =
        "python3 -W ignore '" + source + "/tests/support/validate_gate.py' " + arguments;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

// Wrapped lines joined again.
std::string in_one_line(const std::string& text) {
    std::istringstream stream(text);
    std::string joined;
    for (std::string word; stream >> word;) joined.append(word).append(" ");
    return joined;
}

TEST(GateOutputs, all_of_them_fit_their_schemas) {
    const testing::TemporaryFolder folder;
    for (const GateOutput& output : gate_outputs())
        std::ofstream(folder.path(std::string(output.file))) << output.render(sample_gate_report());
    expect_valid("'" SLIMBENCH_SOURCE_DIR "' '" + folder.path() + "'");
}

TEST(GateOutputs, inconclusive_row_is_an_error_or_skipped_as_the_policy_has_it) {
    GateReport report = sample_gate_report();
    EXPECT_THAT(gate_junit(report), HasSubstr("<error message=\"inconclusive: too noisy"));
    report.policy["inconclusive"] = "pass";
    EXPECT_THAT(gate_junit(report), HasSubstr("<skipped message=\"inconclusive: too noisy"));
}

TEST(GateOutputs, junit_names_device_and_verdict) {
    const std::string junit = gate_junit(sample_gate_report());
    EXPECT_THAT(junit, HasSubstr("classname=\"Sample CPU (driver 3.1)\""));
    EXPECT_THAT(junit, HasSubstr("failures=\"1\" errors=\"2\""));
    EXPECT_THAT(junit, HasSubstr("slower by +6.1 % (+5.3 to +6.9)"));
}

TEST(GateOutputs, comment_names_what_is_slower_and_how_sure_that_is) {
    const std::string comment = in_one_line(gate_markdown(sample_gate_report()));
    EXPECT_THAT(comment, HasSubstr("## :x: slimbench gate: regression"));
    EXPECT_THAT(comment, HasSubstr("slower: resnet18/int8/forward"));
    EXPECT_THAT(comment, HasSubstr("fresh pairs: +5.8 % (+4.9 to +6.8)"));
    EXPECT_THAT(comment, HasSubstr("allowed to differ: driver"));
}

TEST(GateOutputs, json_comes_back_as_it_was_written) {
    const GateReport report = sample_gate_report();
    EXPECT_EQ(to_json(gate_report_from_json(nlohmann::json::parse(gate_json(report)))),
              to_json(report));
}

TEST(GateOutputs, comparison_fits_its_schema) {
    const testing::TemporaryFolder folder;
    std::ofstream(folder.path("compared.json")) << comparison_json(sample_comparison());
    expect_valid("--comparison '" SLIMBENCH_SOURCE_DIR "' '" + folder.path("compared.json") + "'");
}

TEST(GateOutputs, comparison_says_what_its_intervals_cover_and_what_was_allowed) {
    for (const std::string& wrapped :
         {comparison_text(sample_comparison()), comparison_markdown(sample_comparison())}) {
        const std::string text = in_one_line(wrapped);
        EXPECT_THAT(text, HasSubstr("1.080"));
        EXPECT_THAT(text, HasSubstr("not comparable: candidate: missing"));
        EXPECT_THAT(text, HasSubstr("nothing about the next run"));
        EXPECT_THAT(text, HasSubstr("driver: '3.1' against '5.0'"));
    }
}

TEST(GateOutputs, refused_comparison_names_the_field_and_shows_no_ratio) {
    Comparison refused;
    refused.refused = {"suite: 'a' against 'b'"};
    for (const std::string& text : {comparison_text(refused), comparison_markdown(refused)}) {
        EXPECT_THAT(text, HasSubstr("suite: 'a' against 'b'"));
        EXPECT_THAT(text, HasSubstr("--allow"));
        EXPECT_THAT(text, Not(HasSubstr("ratio")));
    }
}

// The journal holds rows that crashed and one without samples.
TEST(Trackers, files_from_records_fit_their_schemas) {
    const testing::TemporaryFolder folder;
    const std::vector<TrackedRow> rows = tracked_rows(sample_records());
    std::ofstream(folder.path("bencher.json")) << bencher_metrics(rows);
    std::ofstream(folder.path("benchmark-action.json")) << benchmark_action(rows);
    std::ofstream(folder.path("google-benchmark.json")) << tracked_gbench(sample_records(), rows);
    expect_valid("--trackers '" SLIMBENCH_SOURCE_DIR "' '" + folder.path() + "'");
}

TEST(Trackers, one_entry_a_row_and_none_for_rows_without_a_time) {
    std::size_t measured = 0;
    for (const ResultRecord& record : sample_records())
        measured += record.status == Status::measured && record.measurement.has_value();
    const std::vector<TrackedRow> rows = tracked_rows(sample_records());
    EXPECT_EQ(rows.size(), measured);
    EXPECT_LT(rows.size(), sample_records().size());
    const auto metrics = nlohmann::json::parse(bencher_metrics(rows));
    EXPECT_EQ(metrics.size(), rows.size());
    const auto& latency = metrics.at(rows.front().name).at("latency");
    EXPECT_DOUBLE_EQ(latency.at("value"), std::round(rows.front().median * 1e9));
    EXPECT_LE(latency.at("lower_value"), latency.at("value"));
}

}  // namespace
}  // namespace slimbench
