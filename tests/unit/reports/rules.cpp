// What every report must obey, whatever its layout: no speed without proof, nothing invented,
// nothing mixed up.
#include <cmath>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/record/record_fields.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/published.h"
#include "tests/unit/reports/sample_records.h"

namespace slimbench {
namespace {

using testing::HasSubstr;
using testing::Not;

ResultRecord forward_row(const std::string& precision, double seconds) {
    ResultRecord row = classifier_records().front();
    row.identity.precision = precision;
    row.measurement =
        Measurement{std::vector<double>(6, seconds), std::vector<double>(6, seconds), {}, {}};
    return row;
}

Records with_status(Status status) {
    Records records{forward_row("fp32", 0.777)};
    records[0].status = status;
    records[0].reason = "because";
    return records;
}

TEST(Reports, only_the_status_measured_publishes_a_speed) {
    for (const ReportFormat& format : report_formats()) {
        const std::string measured = format.render(with_status(Status::measured));
        EXPECT_THAT(measured, HasSubstr("777")) << format.name;
        for (const Status status :
             {Status::incorrect, Status::untrusted, Status::unsupported, Status::skipped,
              Status::failed, Status::crashed, Status::timed_out}) {
            const std::string text = format.render(with_status(status));
            EXPECT_THAT(text, Not(HasSubstr("777"))) << format.name << ", " << name(status);
            if (!format.names_lost_rows) continue;
            EXPECT_THAT(text, HasSubstr(std::string(name(status)))) << format.name;
        }
    }
}

TEST(Reports, a_measured_row_without_samples_has_no_speed_and_no_zero) {
    Records records{forward_row("fp32", 1)};
    records[0].measurement.reset();
    EXPECT_THAT(report_markdown(records), Not(HasSubstr("0.00")));
    EXPECT_THAT(report_summary(records), Not(HasSubstr("0.00")));
}

TEST(Reports, no_records_still_make_a_report) {
    for (const ReportFormat& format : report_formats())
        EXPECT_NE(format.render({}), "") << format.name;
}

TEST(Reports, text_never_says_nan_or_infinity) {
    Records records = sample_records();
    records[0].steps[0].verdict.worst = std::nan("");
    for (const ReportFormat& format : report_formats()) {
        const std::string text = format.render(records);
        for (const char* word : {",inf,", ",nan,", " inf ", " nan ", ": inf", ": nan"})
            EXPECT_THAT(text, Not(HasSubstr(word))) << format.name;
    }
}

TEST(Markdown, speed_ups_compare_like_with_like) {
    Records records{forward_row("fp32", 0.008), forward_row("int8", 0.002)};
    EXPECT_THAT(at_a_glance(records), HasSubstr("2.00 ms, 4.00x (int8)"));
    records[1].identity.width = 192;
    EXPECT_THAT(at_a_glance(records), Not(HasSubstr("4.00x")));
}

TEST(Markdown, a_flagged_latency_carries_a_star_and_an_explanation) {
    Records records{forward_row("fp32", 0.008)};
    records[0].measurement->flags = {"trend"};
    const std::string text = report_markdown(records);
    EXPECT_THAT(text, HasSubstr("| 8.00 ms* |"));
    EXPECT_THAT(text, HasSubstr("the samples drifted"));
}

TEST(Markdown, each_device_gets_a_report_of_its_own) {
    Records records{forward_row("fp32", 0.008), forward_row("int8", 0.002)};
    records[1].device["name"] = "Other GPU";
    const std::string text = report_markdown(records);
    EXPECT_THAT(text, HasSubstr("# slimbench report: Sample CPU"));
    EXPECT_THAT(text, HasSubstr("# slimbench report: Other GPU"));
    EXPECT_THAT(text, Not(HasSubstr("4.00x")));
}

TEST(Markdown, lines_outside_tables_keep_to_the_page) {
    std::istringstream lines(report_markdown(sample_records()));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("|")) continue;
        EXPECT_LE(line.size(), 100u) << line;
    }
}

TEST(Markdown, speed_up_by_batch_compares_with_fp32_of_the_same_batch) {
    Records records{forward_row("fp32", 0.008), forward_row("int8", 0.002),
                    forward_row("fp32", 0.060), forward_row("int8", 0.010)};
    records[2].identity.batch = records[3].identity.batch = 8;
    const std::string text = precision_gains(records);
    EXPECT_THAT(text, HasSubstr("|   4.00x |   6.00x |"));
    EXPECT_THAT(text, HasSubstr("|     500 |     800 |")) << "images per second";
}

