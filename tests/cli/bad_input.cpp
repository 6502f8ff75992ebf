// What is not understood or cannot be done ends with code 2 and words that help.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "tests/cli/fixture.h"

namespace slimbench::testing {
namespace {

class BadInput : public CliTest {
protected:
    // The message must hold all the words.
    void expect_usage_error(const std::vector<std::string>& arguments,
                            const std::vector<std::string>& words, const Environment& more = {}) {
        const Finished finished = run(arguments, more);
        EXPECT_EQ(finished.exit_code, 2) << finished.out << finished.err;
        for (const std::string& word : words) EXPECT_THAT(finished.err, HasSubstr(word));
        EXPECT_THAT(finished.err, Not(HasSubstr("terminate called")));
    }
};

TEST_F(BadInput, unknown_network_suggests_near_names) {
    expect_usage_error({"run", "resnet81"}, {"resnet81", "resnet18"});
    expect_usage_error({"describe", "mobilnet_v2"}, {"mobilnet_v2", "mobilenet_v2"});
}

TEST_F(BadInput, filter_that_is_no_regular_expression_is_quoted) {
    expect_usage_error(short_run({tiny_, "--filter", "(fp32"}), {"(fp32", "regular expression"});
}

TEST_F(BadInput, filter_that_matches_nothing_shows_what_an_id_looks_like) {
    expect_usage_error(short_run({tiny_, "--filter", "fp64"}), {"fp64", "tiny/none/precision"});
    EXPECT_FALSE(std::filesystem::exists(journal()));
}

TEST_F(BadInput, unknown_key_names_file_place_and_what_is_allowed) {
    const std::string suite = write("suite.json", R"({"name": "mine",
        "runs": [{"network": "tiny.json", "precission": ["fp32"]}]})");
    expect_usage_error(short_run({suite}), {suite, "$.runs[0]", "precission", "precisions"});
    const std::string network =
        write("network.json", R"({"name": "mine", "about": "it", "classes": 2,
        "input": {"channels": 3, "height": 8, "width": 8},
        "layers": [{"block": "body", "name": "a", "op": "conv", "filters": 4, "kernal": 3}]})");
    expect_usage_error({"describe", network}, {network, "$.layers[0]", "kernal", "kernel"});
}

TEST_F(BadInput, wrong_type_names_file_place_and_what_is_expected) {
    const std::string suite = write("suite.json", R"({"name": "mine",
        "runs": [{"network": "tiny.json", "batches": ["two"]}]})");
    expect_usage_error(short_run({suite}), {suite, "$.runs[0].batches[0]", "whole number", "two"});
}

TEST_F(BadInput, broken_json_names_file_and_line) {
    const std::string suite = write("suite.json", "{\"name\": \"mine\",\n\"runs\": [}");
    expect_usage_error(short_run({suite}), {suite, "2"});
}

TEST_F(BadInput, impossible_shape_names_the_layer) {
    const std::string network =
        write("network.json", R"({"name": "mine", "about": "it", "classes": 2,
        "input": {"channels": 3, "height": 8, "width": 8},
        "layers": [{"block": "body", "name": "huge", "op": "conv",
                    "filters": 4, "kernel": 11, "pad": 0}]})");
    expect_usage_error({"describe", network}, {network, "huge"});
}

TEST_F(BadInput, values_of_options_say_what_is_allowed) {
    expect_usage_error(short_run({tiny_, "--precision", "fp12"}), {"fp12", "fp32", "int8"});
    expect_usage_error(short_run({tiny_, "--size", "64"}), {"64", "HEIGHTxWIDTH"});
    expect_usage_error(short_run({tiny_, "--prune", "half@0.5"}), {"half", "all"});
    expect_usage_error(short_run({tiny_, "--peer", "cudnn"}), {"cudnn", "onednn"});
    expect_usage_error(short_run({tiny_, "--kernel", "conv_fast"}), {"conv_fast", "list kernels"});
    expect_usage_error({"layer", "mb1ic3oc8ih5kh9"}, {"mb1ic3oc8ih5kh9"});
    expect_usage_error({"report", journal(), "--format", "pdf"}, {"pdf", "md", "csv", "gbench"});
}

TEST_F(BadInput, unknown_device_lists_those_there_are) {
    expect_usage_error({"run", tiny_, "--out", out(), "--device", "abacus"}, {"abacus", "0:"});
    expect_usage_error({"layer", "mb1ic8ih4oc8kh1", "--device", "99"}, {"99", "0:"});
}

TEST_F(BadInput, missing_platform_names_the_package) {
    std::filesystem::create_directories(folder_.path("no_vendors"));
    const Environment no_platform{{"OCL_ICD_VENDORS", folder_.path("no_vendors")}};
    expect_usage_error({"devices"}, {"pocl-opencl-icd"}, no_platform);
    expect_usage_error({"run", tiny_, "--out", out()}, {"pocl-opencl-icd"}, no_platform);
    expect_usage_error({"run", tiny_, "--dry-run"}, {"pocl-opencl-icd"}, no_platform);
    expect_usage_error({"layer", "mb1ic8ih4oc8kh1"}, {"pocl-opencl-icd"}, no_platform);
}

TEST_F(BadInput, broken_journal_names_file_and_line_and_is_left_alone) {
    std::filesystem::create_directories(out());
    const std::string text = "{\"status\": 1}\n{}\n";
    const std::string path = write("out/records.jsonl", text);
    expect_usage_error({"report", path}, {path + ":1"});
    expect_usage_error(short_run({tiny_, "--resume"}), {path + ":1"});
    EXPECT_EQ(std::filesystem::file_size(path), text.size());
}

TEST_F(BadInput, missing_journal_is_named) {
    expect_usage_error({"report", folder_.path("none.jsonl")}, {"none.jsonl", "No such file"});
}

TEST_F(BadInput, folder_that_cannot_be_written_is_named_before_anything_is_measured) {
    expect_usage_error({"run", tiny_, "--out", tiny_ + "/below"}, {tiny_ + "/below", "--out"});
    expect_usage_error({"run", tiny_, "--out", "/proc/slimbench"}, {"/proc/slimbench"});
}

TEST_F(BadInput, full_output_is_no_success) {
    ASSERT_EQ(run(short_run({unpooled_, "--precision", "fp32"})).exit_code, 0);
    expect_usage_error({"report", journal(), "-o", "/dev/full"}, {"/dev/full", "No space left"});
    const std::string command = std::string(SLIMBENCH_BINARY) + " report '" + journal() +
                                "' >/dev/full 2>'" + folder_.path("said") + "'";
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2);
    EXPECT_GT(std::filesystem::file_size(folder_.path("said")), 0u);
}

TEST_F(BadInput, missing_command_points_to_help) {
    expect_usage_error({}, {"--help"});
    expect_usage_error({"measure"}, {"--help"});
}

}  // namespace
}  // namespace slimbench::testing
