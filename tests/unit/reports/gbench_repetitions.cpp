// What `slimbench benchmark` writes: an entry per row and repetition, and aggregates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/gbench.h"

namespace slimbench {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

ResultRecord measured(const std::string& network, std::vector<double> seconds) {
    ResultRecord record;
    record.identity.network = network;
    record.identity.precision = "fp32";
    record.identity.batch = 2;
    record.status = Status::measured;
    record.macs = 1000;
    record.measurement =
        Measurement{.device = seconds, .host = seconds, .flags = {}, .warmup = {}, .sampling = {}};
    return record;
}

ResultRecord lost(const std::string& network) {
    ResultRecord record = measured(network, {});
    record.status = Status::crashed;
    record.reason = "the worker \"fell\"";
    record.measurement.reset();
    return record;
}

const std::string row = "a/none/precision:fp32/batch:2/size:0x0/forward";

TEST(GbenchRepetitions, each_row_and_repetition_is_an_entry_whose_time_is_its_median) {
    const Records once[] = {{measured("a", {1, 4, 2}), measured("b", {5})}};
    const Json document = gbench_repetitions(once, {{"commit", "1234abc"}});
    ASSERT_EQ(document["benchmarks"].size(), 2u);
    const Json& entry = document["benchmarks"][0];
    EXPECT_EQ(entry["name"], row);
    EXPECT_EQ(entry["real_time"], 2e9);
    EXPECT_EQ(entry["iterations"], 3);
    EXPECT_EQ(entry["repetitions"], 1);
    EXPECT_EQ(entry["images_per_second"], 1.0);
    EXPECT_EQ(document["benchmarks"][1]["family_index"], 1);
    EXPECT_EQ(document["context"]["commit"], "1234abc");
}

TEST(GbenchRepetitions, repetitions_end_with_their_aggregates) {
    const Records rounds[] = {{measured("a", {1})}, {measured("a", {2})}, {measured("a", {6})}};
    const Json entries = gbench_repetitions(rounds, {})["benchmarks"];
    ASSERT_EQ(entries.size(), 7u);
    EXPECT_EQ(entries[2]["repetition_index"], 2);
    EXPECT_EQ(entries[3]["name"], row + "_mean");
    EXPECT_EQ(entries[3]["run_name"], row);
    EXPECT_DOUBLE_EQ(entries[3]["real_time"], 3e9);
    EXPECT_DOUBLE_EQ(entries[4]["real_time"], 2e9);
    EXPECT_NEAR(entries[5]["real_time"].get<double>(), 2.6457513e9, 1e3);
    EXPECT_NEAR(entries[6]["real_time"].get<double>(), 0.8819171, 1e-6);
    EXPECT_EQ(entries[6]["aggregate_unit"], "percentage");
}

TEST(GbenchRepetitions, a_lost_repetition_is_an_error_and_no_part_of_the_aggregates) {
    const Records rounds[] = {{measured("a", {1})}, {lost("a")}};
    const Json document = gbench_repetitions(rounds, {});
    ASSERT_EQ(document["benchmarks"].size(), 2u);
    EXPECT_EQ(document["benchmarks"][1]["error_occurred"], true);
    EXPECT_EQ(gbench_aggregates_only(document), document) << "neither has an aggregate";
}

TEST(GbenchRepetitions, aggregates_replace_what_they_are_made_of) {
    const Records rounds[] = {{measured("a", {1}), lost("b")}, {measured("a", {2})}};
    const Json entries = gbench_aggregates_only(gbench_repetitions(rounds, {}))["benchmarks"];
    ASSERT_EQ(entries.size(), 5u);
    EXPECT_EQ(entries[0]["aggregate_name"], "mean");
    EXPECT_EQ(entries[4]["aggregate_name"], "error");
}

TEST(GbenchText, console_aligns_names_times_and_iterations) {
    const Records rounds[] = {{measured("a", {2.5e-7, 2.5e-7}), lost("longer")},
                              {measured("a", {7.5e-7})}};
    const std::string text = gbench_console(gbench_repetitions(rounds, {}));
    EXPECT_THAT(text,
                HasSubstr("\n" + row + "               250 ns          250 ns              2"));
    EXPECT_THAT(text, HasSubstr(row + "_cv          70.71 %         70.71 %               2\n"));
    EXPECT_THAT(text, HasSubstr("/forward   ERROR OCCURRED: 'crashed: the worker \"fell\"'\n"));
}

TEST(GbenchText, csv_quotes_names_and_leaves_missing_cells_empty) {
    const Records once[] = {{measured("a", {0.5}), lost("b")}};
    const std::string text = gbench_csv(gbench_repetitions(once, {}));
    EXPECT_THAT(text, HasSubstr("\n\"" + row + "\",1,500000000.0,500000000.0,ns,,,,,,4.0,4"));
    EXPECT_THAT(text, HasSubstr(",,,,,,,true,\"crashed: the worker \"\"fell\"\"\",,\n"));
}

}  // namespace
}  // namespace slimbench
