#include "host/kernel/tuning_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/kernel/plan.h"
#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

const TuningKey key{"this device", "these kernels", "fp32 | conv a"};

TunedTrial trial(std::string variant, double share_of_default) {
    return {std::move(variant), TunedTrial::Times{share_of_default * 1e-3, 1e-6, 1e-3, 10}, "",
            "2026-01-31T12:00:00Z"};
}

TuningTable table_of(TunedStep step) {
    TuningTable table;
    table.put(key, std::move(step));
    return table;
}

TunedChoices choices_of(const TuningTable& table, std::string_view precision = "fp32") {
    return table.choices("this device", {"these kernels", "others"}, precision);
}

TEST(TunedStep, best_is_the_quickest_that_is_clearly_quicker_than_the_default) {
    EXPECT_EQ((TunedStep{"usual", {trial("a", 0.9), trial("b", 0.8), trial("c", 1.5)}}.best()),
              "b");
    EXPECT_EQ((TunedStep{"usual", {trial("a", 0.99)}}.best()), "usual") << "that may be noise";
    EXPECT_EQ((TunedStep{"usual", {}}.best()), "usual");
}

TEST(TunedStep, what_was_wrong_or_crashed_is_never_the_best) {
    const TunedTrial wrong{"a", {}, "wrong output: n0", ""};
    EXPECT_EQ((TunedStep{"usual", {wrong}}.best()), "usual");
}

TEST(TuningTable, chooses_for_its_device_kernels_and_precision_alone) {
    const TuningTable table = table_of({"usual", {trial("quick", 0.5)}});
    EXPECT_THAT(choices_of(table), UnorderedElementsAre(Pair("conv a", "quick")));
    EXPECT_THAT(table.choices("another device", {"these kernels"}, "fp32"), IsEmpty());
    EXPECT_THAT(table.choices("this device", {"changed kernels"}, "fp32"), IsEmpty());
    EXPECT_THAT(choices_of(table, "fp16"), IsEmpty());
}

TEST(TuningTable, of_a_user_wins_over_the_shipped_one) {
    TuningTable shipped = table_of({"usual", {trial("quick", 0.5)}});
    shipped.put({"this device", "others", "fp32 | pool b"}, {"usual", {trial("quick", 0.5)}});
    shipped.take(table_of({"usual", {trial("quick", 1.2)}}));
    EXPECT_THAT(choices_of(shipped),
                UnorderedElementsAre(Pair("conv a", "usual"), Pair("pool b", "quick")));
}

TEST(TuningTable, text_reads_back_as_itself) {
    TuningTable table = table_of({"usual", {trial("a", 0.9), {"b", {}, "signal 4", "today"}}});
    table.put({"this device", "others", "int8 | pool b"}, {"usual", {trial("quick", 0.5)}});
    const TuningTable read = parse_tuning("t.json", table.text());
    EXPECT_EQ(read.text(), table.text());
    EXPECT_EQ(read.find(key)->trial("b")->why_not, "signal 4");
    EXPECT_DOUBLE_EQ(read.find(key)->trial("a")->times->median, 0.9e-3);
}

TEST(TuningTable, that_is_broken_is_refused_with_file_and_place) {
    const auto complaint = [](std::string text, const std::string& right,
                              const std::string& wrong) {
        text.replace(text.find(right), right.size(), wrong);
        return [text] { parse_tuning("t.json", text); };
    };
    const std::string text = table_of({"usual", {trial("a", 0.9)}}).text();
    EXPECT_THAT(complaint(text, "slimbench-tuning-1", "slimbench-tuning-9"),
                ThrowsMessage<std::runtime_error>(
                    AllOf(HasSubstr("t.json"), HasSubstr("$.schema"), HasSubstr("tuning-1"))));
    EXPECT_THAT(complaint(text, "\"median_ns\": 900000.0", "\"median_ns\": -1"),
                ThrowsMessage<std::runtime_error>(
                    AllOf(HasSubstr("t.json"), HasSubstr("$.entries[0].tried[0].median_ns"))));
    EXPECT_THAT(complaint(text, "\"samples\"", "\"sampels\""),
                ThrowsMessage<std::runtime_error>(HasSubstr("sampels")));
    EXPECT_THAT([&] { parse_tuning("t.json", text.substr(0, text.size() / 2)); },
                ThrowsMessage<std::runtime_error>(HasSubstr("t.json")));
}

