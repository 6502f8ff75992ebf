// What can be named, and what it costs: `describe` and `list`.
#include <regex>
#include <set>
#include <sstream>

#include "tests/cli/fixture.h"

namespace slimbench::testing {
namespace {

using ::testing::AllOf;

class Describe : public CliTest {
protected:
    nlohmann::json described(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"describe", "--json"});
        const Finished finished = run(arguments);
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        return nlohmann::json::parse(finished.out);
    }
};

struct Counted {
    const char* network;
    std::int64_t params, macs;
};

TEST_F(Describe, counts_shipped_networks_exactly) {
    const Counted table[] = {
        {"resnet34", 21'797'672, 3'663'761'408},        {"resnet50", 25'557'032, 4'089'184'256},
        {"mobilenet_v1", 4'231'976, 568'740'352},       {"resnet18_cifar", 11'173'962, 555'422'720},
        {"swiftnet_rn18", 11'797'071, 103'566'133'248},
    };
    for (const Counted& row : table) {
        const auto found = described({row.network});
        EXPECT_EQ(found.at("params"), row.params) << row.network;
        EXPECT_EQ(found.at("macs"), row.macs) << row.network;
    }
    EXPECT_EQ(described({"resnet18_cifar", "--classes", "100"}).at("params"), 11'220'132);
}

TEST_F(Describe, width_multiplies_and_stands_in_the_name) {
    const auto found = described({"mobilenet_v2", "--width", "0.75"});
    EXPECT_EQ(found.at("network"), "mobilenet_v2_0.75");
    EXPECT_EQ(found.at("layers").at(0).at("output"), (nlohmann::json{1, 24, 112, 112}));
}

TEST_F(Describe, a_plan_says_its_multiple_and_every_pruned_group_keeps_to_it) {
    const auto whole = described({"swiftnet_rn34_pyramid"});
    const auto found = described({"swiftnet_rn34_pyramid", "--prune", "graded"});
    EXPECT_EQ(found.at("pruning"), "graded/8");
    ASSERT_EQ(found.at("groups").size(), whole.at("groups").size());
    std::size_t pruned = 0;
    for (std::size_t g = 0; g < whole.at("groups").size(); ++g) {
        const std::int64_t before = whole["groups"][g]["channels"];
        const std::int64_t after = found["groups"][g]["channels"];
        if (before == after) continue;
        EXPECT_TRUE(whole["groups"][g]["prunable"]);
        EXPECT_EQ(after % 8, 0);
        ++pruned;
    }
    EXPECT_GT(pruned, 10u);
}

TEST_F(Describe, groups_name_what_a_plan_may_name) {
    const Finished finished = run({"describe", "resnet18", "--groups"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out,
                HasSubstr("64  yes       block1 stem    conv1 layer1.0.conv2 layer1.1.conv2\n"));
    EXPECT_TRUE(std::regex_search(finished.out, std::regex("\nfc +1000  no "))) << finished.out;

    const std::string plan = write("plan.json", R"({"name": "mine", "about": "test",
        "keep": [{"of": "layer1.0.conv1", "ratio": 0.25}]})");
    const auto found = described({"resnet18", "--prune", plan});
    EXPECT_EQ(found.at("pruning"), "mine");
    EXPECT_EQ(found.at("layers").at(2).at("output"), (nlohmann::json{1, 16, 56, 56}));
}

TEST_F(Describe, prunings_that_do_not_fit_say_what_does) {
    const std::string plan = write("plan.json", R"({"name": "mine", "about": "test",
        "keep": [{"of": "layer1.0.conv3", "ratio": 0.25}]})");
    const Finished finished = run({"describe", "resnet18", "--prune", plan});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, AllOf(HasSubstr(plan + ": $.keep[0]"), HasSubstr("layer1.0.conv3"),
                                    HasSubstr("describe resnet18 --groups")));
    EXPECT_EQ(run({"describe", "resnet18", "--width", "0.5"}).exit_code, 2);
    EXPECT_EQ(run({"describe", "mobilenet_v2", "--width", "0"}).exit_code, 2);
}

class List : public CliTest {
protected:
    // Fields of each line, split at two spaces and more; the first is the name.
    std::vector<std::vector<std::string>> listed(const std::string& what) {
        const Finished finished = run({"list", what});
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        std::vector<std::vector<std::string>> rows;
        std::istringstream stream(finished.out);
        const std::regex gap("  +");
        for (std::string line; std::getline(stream, line);)
            rows.emplace_back(std::sregex_token_iterator(line.begin(), line.end(), gap, -1),
                              std::sregex_token_iterator());
        return rows;
    }
};

TEST_F(List, networks_stand_with_their_counts) {
    std::map<std::string, std::vector<std::string>> networks;
    for (const auto& row : listed("networks")) {
        ASSERT_GE(row.size(), 6u);
        networks[row[0]] = {row.begin() + 1, row.begin() + 5};
    }
    const auto counts = [&](const char* network) { return networks[network]; };
    using Cells = std::vector<std::string>;
    EXPECT_EQ(counts("network"), (Cells{"input", "params", "GMACs", "convs"}));
    EXPECT_EQ(counts("resnet18"), (Cells{"224x224", "11689512", "1.814", "20"}));
    EXPECT_EQ(counts("resnet50"), (Cells{"224x224", "25557032", "4.089", "53"}));
    EXPECT_EQ(counts("mobilenet_v2"), (Cells{"224x224", "3504872", "0.301", "52"}));
    EXPECT_EQ(counts("swiftnet_rn34_pyramid"), (Cells{"1024x2048", "22040278", "209.235", "122"}));
    EXPECT_EQ(counts("swiftnet_rn18"), (Cells{"1024x2048", "11797071", "103.566", "32"}));
}

TEST_F(List, every_listed_name_can_be_used) {
    for (const auto& row : listed("networks"))
        if (row[0] != "network") {
            EXPECT_EQ(run({"describe", row[0]}).exit_code, 0) << row[0];
        }
    for (const auto& row : listed("prunings"))
        EXPECT_EQ(run({"describe", "resnet18", "--prune", row[0]}).exit_code, 0) << row[0];
}

TEST_F(List, kernels_of_every_operation_are_known) {
    std::set<std::string> families;
    for (const auto& row : listed("kernels")) families.insert(row[0].substr(0, row[0].find('_')));
    for (const char* family : {"conv", "depthwise", "pool", "eltwise", "concat", "resize"})
        EXPECT_TRUE(families.contains(family)) << family;
}

TEST_F(List, what_cannot_be_listed_is_refused_with_what_can) {
    const Finished finished = run({"list", "devices"});
    EXPECT_EQ(finished.exit_code, 2);
    for (const char* word : {"networks", "prunings", "suites", "kernels"})
        EXPECT_THAT(finished.err, HasSubstr(word));
}

}  // namespace
}  // namespace slimbench::testing
