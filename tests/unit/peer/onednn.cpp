// oneDNN's convolutions against the same reference that our kernels are held to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/peer/peer.h"
#include "host/verify/reference.h"
#include "tests/support/exact_peers.h"
#include "tests/unit/verify/cases.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Onednn : public ::testing::Test {
protected:
    void SetUp() override {
        if (onednn_version().empty())
            GTEST_SKIP() << "built without oneDNN (libdnnl-dev): the peer was not tested";
    }
};

struct NamedProblem {
    const char* name;
    ConvProblem problem;
};

std::vector<NamedProblem> problems() {
    return {
        {"3x3", conv_problem({1, 64, 14, 14}, 64, {.kernel = {3, 3}, .pad = Padding::all(1)})},
        {"stem", conv_problem({1, 3, 40, 40}, 32,
                              {.kernel = {7, 7}, .stride = {2, 2}, .pad = Padding::all(3)})},
        {"1x1", conv_problem({2, 48, 9, 9}, 40)},
        {"depthwise", conv_problem({1, 32, 15, 15}, 32,
                                   {.kernel = {3, 3}, .pad = Padding::all(1), .groups = 32})},
        {"grouped", conv_problem({1, 32, 10, 10}, 64,
                                 {.kernel = {3, 3}, .pad = Padding::all(1), .groups = 4})},
        {"odd", conv_problem({1, 37, 19, 17}, 53,
                             {.kernel = {3, 3}, .stride = {2, 2}, .pad = {1, 0, 0, 1}})},
        {"dilated", conv_problem({1, 16, 20, 20}, 16,
                                 {.kernel = {3, 3}, .pad = Padding::all(2), .dilation = {2, 2}})},
        {"fully connected", conv_problem({1, 512, 1, 1}, 100)}};
}

// Two products of weights below 64 fit 16 bits.
template <class Element>
void keep_pairs_within_16_bits(Case<Element>& c) {
    if constexpr (integer<Element>) {
        if (onednn_has_exact_int8()) return;
        auto& weights = std::get<std::vector<std::int8_t>>(c.constants.weights);
        const std::size_t per_filter = weights.size() / c.constants.init.size();
        std::ranges::fill(c.constants.init, 0);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weights[i] = static_cast<std::int8_t>(weights[i] / 2);
            c.constants.init[i / per_filter] -=
                static_cast<int>(c.constants.input_pad) * weights[i];
        }
    }
}

// What the peer computes, held to its rule (host/run/onednn_service.cpp): INT8 rounds in another
// place, so it may lie one step off.
template <class Element>
void expect_peer_computes(const NamedProblem& named, const ConvExtras& extras) {
    SCOPED_TRACE(named.name);
    auto c = conv_case<Element>(named.problem, 11, extras);
    keep_pairs_within_16_bits(c);
    const PeerOffer<Element> offer = onednn_step<Element>(c.step, c.constants);
    ASSERT_NE(offer.step, nullptr) << offer.refused;
    offer.step->upload(c.input, c.residual_or_null());
    EXPECT_GT(offer.step->run(), 0);
    const Verdict verdict =
        verify_step(c.step, c.constants, c.input, c.residual_or_null(), offer.step->output(),
                    {.allowed_steps = integer<Element> ? 1 : 0, .bias_first = true}, 2);
    EXPECT_EQ(verdict.result, Verdict::Result::correct)
        << verdict.worst << " x bound at " << verdict.worst_at << ", "
        << offer.step->implementation();
    EXPECT_THAT(offer.step->implementation(), ::testing::Not(IsEmpty()));
}

TEST_F(Onednn, fp32_convolutions_match_the_reference) {
    for (const NamedProblem& named : problems()) expect_peer_computes<float>(named, {});
}

TEST_F(Onednn, fp32_residual_and_relu_match_the_reference) {
    for (const NamedProblem& named : problems())
        expect_peer_computes<float>(named, {.residual = true, .activation = Activation::relu});
}

TEST_F(Onednn, fp32_relu6_matches_the_reference) {
    for (const NamedProblem& named : problems())
        expect_peer_computes<float>(named, {.activation = Activation::relu6});
}

TEST_F(Onednn, int8_convolutions_lie_within_one_step_of_the_reference) {
    for (const NamedProblem& named : problems()) expect_peer_computes<std::uint8_t>(named, {});
}

TEST_F(Onednn, int8_residual_and_relu6_lie_within_one_step_of_the_reference) {
    for (const NamedProblem& named : problems())
        expect_peer_computes<std::uint8_t>(named,
                                           {.residual = true, .activation = Activation::relu6});
}

TEST_F(Onednn, output_is_that_of_one_run_however_often_it_ran) {
    const auto c = conv_case<float>(problems()[0].problem, 12, {.residual = true});
    const auto offer = onednn_step<float>(c.step, c.constants);
    offer.step->upload(c.input, c.residual_or_null());
    const auto first = offer.step->output().values;
    for (int i = 0; i < 3; ++i) offer.step->run();
    EXPECT_EQ(offer.step->output().values, first);
}

TEST_F(Onednn, direct_algorithms_leave_winograds_out) {
    // oneDNN offers Winograd's for this one where the CPU has AVX-512, and it may be the fastest.
    const auto c = conv_case<float>(
        conv_problem({1, 128, 28, 28}, 128, {.kernel = {3, 3}, .pad = Padding::all(1)}), 12, {});
    const auto offer = onednn_step<float>(c.step, c.constants, PeerAlgorithms::direct);
    ASSERT_NE(offer.step, nullptr) << offer.refused;
    EXPECT_THAT(offer.step->implementation(), ::testing::Not(HasSubstr("wino")));
}

TEST_F(Onednn, refuses_what_is_not_a_convolution) {
    FusedStep step;
    step.operation = Add{};
    const auto offer = onednn_step<float>(step, plain_constants(1));
    EXPECT_EQ(offer.step, nullptr);
    EXPECT_THAT(offer.refused, HasSubstr("not on add"));
}

TEST(OnednnVersion, is_empty_exactly_when_steps_are_an_error) {
    FusedStep step;
    step.operation = Add{};
    if (onednn_version().empty())
        EXPECT_THROW(onednn_step<float>(step, plain_constants(1)), std::runtime_error);
    else
        EXPECT_NO_THROW(onednn_step<float>(step, plain_constants(1)));
}

}  // namespace
}  // namespace slimbench::testing