TEST(Markdown, speed_up_by_batch_quotes_others_with_their_device) {
    const std::string text = precision_gains(batch_records());
    EXPECT_THAT(text, HasSubstr("| NVIDIA Turing GPU, TensorRT |   3.52x |   7.25x |     7.95x |"));
    EXPECT_THAT(text, HasSubstr("no results of this project"));
}

TEST(Markdown, a_batch_that_did_not_fit_says_so_and_has_no_gain) {
    const std::string text = precision_gains(batch_records());
    EXPECT_THAT(text, HasSubstr("|   skipped |"));
    EXPECT_THAT(text, HasSubstr("|       n/a |"));
}

TEST(Markdown, joint_gain_stands_beside_the_product_of_the_single_ones) {
    Records records{forward_row("fp32", 0.012), forward_row("int8", 0.004),
                    forward_row("fp32", 0.006), forward_row("int8", 0.0025)};
    records[2].identity.pruning = records[3].identity.pruning = "all@0.5";
    EXPECT_THAT(joint_gains(records), HasSubstr("| 2.00x | 4.80x of 6.00x |"));
}

TEST(Markdown, joint_gains_need_both_axes) {
    EXPECT_EQ(joint_gains({forward_row("fp32", 0.012), forward_row("int8", 0.004)}), "");
}

TEST(Reports, fp16_that_is_only_stored_is_labelled_wherever_it_stands) {
    Records records{forward_row("fp32", 0.008), forward_row("fp16", 0.007)};
    records[1].compute = "fp32";
    for (auto* render : {report_markdown, report_details, report_summary}) {
        const std::string text = render(records);
        EXPECT_THAT(text, HasSubstr("fp16 (storage)"));
        EXPECT_THAT(text, HasSubstr("FP16 storage with FP32 compute"));
    }
    EXPECT_THAT(report_gbench(records), HasSubstr("fp16 storage, fp32 compute"));
    EXPECT_THAT(report_csv(records), HasSubstr(",compute,"));
}

TEST(Reports, fp16_that_is_computed_in_is_labelled_wherever_it_stands) {
    Records records{forward_row("fp32", 0.008), forward_row("fp16", 0.007)};
    records[1].compute = "fp16";
    for (auto* render : {report_markdown, report_details, report_summary}) {
        const std::string text = render(records);
        EXPECT_THAT(text, HasSubstr("fp16 (native)"));
        EXPECT_THAT(text, HasSubstr("computed in FP16"));
        EXPECT_THAT(text, Not(HasSubstr("(storage)")));
    }
    EXPECT_THAT(report_gbench(records), HasSubstr("fp16 storage and compute"));
}

TEST(Reports, a_row_that_was_lost_does_not_title_its_precision) {
    Records records{forward_row("fp16", 0.008), forward_row("fp16", 0.007)};
    records[0].compute = "fp32";
    records[0].status = Status::crashed;
    records[1].compute = "fp16";
    EXPECT_EQ(precision_title(records, "fp16"), "fp16 (native)");
}

TEST(Markdown, winograds_algorithm_is_named_with_the_precisions_that_took_it) {
    Records records{forward_row("fp32", 0.008), forward_row("int8", 0.002)};
    EXPECT_THAT(report_markdown(records), Not(HasSubstr("Winograd")));
    ASSERT_FALSE(records[0].steps.empty());
    records[0].steps[0].variant = "conv_winograd.fp32.avx512";
    EXPECT_THAT(report_markdown(records), HasSubstr("Winograd"));
    EXPECT_THAT(winograd_sentence(records), HasSubstr("In fp32, 3x3"));
}

TEST(Markdown, backbone_is_the_level_without_its_skips) {
    const std::string text = pyramid_tables(pyramid_records());
    EXPECT_THAT(text, HasSubstr("|     2 | backbone     |"));
    EXPECT_THAT(text, HasSubstr("|       | `first2@0.5` |"));
}

TEST(Peers, ratio_is_the_peers_time_over_ours) {
    Records records = classifier_records();
    const std::string text = peer_tables(records);
    EXPECT_THAT(text, HasSubstr("| 2.04 ms | 1.54 ms | 0.752x |"));
}

