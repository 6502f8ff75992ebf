// Plans of pruning: what they say and what is said to mistakes.
#include "host/suite/pruning_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/suite/network_file.h"

namespace slimbench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class PlanFile : public testing::Test {
protected:
    std::string path_ = fmt::format("{}slimbench_plan_{}.json", testing::TempDir(), getpid());
    void TearDown() override { std::filesystem::remove(path_); }
    PruningPlan load(const std::string& keys) const {
        std::ofstream(path_) << R"({"name": "mine", "about": "test", )" << keys << "}";
        return load_pruning(path_);
    }
};

TEST_F(PlanFile, rules_and_multiple_are_read_and_the_text_states_the_multiple) {
    const PruningPlan plan = load(
        R"("multiple_of": 8,
           "keep": [{"of": "all", "ratio": 1}, {"of": ["a", "b"], "ratio": 0.25}])");
    EXPECT_EQ(plan.text(), "mine/8");
    EXPECT_EQ(plan.source, path_);
    ASSERT_EQ(plan.rules.size(), 2u);
    EXPECT_THAT(plan.rules[0].of, ElementsAre("all"));
    EXPECT_THAT(plan.rules[1].of, ElementsAre("a", "b"));
    EXPECT_EQ(plan.rules[1].keep, 0.25);
    EXPECT_EQ(load(R"("keep": [{"of": "all", "ratio": 0.5}])").text(), "mine");
}

TEST_F(PlanFile, mistakes_name_file_place_and_what_is_allowed) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"("keep": [])", "$.keep: expected at least one rule"},
        {R"("multiple_of": 8)", "the key 'keep' is missing"},
        {R"("keep": {"all": 0.5})", "$.keep: expected a list"},
        {R"("keeps": [])", "unknown key 'keeps', allowed are: name, about, multiple_of, keep"},
        {R"("multiple_of": 0, "keep": [])", "$.multiple_of: expected a whole number from 1"},
        {R"("keep": [{"of": "all", "ratio": 0}])", "$.keep[0].ratio: expected a number above 0"},
        {R"("keep": [{"of": "all", "ratio": 1.5}])", "$.keep[0].ratio: expected a number from 0"},
        {R"("keep": [{"of": [], "ratio": 0.5}])", "$.keep[0].of: expected at least one name"},
        {R"("keep": [{"of": 3, "ratio": 0.5}])", "$.keep[0].of: expected"},
        {R"("keep": [{"of": "all", "keep": 0.5}])", "unknown key 'keep', allowed are: of, ratio"},
    };
    for (const auto& [keys, complaint] : cases)
        EXPECT_THAT([&] { load(keys); }, ThrowsMessage<std::runtime_error>(
                                             AllOf(HasSubstr(path_), HasSubstr(complaint))))
            << keys;
}

TEST_F(PlanFile, names_that_would_tear_ids_apart_are_refused) {
    for (const char* name : {"", "none", "a/b", "a@1", "a b", "a,b"}) {
        std::ofstream(path_) << fmt::format(
            R"({{"name": "{}", "about": "test", "keep": [{{"of": "all", "ratio": 1}}]}})", name);
        EXPECT_THAT([&] { load_pruning(path_); },
                    ThrowsMessage<std::runtime_error>(HasSubstr("$.name: expected a name of")))
            << name;
    }
}

TEST_F(PlanFile, a_rule_that_does_not_fit_the_network_names_its_place) {
    const PruningPlan plan =
        load(R"("keep": [{"of": "all", "ratio": 0.5}, {"of": "layer9.0.conv1", "ratio": 0.5}])");
    EXPECT_THAT([&] { prune(load_network("resnet18"), plan); },
                ThrowsMessage<std::invalid_argument>(
                    AllOf(HasSubstr(path_ + ": $.keep[1]: network 'resnet18'"),
                          HasSubstr("'layer9.0.conv1'"), HasSubstr("describe resnet18 --groups"))));
}

TEST(LoadPruning, texts_and_shipped_plans_are_told_apart) {
    EXPECT_EQ(load_pruning("none").text(), "none");
    EXPECT_EQ(load_pruning("all@0.5/8").source, "all@0.5/8");
    EXPECT_EQ(load_pruning("graded").text(), "graded/8");
}

TEST(LoadPruning, unknown_plans_bring_near_ones) {
    EXPECT_THAT([] { load_pruning("grade"); },
                ThrowsMessage<std::invalid_argument>(
                    AllOf(HasSubstr("pruning 'grade'"), HasSubstr("did you mean graded?"))));
    EXPECT_THAT([] { load_pruning("absent.json"); },
                ThrowsMessage<std::runtime_error>(HasSubstr("No such file")));
}

}  // namespace
}  // namespace slimbench
