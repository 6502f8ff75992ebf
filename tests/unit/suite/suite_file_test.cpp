// Suites unfold into workloads; the command line overrides; mistakes are named.
#include "host/suite/suite_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<std::string> ids(const Suite& suite) {
    std::vector<std::string> all;
    for (const Workload& workload : suite.workloads) all.push_back(workload.id());
    return all;
}

class SuiteFile : public testing::Test {
protected:
    std::string folder_ = fmt::format("{}slimbench_suite_{}/", testing::TempDir(), getpid());
    std::string path_ = folder_ + "suite.json";
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    Suite load(const std::string& text, const SuiteOverrides& overrides = {}) const {
        std::ofstream(path_) << text;
        return load_suite(path_, overrides);
    }
};

TEST(LoadSuite, a_network_alone_runs_unpruned_in_every_precision) {
    const Suite suite = load_suite("resnet18");
    EXPECT_EQ(suite.name, "resnet18");
    std::vector<std::string> expected;
    for (const Precision precision : all_precisions)
        expected.push_back(
            fmt::format("resnet18/none/precision:{}/batch:1/size:224x224", traits(precision).name));
    EXPECT_EQ(ids(suite), expected);
    EXPECT_TRUE(suite.workloads[0].rows.forward);
    EXPECT_FALSE(suite.workloads[0].rows.layers_hot);
}

TEST(LoadSuite, the_command_line_replaces_every_axis) {
    const SuiteOverrides overrides{.precisions = {Precision::int8},
                                   .prunings = {{}, parse_pruning("all@0.5")},
                                   .batches = {1, 4},
                                   .size = Size{64, 96},
                                   .classes = 10,
                                   .min_time = 0.125};
    const Suite suite = load_suite("resnet18", overrides);
    EXPECT_THAT(ids(suite), ElementsAre("resnet18/none/precision:int8/batch:1/size:64x96",
                                        "resnet18/all@0.5/precision:int8/batch:1/size:64x96",
                                        "resnet18/none/precision:int8/batch:4/size:64x96",
                                        "resnet18/all@0.5/precision:int8/batch:4/size:64x96"));
    const Workload& last = suite.workloads.back();
    EXPECT_EQ(last.network.tensors[last.network.scores].shape, (TensorShape{4, 10, 1, 1}));
    EXPECT_EQ(last.protocol.min_time, 0.125);
    EXPECT_EQ(last.macs_unpruned, count(suite.workloads[2].network).macs);
    EXPECT_LT(count(last.network).macs, last.macs_unpruned);
}

TEST(LoadSuite, smoke_measures_only_resnet18_by_layer) {
    const Suite suite = load_suite("smoke");
    EXPECT_EQ(suite.workloads.size(), 4u + 4u + 6u);
    for (const Workload& workload : suite.workloads)
        EXPECT_EQ(workload.rows.layers_hot, workload.network_name == "resnet18") << workload.id();
}

TEST(LoadSuite, shipped_suites_load_under_their_names) {
    ASSERT_FALSE(shipped_suites().empty());
    for (const SuiteEntry& entry : shipped_suites())
        EXPECT_EQ(load_suite(entry.name).name, entry.name);
}

TEST(LoadSuite, hash_follows_the_text) {
    EXPECT_EQ(load_suite("resnet18").hash, load_suite("resnet18").hash);
    EXPECT_NE(load_suite("resnet18").hash, load_suite("mobilenet_v2").hash);
    EXPECT_EQ(load_suite("resnet18").hash.size(), 16u);
}

TEST(LoadSuite, unknown_names_bring_near_suites_and_networks) {
    EXPECT_THAT([] { load_suite("smok"); },
                ThrowsMessage<std::runtime_error>(HasSubstr("did you mean smoke")));
    EXPECT_THAT([] { load_suite("resnet19"); },
                ThrowsMessage<std::runtime_error>(HasSubstr("did you mean resnet18")));
}

TEST(LoadSuite, a_pruning_that_the_network_lacks_is_named) {
    EXPECT_THAT([] { load_suite("resnet18", {.prunings = {parse_pruning("first2@0.5")}}); },
                ThrowsMessage<std::invalid_argument>(
                    HasSubstr("'resnet18' has no alias, block or convolution 'first2'")));
}