TEST(Peers, a_layer_that_only_one_side_measured_is_left_out) {
    Records records = classifier_records();
    for (ResultRecord& row : records)
        if (!row.identity.layer.empty() && row.identity.layer != "conv1" &&
            row.identity.implementation == "onednn")
            row.status = Status::unsupported;
    EXPECT_THAT(peer_tables(records), HasSubstr("|      1 |         0.752x |"));
}

TEST(Layers, a_step_measured_under_another_name_is_found_by_its_work) {
    Records records = classifier_records();
    StepRecord step = records[0].steps[1];
    step.layers = {"layer1.1.conv1", "layer1.1.relu"};
    const ResultRecord* found = find_isolated(records, records[0], step, CacheState::hot);
    ASSERT_NE(found, nullptr);
    step.problem = "mb1ic64ih56iw56oc64oh56ow56kh1kw1sh1sw1ph0pw0dh0dw0";
    EXPECT_EQ(find_isolated(records, records[0], step, CacheState::hot), nullptr);
}

TEST(Layers, alike_steps_stand_in_one_line) {
    Records records{classifier_records().front()};
    records[0].steps = {records[0].steps[1], records[0].steps[1]};
    records[0].steps[1].samples = std::vector<double>(6, 3 * 1.26e-3);
    EXPECT_THAT(report_layers(records), HasSubstr("2  conv_blocked_fp32  2.52 ms"));
}

TEST(Layers, a_layer_that_no_peer_measured_has_no_ratio) {
    Records records = classifier_records();
    EXPECT_THAT(report_layers(records), HasSubstr("0.752x"));
    std::erase_if(records, [](const ResultRecord& row) { return !is_ours(row); });
    EXPECT_THAT(report_layers(records), Not(HasSubstr("onednn")));
}

// A forward pass of one step, which takes 9 and 16 ms of passes of 10 and 20.
ResultRecord two_passes() {
    ResultRecord row = classifier_records().front();
    row.steps = {row.steps[1]};
    row.steps[0].samples = {9e-3, 16e-3};
    row.measurement->device = {10e-3, 20e-3};
    row.measurement->host = {20e-3, 40e-3};
    return row;
}

TEST(Closure, what_lies_between_steps_is_the_median_over_passes) {
    const std::string table = closure_table({two_passes()});  // of medians it would be 16.7 %
    EXPECT_THAT(table,
                HasSubstr("12.5 ms |     15.0 ms |   30.0 ms |        15.0 % |    50.0 % |"));
}

TEST(Closure, steps_of_other_passes_say_nothing_of_what_lies_between) {
    ResultRecord more = two_passes(), on_gpu = two_passes(), at_once = two_passes();
    more.steps[0].samples.push_back(9e-3);
    on_gpu.device["type"] = "gpu";
    at_once.measurement->device[0] = 0;
    for (const ResultRecord& row : {more, on_gpu, at_once})
        EXPECT_THAT(closure_table({row}), HasSubstr("|           n/a |"));
}

TEST(Layers, problems_read_as_channels_kernel_and_size) {
    EXPECT_EQ(problem_title("mb1ic64ih56iw56oc128oh28ow28kh3kw3sh2sw2ph1pw1dh0dw0"),
              "64 -> 128, 3x3 s2, 56x56");
    EXPECT_EQ(problem_title("g32mb1ic32ih112iw112oc32oh112ow112kh3kw3sh1sw1ph1pw1dh0dw0"),
              "32 -> 32, 3x3 depthwise, 112x112");
    EXPECT_EQ(problem_title("mb1ic64ih56iw56oc64oh56ow56kh3kw3sh1sw1ph1pw1dh0dw0 +add +relu"),
              "64 -> 64, 3x3, 56x56 +add +relu");
    EXPECT_EQ(problem_title("1x64x56x56 +relu"), "1x64x56x56 +relu");
}

TEST(Merge, a_later_row_replaces_an_earlier_one_in_its_place) {
    const Records first{forward_row("fp32", 1), forward_row("int8", 2)};
    const Records second{forward_row("fp32", 3)};
    const Records merged = merge_records(std::vector{first, second});
    ASSERT_EQ(merged.size(), 2u);
    EXPECT_EQ(merged[0].measurement->device[0], 3);
    EXPECT_EQ(merged[1].measurement->device[0], 2);
}

TEST(Merge, rows_of_different_devices_stay_apart) {
    Records second{forward_row("fp32", 3)};
    second[0].device["name"] = "Other GPU";
    EXPECT_EQ(merge_records(std::vector{Records{forward_row("fp32", 1)}, second}).size(), 2u);
}

