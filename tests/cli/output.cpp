// What commands print: counts, records, reports, progress, help.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/cli/fixture.h"
#include "tests/support/exact_peers.h"

namespace slimbench::testing {
namespace {

using ::testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::vector<ResultRecord> printed_records(const Finished& finished) {
    std::vector<ResultRecord> printed;
    for (const std::string& line : lines_of(finished.out))
        printed.push_back(from_json(nlohmann::json::parse(line)));
    return printed;
}

class Output : public CliTest {};

struct Counted {
    std::vector<std::string> arguments;
    std::int64_t params, macs;
};

TEST_F(Output, describe_counts_exactly) {
    const std::string swiftnet = "swiftnet_rn34_pyramid";
    const Counted table[] = {
        {{"resnet18"}, 11'689'512, 1'814'073'344},
        {{"mobilenet_v2"}, 3'504'872, 300'774'272},
        {{swiftnet}, 22'040'278, 209'234'952'192},
        {{swiftnet, "--prune", "first2@0.5"}, 20'857'526, 139'409'227'776},
        {{swiftnet, "--prune", "all@0.5"}, 6'010'806, 59'520'319'488},
        {{swiftnet, "--size", "1080x1920"}, 22'040'278, 207'892'270'080},
        {{swiftnet, "--size", "512x1024", "--prune", "all@0.5"}, 6'010'806, 14'880'079'872},
    };
    for (const Counted& row : table) {
        std::vector<std::string> arguments{"describe", "--json"};
        arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
        const Finished finished = run(arguments);
        ASSERT_EQ(finished.exit_code, 0) << finished.err;
        const auto described = nlohmann::json::parse(finished.out);
        EXPECT_EQ(described.at("params"), row.params) << finished.out.substr(0, 200);
        EXPECT_EQ(described.at("macs"), row.macs);
        for (const char* key :
             {"network", "input", "macs_thop", "weight_bytes", "layers", "blocks", "levels"})
            EXPECT_TRUE(described.contains(key)) << key;
        std::int64_t of_layers = 0;
        for (const auto& layer : described.at("layers"))
            of_layers += layer.at("macs").get<std::int64_t>();
        EXPECT_EQ(of_layers, row.macs);
    }
}

TEST_F(Output, layer_prints_one_valid_record_for_each_problem_and_precision) {
    const Finished finished =
        run({"layer", "mb1ic37ih19oc53oh10kh3sh2ph1", "g32mb1ic32ih14oc32oh14kh3ph1",
             "mb2ic16ih9iw21oc24oh5ow11kh3sh2ph1", "--precision", "fp32,int8", "--device", "cpu",
             "--min-time", "0.01", "--no-roofline", "--json"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const std::vector<ResultRecord> printed = printed_records(finished);
    EXPECT_EQ(printed.size(), 6u);
    for (const ResultRecord& record : printed) {
        EXPECT_EQ(record.status, Status::measured) << record.reason;
        EXPECT_EQ(record.verdict.result, Verdict::Result::correct);
        EXPECT_EQ(record.verdict.checked, record.verdict.elements);
        EXPECT_GE(record.measurement->device.size(), 10u);
        EXPECT_GT(record.macs, 0);
    }
    expect_valid({write("printed.jsonl", finished.out)});
}

TEST_F(Output, peers_yield_rows_of_their_own) {
    const Finished finished =
        run({"layer", "mb1ic16ih8oc32oh8kh3ph1", "--precision", exact_onednn_precisions(), "--peer",
             "onednn,onednn-direct", "--min-time", "0.01", "--no-roofline", "--device", "cpu",
             "--json"});
    if (finished.err.find("no oneDNN") != std::string::npos)
        GTEST_SKIP() << "NOT TESTED: this build has no oneDNN";
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    std::multiset<std::string> implementations;
    for (const ResultRecord& record : printed_records(finished)) {
        EXPECT_EQ(record.status, Status::measured) << record.reason;
        EXPECT_EQ(record.verdict.result, Verdict::Result::correct);
        implementations.insert(record.identity.implementation);
    }
    const std::size_t precisions = onednn_has_exact_int8() ? 2 : 1;
    EXPECT_EQ(implementations.size(), 3 * precisions);
    for (const char* each : {"onednn", "onednn-direct", "slimbench"})
        EXPECT_EQ(implementations.count(each), precisions) << each;
    expect_valid({write("printed.jsonl", finished.out)});
}

TEST_F(Output, peers_that_compute_on_our_device_are_told_apart_and_refuse_with_a_reason) {
    const Finished finished =
        run({"layer", "mb1ic8ih9oc12kh3ph1", "--precision", "fp32,int8", "--peer", "clblast",
             "--min-time", "0.01", "--device", "cpu", "--json"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    std::map<std::string, ResultRecord> theirs;
    for (const ResultRecord& record : printed_records(finished)) {
        const bool ours = record.identity.implementation == "slimbench";
        const std::string variant = record.steps.empty() ? "" : record.steps.front().variant;
        EXPECT_EQ(ours, variant.find("clblast") == std::string::npos && !variant.empty());
        if (!ours) theirs[record.identity.precision] = record;
    }
    ASSERT_EQ(theirs.size(), 2u) << finished.out;
    EXPECT_EQ(theirs["fp32"].status, Status::measured) << theirs["fp32"].reason;
    EXPECT_EQ(theirs["fp32"].verdict.result, Verdict::Result::correct);
    EXPECT_THAT(theirs["fp32"].repro, HasSubstr("--peer clblast"));
    EXPECT_EQ(theirs["int8"].status, Status::unsupported);
    EXPECT_EQ(theirs["int8"].reason, "no kernel named 'clblast' computes conv in int8");
    expect_valid({write("printed.jsonl", finished.out)});
}

TEST_F(Output, records_of_a_run_are_valid_and_complete) {
    const Finished finished =
        run(short_run({tiny_, "--layers", "--cold", "--prune", "none,all@0.5"}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    expect_valid({journal()});
    std::set<std::string> ids;
    for (const ResultRecord& record : records()) {
        EXPECT_EQ(record.status, Status::measured) << record.reason;
        EXPECT_TRUE(ids.insert(record.identity.id()).second) << record.identity.id();
        EXPECT_FALSE(record.repro.empty());
        EXPECT_EQ(record.suite, "tiny");
        EXPECT_EQ(record.environment.at("pocl_affinity"), "1");
        const nlohmann::json& allocator = record.environment.at("allocator");
        if (std::string_view(SLIMBENCH_SANITIZE).find("address") == std::string_view::npos)
            EXPECT_THAT(allocator.get<std::string>(), StartsWith("jemalloc "));
        else
            EXPECT_TRUE(allocator.is_null()) << allocator;
        ASSERT_TRUE(record.measurement);
        EXPECT_TRUE(record.measurement->spinning_waits) << record.identity.id();
        EXPECT_FALSE(record.build.at("kernel_hash").get<std::string>().empty());
        for (const StepRecord& step : record.steps) EXPECT_FALSE(step.variant.empty());
    }
    // Two prunings in two precisions: the chain, and each of five distinct steps warm and cold.
    EXPECT_EQ(ids.size(), 2u * 2u * (1 + 5 * 2));
}

TEST_F(Output, what_is_compared_was_measured_in_turn) {
    ASSERT_EQ(run(short_run({tiny_, "--layers", "--batch", "1,2"})).exit_code, 0);
    for (const ResultRecord& record : records())
        EXPECT_EQ(record.measurement->blocks, 4) << record.identity.id();
    // Both batches have the row, and nothing in them is compared with it.
    ASSERT_EQ(run(short_run({tiny_, "--precision", "int8", "--batch", "1,2"})).exit_code, 0);
    ASSERT_EQ(records().size(), 2u);
    for (const ResultRecord& record : records())
        EXPECT_EQ(record.measurement->blocks, 1) << record.identity.id();
}

TEST_F(Output, allocator_keeps_what_is_free_for_the_next_tensor) {
    if (std::string_view(SLIMBENCH_SANITIZE).find("address") != std::string_view::npos)
        GTEST_SKIP() << "AddressSanitizer has an allocator of its own";
    const Finished finished = run({"list", "networks"}, {{"MALLOC_CONF", "stats_print:true"}});
    EXPECT_THAT(finished.err, HasSubstr("opt.dirty_decay_ms: -1 "));
}

TEST_F(Output, shipped_network_runs_verified_in_both_precisions) {
    const Finished finished = run(short_run({"resnet18", "--size", "64x64"}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    ASSERT_EQ(records().size(), 2u);
    for (const ResultRecord& record : records()) {
        EXPECT_EQ(record.status, Status::measured) << record.reason;
        EXPECT_EQ(record.verdict.checked, record.verdict.elements);
        EXPECT_FALSE(record.spans.empty());
        EXPECT_FALSE(record.upload.empty());
        EXPECT_TRUE(record.start_up.build && record.start_up.first_inference);
        EXPECT_GT(record.memory_peak, 0u);
    }
    expect_valid({journal()});
    EXPECT_THAT(finished.out, HasSubstr(journal()));
    EXPECT_THAT(finished.out, HasSubstr(out() + "/report.md"));
}

TEST_F(Output, what_cannot_fit_is_skipped_with_bytes_and_is_no_failure) {
    const Finished finished =
        run(short_run({"resnet18", "--batch", "65536", "--precision", "fp32"}));
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    ASSERT_EQ(records().size(), 1u);
    EXPECT_EQ(records()[0].status, Status::skipped);
    EXPECT_TRUE(std::regex_search(records()[0].reason, std::regex("needs .*bytes.*bytes")))
        << records()[0].reason;
    expect_valid({journal()});
}

TEST_F(Output, report_comes_in_every_format) {
    ASSERT_EQ(run(short_run({tiny_, "--layers"})).exit_code, 0);
    const Finished markdown = run({"report", journal()});
    EXPECT_EQ(markdown.exit_code, 0);
    EXPECT_THAT(markdown.out, StartsWith("# "));
    EXPECT_THAT(markdown.out, HasSubstr("tiny"));

    const Finished csv = run({"report", journal(), "--format", "csv"});
    EXPECT_EQ(csv.exit_code, 0);
    EXPECT_GE(lines_of(csv.out).size(), 1 + records().size());

    const Finished gbench =
        run({"report", journal(), "--format", "gbench", "-o", folder_.path("report.json")});
    EXPECT_EQ(gbench.exit_code, 0) << gbench.err;
    EXPECT_EQ(gbench.out, "");
    EXPECT_GE(nlohmann::json::parse(run({"report", journal(), "--format", "gbench"}).out)
                  .at("benchmarks")
                  .size(),
              records().size());
    EXPECT_GT(std::filesystem::file_size(folder_.path("report.json")), 100u);
}

TEST_F(Output, every_command_has_help_with_an_example) {
    const Finished all = run({"--help"});
    EXPECT_EQ(all.exit_code, 0);
    EXPECT_THAT(all.out, HasSubstr("Exit codes"));
    for (const std::string command : {"run", "layer", "benchmark", "compare", "gate", "report",
                                      "describe", "list", "devices", "peaks"}) {
        EXPECT_THAT(all.out, HasSubstr("\n  " + command + " "));
        const Finished help = run({command, "--help"});
        EXPECT_EQ(help.exit_code, 0);
        EXPECT_THAT(help.out, HasSubstr("Example"));
        EXPECT_THAT(help.out, HasSubstr("slimbench " + command)) << "the example names another";
    }
}

TEST_F(Output, lists_name_what_there_is) {
    EXPECT_THAT(run({"list", "networks"}).out, HasSubstr("swiftnet_rn34_pyramid"));
    EXPECT_THAT(run({"list", "suites"}).out, HasSubstr("smoke"));
    EXPECT_THAT(run({"list", "kernels"}).out, HasSubstr("conv_plain.fp32"));
    EXPECT_THAT(run({"devices"}).out, HasSubstr("(default)"));
    EXPECT_FALSE(nlohmann::json::parse(run({"devices", "--json"}).out).empty());
}

TEST_F(Output, progress_is_plain_lines_where_there_is_no_terminal) {
    const Finished finished = run(short_run({unpooled_}));
    EXPECT_THAT(finished.err, HasSubstr("[1/2] unpooled/none/precision:fp32"));
    EXPECT_THAT(finished.err, HasSubstr("[2/2] unpooled/none/precision:int8"));
    EXPECT_EQ(finished.err.find('\r'), std::string::npos);
    EXPECT_EQ(finished.err.find('\x1b'), std::string::npos);
    EXPECT_EQ(run(short_run({unpooled_, "--resume", "--quiet"})).err, "");
}

TEST_F(Output, progress_on_a_terminal_rewrites_one_line_and_tells_the_time_left) {
    std::string command = SLIMBENCH_BINARY;
    for (const std::string& argument : short_run({unpooled_})) command += " " + argument;
    const std::string typescript = folder_.path("typescript");
    const std::string within =
        "script -qec '" + command + "' '" + typescript + "' >/dev/null </dev/null";
    ASSERT_EQ(std::system(within.c_str()), 0) << within;
    std::ifstream file(typescript);
    const std::string shown{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(shown, HasSubstr("\r\x1b[K[1/2] unpooled/none/precision:fp32"));
    EXPECT_TRUE(std::regex_search(shown, std::regex(R"(\[2/2, about \d.* left\])"))) << shown;
}

TEST_F(Output, options_may_stand_before_the_names) {
    const Finished finished = run({"run", "--precision", "fp32,int8", "--batch", "1,2", "--prune",
                                   "none", "--dry-run", unpooled_});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("unpooled/none/precision:int8/batch:2"));
}

TEST_F(Output, dry_run_shows_the_plan_and_measures_nothing) {
    const Finished finished = run(short_run({tiny_, "--dry-run"}));
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("tiny/none/precision:fp32/batch:1/size:32x32"));
    EXPECT_THAT(finished.out, HasSubstr("tiny/none/precision:int8/batch:1/size:32x32"));
    EXPECT_THAT(finished.out, HasSubstr("conv_"));
    EXPECT_FALSE(std::filesystem::exists(out()));
}

// The commands stand in records; people paste them into a shell.
TEST_F(Output, repro_command_measures_the_row_again) {
    ASSERT_EQ(run(short_run({tiny_, "--precision", "fp32", "--layers", "--cold", "--tier",
                             "portable", "--peer", "onednn", "--seed", "7"}))
                  .exit_code,
              0);
    const std::vector<ResultRecord> first = records();
    std::size_t repeated = 0;
    for (const ResultRecord& record : first) {
        ASSERT_THAT(record.repro, StartsWith("slimbench run "));
        const std::string folder = folder_.path("again" + std::to_string(repeated++));
        const std::string command = SLIMBENCH_BINARY + record.repro.substr(9) +
                                    " --quiet --no-roofline --out '" + folder + "' >/dev/null";
        const std::string environment = "SLIMBENCH_CACHE_DIR='" + folder_.path("cache") + "' ";
        ASSERT_EQ(std::system((environment + command).c_str()), 0) << record.repro;
        EXPECT_THAT(ids_of(read_journal(folder + "/records.jsonl").records),
                    ::testing::Contains(record.identity.id()))
            << record.repro;
    }
    EXPECT_GT(repeated, 5u);
}

TEST_F(Output, repro_command_of_a_layer_measures_it_again) {
    const std::vector<std::string> problem{"layer",       "mb2ic5ih9oc7oh9kh3ph1",
                                           "--precision", "int8",
                                           "--json",      "--device",
                                           "cpu",         "--min-time",
                                           "0.01",        "--no-roofline"};
    const ResultRecord first = printed_records(run(problem)).at(0);
    const std::string command = std::string(SLIMBENCH_BINARY) + first.repro.substr(9) +
                                " --no-roofline --json >'" + folder_.path("again.jsonl") + "'";
    ASSERT_EQ(std::system(command.c_str()), 0) << first.repro;
    EXPECT_EQ(ids_of(read_journal(folder_.path("again.jsonl")).records).at(0), first.identity.id());
}

}  // namespace
}  // namespace slimbench::testing