TEST_F(SuiteFile, keys_of_a_run_reach_its_workloads) {
    const Suite suite =
        load(R"({"name": "mine", "about": "test", "protocol": {"warm_up": 0.25, "min_time": 1},
        "runs": [{"network": "resnet18", "size": [64, 32], "batches": [2], "precisions": ["fp32"],
                  "seed": 7, "classes": 5, "rows": ["layers_cold"],
                  "protocol": {"min_time": 3, "min_samples": 20}}]})");
    ASSERT_EQ(suite.workloads.size(), 1u);
    const Workload& workload = suite.workloads[0];
    EXPECT_EQ(workload.id(), "resnet18/none/precision:fp32/batch:2/size:64x32");
    EXPECT_EQ(workload.seed, 7u);
    EXPECT_EQ(workload.classes, 5);
    EXPECT_FALSE(workload.rows.forward);
    EXPECT_TRUE(workload.rows.layers_cold);
    EXPECT_EQ(workload.protocol, (Protocol{.warm_up = 0.25, .min_time = 3, .min_samples = 20}));
}

TEST_F(SuiteFile, network_paths_are_relative_to_the_suite) {
    std::ofstream(folder_ + "net.json") << R"({"name": "net", "about": "test", "classes": 2,
        "input": {"channels": 3, "height": 8, "width": 8},
        "layers": [{"name": "a", "block": "b", "op": "conv", "filters": 4, "kernel": 3}]})";
    const Suite suite =
        load(R"({"name": "mine", "about": "test", "runs": [{"network": "net.json"}]})");
    EXPECT_EQ(suite.workloads.at(0).id(), "net/none/precision:fp32/batch:1/size:8x8");
}

TEST_F(SuiteFile, widths_are_an_axis_that_stands_in_names) {
    const Suite suite = load(R"({"name": "mine", "about": "test", "runs": [
        {"network": "mobilenet_v2", "widths": [1, 0.75], "precisions": ["int8"]}]})");
    EXPECT_THAT(ids(suite),
                ElementsAre("mobilenet_v2/none/precision:int8/batch:1/size:224x224",
                            "mobilenet_v2_0.75/none/precision:int8/batch:1/size:224x224"));
    EXPECT_EQ(suite.workloads[1].network_source, "mobilenet_v2");
    EXPECT_EQ(suite.workloads[1].width, 0.75);
    EXPECT_EQ(load_suite("mobilenet_v1", {.widths = {0.5}}).workloads[0].width, 0.5);
}

TEST_F(SuiteFile, plans_of_pruning_are_named_or_stand_beside_the_suite) {
    std::ofstream(folder_ + "thin.json") << R"({"name": "thin", "about": "test", "multiple_of": 4,
        "keep": [{"of": "all", "ratio": 0.5}, {"of": ["layer1.0.conv1"], "ratio": 0.25}]})";
    const Suite suite = load(R"({"name": "mine", "about": "test", "runs": [
        {"network": "resnet18", "prunings": ["thin.json", "graded", "all@0.5/8"],
         "precisions": ["fp32"]}]})");
    EXPECT_THAT(ids(suite), ElementsAre("resnet18/thin/4/precision:fp32/batch:1/size:224x224",
                                        "resnet18/graded/8/precision:fp32/batch:1/size:224x224",
                                        "resnet18/all@0.5/8/precision:fp32/batch:1/size:224x224"));
    EXPECT_EQ(suite.workloads[0].pruning.source, folder_ + "thin.json");
    EXPECT_EQ(suite.workloads[1].pruning.source, "graded");
    const Network& thin = suite.workloads[0].network;
    EXPECT_EQ(thin.tensors[thin.nodes[2].output].name, "layer1.0.conv1");
    EXPECT_EQ(thin.tensors[thin.nodes[2].output].shape.channels, 16);
    EXPECT_EQ(thin.tensors[thin.nodes[3].output].shape.channels, 32);
}

