// A whole network as one chain: every kernel tier, shared memory, the same bits however it is run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/device/residual_network.h"
#include "tests/device/test_device.h"

namespace slimbench::testing {
namespace {

Plan plan_at(const NumericProblem& problem, Precision precision, std::optional<Tier> tier = {}) {
    return plan_network(problem.network, problem.steps, precision, test_device().traits(),
                        {tier, ""});
}

class EveryTier : public ::testing::TestWithParam<Tier> {
protected:
    void SetUp() override {
        if (GetParam() > test_device().traits().tier)
            GTEST_SKIP() << test_device().traits().name << " has no " << name(GetParam());
    }
};

TEST_P(EveryTier, adds_up_an_int8_chain_bit_for_bit) {
    const NumericProblem problem = numeric_problem(residual_network(), Precision::int8);
    ProgramCache programs(test_device());
    VerifiedChain<std::uint8_t> chain(test_device(), programs, problem,
                                      plan_at(problem, Precision::int8, GetParam()));
    const Verdict verdict = chain.verify_end_to_end(seed, 2);
    EXPECT_EQ(verdict.result, Verdict::Result::correct) << verdict.worst_at;
    EXPECT_GT(verdict.checked, 10'000);
}

template <class Element>
void expect_within_bounds(Precision precision, Tier tier) {
    const NumericProblem problem = numeric_problem(residual_network(), precision);
    ProgramCache programs(test_device());
    VerifiedChain<Element> chain(test_device(), programs, problem,
                                 plan_at(problem, precision, tier));
    for (const Verdict& verdict : verify_all(chain))
        EXPECT_EQ(verdict.result, Verdict::Result::correct) << verdict.worst_at;
    chain.chain().run();
    EXPECT_TRUE(chain.output_unchanged());
}

TEST_P(EveryTier, computes_an_fp32_chain_within_its_bounds) {
    expect_within_bounds<float>(Precision::fp32, GetParam());
}

TEST_P(EveryTier, computes_an_fp16_chain_within_its_bounds) {
    expect_within_bounds<Half>(Precision::fp16, GetParam());
}

TEST_P(EveryTier, takes_no_kernel_of_a_higher_tier) {
    const NumericProblem problem = numeric_problem(residual_network(), Precision::int8);
    for (const PlannedStep& step : plan_at(problem, Precision::int8, GetParam()).steps)
        EXPECT_LE(step.choice.variant->tier, GetParam()) << step.choice.variant->name;
}

std::string tier_name(const ::testing::TestParamInfo<Tier>& tested) {
    std::string text(name(tested.param));
    std::ranges::replace(text, '-', '_');
    return text;
}

INSTANTIATE_TEST_SUITE_P(Chain, EveryTier,
                         ::testing::Values(Tier::portable, Tier::avx2, Tier::avx512,
                                           Tier::avx512_vnni, Tier::amx),
                         tier_name);

TEST(Chain, shares_slots_between_tensors) {
    const NumericProblem problem = numeric_problem(residual_network(), Precision::int8);
    const Plan plan = plan_at(problem, Precision::int8);
    std::set<std::size_t> slots;
    std::size_t tensors = 0;
    for (const std::size_t slot : plan.slots)
        if (slot != Plan::no_slot) slots.insert(slot), ++tensors;
    EXPECT_LT(slots.size(), tensors) << "the network above no longer shows that sharing works";
}

TEST(Chain, output_changed_behind_its_back_is_noticed) {
    const NumericProblem problem = numeric_problem(residual_network(), Precision::fp32);
    ProgramCache programs(test_device());
    VerifiedChain<float> chain(test_device(), programs, problem, plan_at(problem, Precision::fp32));
    verify_all(chain);
    EXPECT_TRUE(chain.output_unchanged());
    const TensorId scores = problem.network.scores;
    std::vector<float> memory(chain.plan().tensor_bytes(problem.network, scores) / sizeof(float));
    chain.chain().read(scores, memory.data());
    memory.front() = std::nextafter(memory.front(), 1e9f);
    chain.chain().write(scores, memory.data());
    EXPECT_FALSE(chain.output_unchanged());
    chain.chain().run();
    EXPECT_TRUE(chain.output_unchanged());
}

TEST(Chain, verdicts_are_taken_from_the_cache_only_where_everything_is_equal) {
    const NumericProblem problem = numeric_problem(residual_network(), Precision::int8);
    ProgramCache programs(test_device());
    VerifiedChain<std::uint8_t> chain(test_device(), programs, problem,
                                      plan_at(problem, Precision::int8));
    VerdictCache cache("", "");
    const auto silent = [](const std::string&, std::size_t, std::size_t) {};
    const auto cached = [&](std::uint64_t with_seed) {
        std::size_t count = 0;
        for (const Verdict& verdict : chain.verify(with_seed, cache, 2, silent))
            count += verdict.cached;
        return count;
    };
    const std::size_t steps = problem.steps.size();
    EXPECT_LT(cached(seed), steps);
    EXPECT_EQ(cached(seed), steps);
    EXPECT_LT(cached(seed + 1), steps);
}

}  // namespace
}  // namespace slimbench::testing
