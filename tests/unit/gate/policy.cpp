// Policy files: what is read, and what is refused with the place it stands at.
#include "host/gate/policy.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using testing::HasSubstr;

nlohmann::json smallest() {
    return {{"name", "mine"},
            {"rows", {{{"match", "."}, {"threshold_percent", 1}, {"effect_percent", 3}}}},
            {"looks", {8}}};
}

std::string refusal_of(const nlohmann::json& document) {
    try {
        read_policy(document, "mine.json");
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Policy, first_rule_that_matches_a_row_holds) {
    nlohmann::json document = smallest();
    document["rows"] = {{{"match", "int8"}, {"threshold_percent", 4}, {"effect_percent", 8}},
                        {{"match", "resnet"}, {"threshold_percent", 1}, {"effect_percent", 3}}};
    const Policy policy = read_policy(document, "mine.json");
    EXPECT_DOUBLE_EQ(policy.limits_of("resnet18/precision:int8")->threshold, 0.04);
    EXPECT_DOUBLE_EQ(policy.limits_of("resnet18/precision:fp32")->effect, 0.03);
    EXPECT_FALSE(policy.limits_of("mobilenet/precision:fp32"));
}

TEST(Policy, shipped_one_gates_forward_passes_alone) {
    const Policy policy = default_policy();
    EXPECT_TRUE(policy.limits_of("resnet18/none/precision:fp32/batch:1/size:224x224/forward"));
    EXPECT_FALSE(
        policy.limits_of("resnet18/none/precision:fp32/batch:1/size:224x224/layer:conv1/hot"));
    EXPECT_LE(policy.budget, 120);
}

TEST(Policy, comes_back_as_it_was_written) {
    const Policy policy = default_policy();
    EXPECT_EQ(to_json(read_policy(to_json(policy), "again")), to_json(policy));
}

TEST(Policy, error_rate_is_shared_out_among_the_looks) {
    Policy policy = read_policy(smallest(), "mine.json");
    EXPECT_DOUBLE_EQ(policy.level_of_a_look(), 0.05);
    policy.looks = {8, 12, 16, 20};
    EXPECT_DOUBLE_EQ(policy.level_of_a_look(), 0.0125);
}

TEST(Policy, mistakes_are_named_with_their_place) {
    nlohmann::json document = smallest();
    document["threshold"] = 5;
    EXPECT_THAT(refusal_of(document), HasSubstr("mine.json: $: unknown key 'threshold'"));
    document = smallest();
    document["rows"][0]["match"] = "(";
    EXPECT_THAT(refusal_of(document), HasSubstr("$.rows[0].match: '(' is no regular expression"));
    document = smallest();
    document["rows"][0]["effect_percent"] = 1;
    EXPECT_THAT(refusal_of(document), HasSubstr("$.rows[0]: effect_percent must be above"));
    document = smallest();
    document["looks"] = {12, 8};
    EXPECT_THAT(refusal_of(document), HasSubstr("$.looks[1]: looks must ascend"));
    document = smallest();
    document["confirming_pairs"] = 4;
    EXPECT_THAT(refusal_of(document),
                HasSubstr("$: 4 confirming_pairs cannot confirm at error_rate 0.05"));
    document = smallest();
    document["error_rate"] = 1e-6;
    EXPECT_THAT(refusal_of(document), HasSubstr("$: 10 confirming_pairs cannot confirm"))
        << "the number that nobody named";
    document = smallest();
    document["inconclusive"] = "ignore";
    EXPECT_THAT(refusal_of(document), HasSubstr("$.inconclusive: expected one of \"fail\""));
    document = smallest();
    document["rows"] = nlohmann::json::array();
    EXPECT_THAT(refusal_of(document), HasSubstr("$.rows: expected at least one rule"));
    EXPECT_THROW(load_policy("/nowhere/policy.json"), std::runtime_error);
}

}  // namespace
}  // namespace slimbench