TEST_F(SuiteFile, mistakes_at_the_top_name_file_place_and_what_is_allowed) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"("runs": [])", "'runs' is empty"},
        {R"("protocol": {})", "the key 'runs' is missing"},
        {R"("run": [])", "unknown key 'run', allowed are: name, about, protocol, runs"},
        {R"("runs": [{"network": 3}])", "$.runs[0].network: expected a string"},
        {R"("runs": [{"network": "resnet18"}], "protocol": {"min_time": -1})",
         "$.protocol.min_time: expected a number from 0"},
    };
    for (const auto& [keys, complaint] : cases)
        EXPECT_THAT(
            [&] { load(R"({"name": "m", "about": "t", )" + keys + "}"); },
            ThrowsMessage<std::runtime_error>(AllOf(HasSubstr(path_), HasSubstr(complaint))))
            << keys;
}

TEST_F(SuiteFile, an_unknown_network_is_named_with_its_run) {
    EXPECT_THAT([&] { load(R"({"name": "m", "about": "t", "runs": [{"network": "resnet81"}]})"); },
                ThrowsMessage<std::runtime_error>(
                    HasSubstr(path_ + ": $.runs[0]: unknown network 'resnet81': did you mean")));
}

TEST_F(SuiteFile, a_size_that_a_network_cannot_take_is_named_with_its_run) {
    EXPECT_THAT(
        [&] {
            load(R"({"name": "m", "about": "t",
                     "runs": [{"network": "swiftnet_rn34_pyramid", "size": [33, 35]}]})");
        },
        ThrowsMessage<std::runtime_error>(AllOf(
            HasSubstr("$.runs[0]: networks/swiftnet_rn34_pyramid.json: "), HasSubstr("33x35"))));
}

TEST_F(SuiteFile, axes_that_span_too_much_are_refused_before_memory_is_full) {
    std::string batches = "1";
    for (int batch = 2; batch < 3000; ++batch) batches += fmt::format(", {}", batch);
    EXPECT_THAT(
        [&] {
            load(R"({"name": "m", "about": "t",
                     "runs": [{"network": "resnet18_cifar", "batches": [)" +
                 batches + "]}]}");
        },
        ThrowsMessage<std::runtime_error>(
            AllOf(HasSubstr("$.runs[0]: "), HasSubstr("more than 5000 workloads"))));
}

TEST_F(SuiteFile, mistakes_in_a_run_name_file_place_and_what_is_allowed) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"("precision": "fp32")", "$.runs[0]: unknown key 'precision'"},
        {R"("precisions": ["fp64"])", "$.runs[0].precisions[0]: expected one of fp32, "},
        {R"("precisions": [])", "$.runs[0].precisions: expected at least one value"},
        {R"("prunings": ["all@2"])",
         "$.runs[0].prunings[0]: pruning 'all@2': expected none, or NAME@RATIO"},
        {R"("prunings": ["grade"])",
         "$.runs[0].prunings[0]: pruning 'grade': expected none, NAME@RATIO"},
        {R"("widths": [0])", "$.runs[0].widths[0]: expected a number from 0.05"},
        {R"("batches": [0])", "$.runs[0].batches[0]: expected a whole number from 1"},
        {R"("size": [224])", "$.runs[0].size: expected [height, width]"},
        {R"("rows": [])", "$.runs[0].rows: expected at least one value"},
        {R"("prunings": ["first3@0.5"])", "$.runs[0]: pruning 'first3@0.5': network 'resnet18'"},
        {R"("prunings": ["none.json"])", "$.runs[0].prunings[0]: cannot read"},
        {R"("rows": ["layers"])", "expected one of \"forward\", \"layers_hot\", \"layers_cold\""},
    };
    for (const auto& [keys, complaint] : cases) {
        const std::string run = R"({"network": "resnet18", )" + keys + "}";
        EXPECT_THAT(
            [&] { load(R"({"name": "m", "about": "t", "runs": [)" + run + "]}"); },
            ThrowsMessage<std::runtime_error>(AllOf(HasSubstr(path_), HasSubstr(complaint))))
            << keys;
    }
}

}  // namespace
}  // namespace slimbench