class TunedChoice : public ::testing::Test {
protected:
    Choice choose_with(const Selection& selection) const {
        return choose(conv_.step, conv_.network, Precision::fp32, device_, selection);
    }

    LoneStep conv_ = lone_conv("mb1ic64ih56oc64kh1");
    DeviceTraits device_ = device_of(Tier::avx512);
};

TEST_F(TunedChoice, comes_before_the_registry_s_order) {
    const Choice usual = choose_with({});
    EXPECT_EQ(usual.variant->name, "conv_blocked.fp32.avx512");
    EXPECT_EQ(name(usual.chosen_by), "default");
    const Choice tuned = choose_with({.tuned = "conv_blocked.fp32.avx2"});
    EXPECT_EQ(tuned.variant->name, "conv_blocked.fp32.avx2");
    EXPECT_EQ(name(tuned.chosen_by), "tuned");
    EXPECT_EQ(name(choose_with({.tuned = "conv_blocked.fp32.avx512"}).chosen_by), "tuned")
        << "that the default is the quickest was measured too";
}

TEST_F(TunedChoice, that_is_refused_or_unknown_leaves_the_default_and_says_so) {
    const Choice refused = choose_with({.tuned = "conv_winograd.fp32.avx512"});
    EXPECT_EQ(refused.variant->name, "conv_blocked.fp32.avx512");
    EXPECT_EQ(name(refused.chosen_by), "default");
    EXPECT_THAT(refused.refused.front(),
                HasSubstr("conv_winograd.fp32.avx512: computes dense 3x3"));
    EXPECT_EQ(name(choose_with({.tuned = "no such row"}).chosen_by), "default");
    EXPECT_EQ(choose_with({.tier = Tier::avx2, .tuned = "conv_blocked.fp32.avx512"}).variant->name,
              "conv_blocked.fp32.avx2");
}

TEST_F(TunedChoice, gives_way_to_a_name_that_the_run_asks_for) {
    for (const Selection& selection :
         {Selection{.only = "portable", .tuned = "conv_blocked.fp32.avx2"},
          Selection{.preferred = "portable", .tuned = "conv_blocked.fp32.avx2"}}) {
        const Choice choice = choose_with(selection);
        EXPECT_EQ(choice.variant->name, "conv_blocked.fp32.portable");
        EXPECT_EQ(name(choice.chosen_by), "named");
    }
    EXPECT_EQ(
        name(choose_with({.only = "pool_plain", .tuned = "conv_blocked.fp32.avx2"}).chosen_by),
        "tuned")
        << "that name is meant for another family";
}

TEST_F(TunedChoice, is_made_by_text_and_layouts) {
    const Network network = conv_.network;
    const auto plan = [&](const TunedChoices& tuned) {
        return plan_network(network, {conv_.step}, Precision::fp32, device_, {}, tuned);
    };
    const std::string place = plan({}).steps[0].place;
    EXPECT_THAT(place, HasSubstr("in 64/0 out 64/0"));
    EXPECT_EQ(plan({{place, "conv_blocked.fp32.avx2"}}).steps[0].choice.variant->name,
              "conv_blocked.fp32.avx2");
    EXPECT_EQ(plan({{place + "1", "conv_blocked.fp32.avx2"}}).steps[0].choice.variant->name,
              "conv_blocked.fp32.avx512");
}

TEST(Candidates, hold_the_default_and_leave_out_what_cannot_win) {
    const auto names = [](const LoneStep& lone, Precision precision, Tier tier) {
        std::vector<std::string_view> all;
        for (const Variant* row : candidates(lone.step, lone.network, precision, device_of(tier)))
            all.push_back(row->name);
        return all;
    };
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh1");
    EXPECT_THAT(
        names(conv, Precision::fp32, Tier::avx512),
        ::testing::ElementsAre("conv_blocked.fp32.avx512.block64", "conv_blocked.fp32.avx512",
                               "conv_blocked.fp32.avx2", "clblast_vector.fp32"));
    EXPECT_THAT(names(conv, Precision::int8, Tier::portable),
                ::testing::ElementsAre("conv_blocked.int8.portable"));
    for (const LoneStep& lone : steps_of_every_family())
        for (const Precision precision : all_precisions)
            for (const Tier tier : all_tiers) {
                const Choice usual = choose(lone.step, lone.network, precision, device_of(tier));
                EXPECT_THAT(names(lone, precision, tier), Contains(usual.variant->name));
            }
}

}  // namespace
}  // namespace slimbench