TEST(Merge, a_row_whose_worker_never_came_up_is_replaced_by_its_repetition) {
    Records lost = with_status(Status::crashed);
    lost[0].device = nullptr;
    const Records merged = merge_records(std::vector{lost, Records{forward_row("fp32", 1)}});
    ASSERT_EQ(merged.size(), 1u);
    EXPECT_EQ(merged[0].status, Status::measured);
}

TEST(Csv, every_line_has_a_cell_per_column) {
    const std::string csv = report_csv(sample_records());
    std::istringstream lines(csv);
    std::size_t columns = 0;
    for (std::string line; std::getline(lines, line);) {
        std::size_t cells = 1;
        bool quoted = false;
        for (const char c : line) {
            quoted ^= c == '"';
            cells += c == ',' && !quoted;
        }
        if (columns == 0) columns = cells;
        ASSERT_EQ(cells, columns) << line;
    }
}

TEST(Csv, the_header_holds_every_scalar_of_the_field_table) {
    std::string header = report_csv({});
    header.back() = ',';
    for (const char* column :
         {"network", "status", "executed_macs", "memory_peak_bytes", "device_median_s",
          "host_high_s", "start_up.build_s", "verdict.worst", "variant", "block", "level"})
        EXPECT_THAT(header, HasSubstr(std::string(",") + column + ",")) << column;
}

TEST(GoogleBenchmark, a_row_is_one_entry_per_sample_and_has_no_bare_nan) {
    const nlohmann::json json = nlohmann::json::parse(report_gbench({forward_row("fp32", 0.25)}));
    ASSERT_EQ(json["benchmarks"].size(), 6u);
    EXPECT_EQ(json["context"]["json_schema_version"], 1);
    EXPECT_EQ(json["context"]["caches"][0]["size"], 48 * 1024);
    EXPECT_EQ(json["context"]["caches"][0]["num_sharing"], 2);
    EXPECT_EQ(json["benchmarks"][5]["repetition_index"], 5);
    EXPECT_EQ(json["benchmarks"][5]["real_time"], 0.25e9);
    EXPECT_EQ(json["benchmarks"][5]["name"],
              "resnet18/none/precision:fp32/batch:1/size:224x224/forward");
}

TEST(GoogleBenchmark, caches_that_do_not_read_as_linux_writes_them_are_left_out) {
    const auto caches_of = [](const std::string& size, const std::string& shared_by) {
        ResultRecord row = forward_row("fp32", 0.25);
        row.environment["caches"] = {
            {{"type", "Data"}, {"level", "1"}, {"size", size}, {"shared_by", shared_by}}};
        return nlohmann::json::parse(report_gbench({row}))["context"]["caches"];
    };
    EXPECT_EQ(caches_of("2M", "0-3,8")[0]["num_sharing"], 5);
    EXPECT_EQ(caches_of("2M", "0-3,8")[0]["size"], 2 << 20);
    for (const char* processors :
         {"", "0-", "3-1", "-1-2", "0;1", "0,", "0-9223372036854775807", "99999999999"})
        EXPECT_TRUE(caches_of("48K", processors).empty()) << processors;
    for (const char* size : {"", "K", "48G", "-48K", "9223372036854775807M"})
        EXPECT_TRUE(caches_of(size, "0-1").empty()) << size;
}

TEST(GoogleBenchmark, a_lost_row_is_an_error_without_a_time) {
    const nlohmann::json json =
        nlohmann::json::parse(report_gbench(with_status(Status::timed_out)));
    ASSERT_EQ(json["benchmarks"].size(), 1u);
    EXPECT_EQ(json["benchmarks"][0]["error_occurred"], true);
    EXPECT_EQ(json["benchmarks"][0]["error_message"], "timed_out: because");
    EXPECT_FALSE(json["benchmarks"][0].contains("real_time"));
}

TEST(Published, figures_carry_their_device_and_source) {
    const PublishedTable table("swiftnet_pyramid_latency");
    EXPECT_EQ(table.device(), "NVIDIA GTX 1080 Ti");
    EXPECT_EQ(table.number(1, "forward"), 32.3);
    EXPECT_EQ(table.our_pruning("pruned"), "first2@0.5");
    EXPECT_THAT(published_tables(pyramid_records()), HasSubstr("Not results of this project."));
}

TEST(Published, an_unknown_table_is_an_error) {
    EXPECT_THROW(PublishedTable("nothing"), std::runtime_error);
}

}  // namespace
}  // namespace slimbench
