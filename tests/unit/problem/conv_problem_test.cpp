// Extents, costs and text of convolutions.
#include "host/problem/conv_problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

ConvProblem stem() {
    return {.in = {1, 3, 224, 224},
            .filters = 64,
            .kernel = {7, 7},
            .stride = {2, 2},
            .pad = Padding::all(3)};
}

TEST(ConvProblem, derives_output_and_cost_of_a_strided_stem) {
    EXPECT_EQ(stem().out(), (TensorShape{1, 64, 112, 112}));
    EXPECT_EQ(stem().macs(), 118'013'952);
    EXPECT_EQ(stem().reduction(), 147);
    EXPECT_EQ(stem().weight_count(), 9408);
}

TEST(ConvProblem, output_rounds_down_where_the_stride_does_not_divide) {
    ConvProblem problem = stem();
    problem.in.height = 1081;
    EXPECT_EQ(problem.out().height, 541);
    problem.in.height = 1080;
    EXPECT_EQ(problem.out().height, 540);
}

TEST(ConvProblem, dilation_spreads_the_kernel) {
    const ConvProblem problem{
        .in = {1, 4, 9, 9}, .filters = 4, .kernel = {3, 3}, .dilation = {2, 3}};
    EXPECT_EQ(problem.out().size(), (Size{5, 3}));
}

TEST(ConvProblem, depthwise_means_one_channel_per_group_and_as_many_filters) {
    ConvProblem problem{.in = {1, 32, 8, 8}, .filters = 32, .groups = 32};
    EXPECT_TRUE(problem.depthwise());
    EXPECT_EQ(problem.reduction(), 1);
    problem.filters = 64;
    EXPECT_FALSE(problem.depthwise());
}

struct Impossible {
    ConvProblem problem;
    const char* complaint;
};

TEST(ConvProblem, impossible_problems_say_what_is_impossible) {
    const std::vector<Impossible> cases{
        {{.in = {1, 3, 4, 4}, .kernel = {7, 7}}, "kernel of extent 7 does not fit"},
        {{.in = {1, 3, 4, 4}, .groups = 2}, "2 groups must divide 3 input channels"},
        {{.in = {1, 3, 4, 4}, .filters = 0}, "filters 0"},
        {{.in = {1, 3, 4, 4}, .stride = {0, 1}}, "stride must be at least 1 along the height"},
        {{.in = {1, 3, 4, 4}, .pad = {0, -1, 0, 0}},
         "padding must not be negative along the width"},
        {{.in = {1, 3, 0, 4}}, "input has no height"},
        {{.in = {1, 3, 2'000'000'000, 4}}, "may not exceed 10^9 along the height"},
        {{.in = {900'000'000, 3, 900'000, 900'000}}, "exceeds 2^40"},
        {{.in = {1, 3, 1, 1}, .pad = {0, 900'000, 0, 0}}, "exceeds 2^40"},
        {{.in = {1, 1 << 20, 1 << 9, 1 << 9}, .filters = 1 << 19}, "exceed 2^50"},
    };
    for (const Impossible& impossible : cases)
        EXPECT_THAT([&] { impossible.problem.check(); },
                    ThrowsMessage<std::invalid_argument>(HasSubstr(impossible.complaint)));
}

TEST(ConvProblemText, names_every_extent) {
    EXPECT_EQ(stem().text(), "mb1ic3ih224iw224oc64oh112ow112kh7kw7sh2sw2ph3pw3dh0dw0");
}

TEST(ConvProblemText, unset_widths_mirror_heights) {
    const ConvProblem problem = parse_conv_problem("g32mb1ic32ih112oc32oh112kh3ph1");
    EXPECT_EQ(problem, (ConvProblem{.in = {1, 32, 112, 112},
                                    .filters = 32,
                                    .kernel = {3, 3},
                                    .pad = Padding::all(1),
                                    .groups = 32}));
}

TEST(ConvProblemText, widths_of_their_own_are_kept) {
    const ConvProblem problem = parse_conv_problem("mb2ic16ih9iw21oc24oh5ow11kh3sh2ph1");
    EXPECT_EQ(problem.in, (TensorShape{2, 16, 9, 21}));
    EXPECT_EQ(problem.out(), (TensorShape{2, 24, 5, 11}));
}

TEST(ConvProblemText, odd_sizes_and_channels_parse) {
    const ConvProblem problem = parse_conv_problem("mb1ic37ih19oc53oh10kh3sh2ph1");
    EXPECT_EQ(problem.out(), (TensorShape{1, 53, 10, 10}));
}

TEST(ConvProblemText, batch_defaults_to_two_and_the_output_is_derived) {
    const ConvProblem problem = parse_conv_problem("ic8ih10oc4kh3");
    EXPECT_EQ(problem.out(), (TensorShape{2, 4, 8, 8}));
}

TEST(ConvProblemText, output_of_another_width_is_derived_when_only_the_height_is_given) {
    EXPECT_EQ(parse_conv_problem("ic8ih10iw20oc4oh8kh3ph0").out().size(), (Size{8, 18}));
}

TEST(ConvProblemText, padding_follows_from_a_given_output) {
    EXPECT_EQ(parse_conv_problem("ic8ih56oc8oh56kh3").pad, Padding::all(1));
    EXPECT_EQ(parse_conv_problem("mb1ic8ih8oc8oh4kh3sh2ph0").pad, (Padding{0, 0, 1, 1}));
}

TEST(ConvProblemText, a_problem_of_widths_alone_has_one_row) {
    const ConvProblem problem = parse_conv_problem("mb1ic8iw100oc4kw5pw2");
    EXPECT_EQ(problem.in.size(), (Size{1, 100}));
    EXPECT_EQ(problem.out().size(), (Size{1, 100}));
}

TEST(ConvProblemText, a_name_is_received) {
    std::string name;
    parse_conv_problem("mb1ic8ih8oc8kh1n\"resnet:conv1\"", &name);
    EXPECT_EQ(name, "resnet:conv1");
    parse_conv_problem("mb1ic8ih8oc8kh1nplain", &name);
    EXPECT_EQ(name, "plain");
}

TEST(ConvProblemText, underscores_are_ignored) {
    EXPECT_EQ(parse_conv_problem("mb1_ic8ih8_oc8kh1"), parse_conv_problem("mb1ic8ih8oc8kh1"));
}

TEST(ConvProblemText, text_then_parse_is_the_identity) {
    const std::vector<ConvProblem> problems{
        stem(),
        {.in = {3, 32, 57, 33},
         .filters = 32,
         .kernel = {3, 5},
         .stride = {2, 1},
         .pad = {1, 2, 1, 2},
         .dilation = {1, 2},
         .groups = 32},
        {.in = {1, 8, 8, 8}, .filters = 8, .kernel = {3, 3}, .stride = {2, 2}, .pad = {0, 0, 1, 1}},
        {.in = {1, 64, 56, 56}, .filters = 128, .stride = {2, 2}},
    };
    for (const ConvProblem& problem : problems)
        EXPECT_EQ(parse_conv_problem(problem.text()), problem) << problem.text();
}

struct BadText {
    const char* text;
    const char* complaint;
};

TEST(ConvProblemText, bad_texts_name_position_and_expectation) {
    const std::vector<BadText> cases{
        {"", "position 0: expected a problem"},
        {"mb1ic8ih8oc8oh5kh3",
         "oh5 does not follow from input 8, kernel 3, stride 1, padding 0: that gives oh6"},
        {"mb1ic8ih8iw9oc8ow3kh3", "ow3 does not follow"},
        {"mb1ic8ih8kh3", "expected 'oc' somewhere"},
        {"mb1ic8oc8kh3", "expected 'iw' somewhere"},
        {"mb1ic8ih8oc8", "expected 'kh' somewhere"},
        {"mb1ic8zz8", "position 6: expected one of g mb ic"},
        {"mb1ic", "position 5: expected a number up to 10^9 after 'ic'"},
        {"mb1ic99999999999", "expected a number"},
        {"mb1mb2", "position 3: 'mb' is given twice: 1 and 2"},
        {"mb1ic8id8", "position 6: 'id' belongs to volumes"},
        {"mb1ic8ih8oc8kh3od2", "'od' belongs to volumes"},
        {"mb1ic8ih8oc8kh3kd3", "'kd' belongs to volumes; only images are supported, that is kd1"},
        {"mb1ic8ih8oc8kh3pd1", "'pd' belongs to volumes"},
        {"mb1ic8ih8oc8kh3*0", "expected at least one repeat"},
        {"mb1ic8ih8oc8kh3*2ph1", "expected the end after *N"},
        {"mb1ic8ih8oc8kh3n\"a\"ph1", "a name stands last"},
        {"mb1ic8ih8oc8kh3nresnet\"", "expected quotes around the whole name"},
        {"mb1ic8ih8oc8kh3n\"open", "closing quote"},
        {"mb1ic8iw8oc8kw3ph1", "'ph' is given but 'ih' is missing"},
        {"mb1ic8ih8oc8kh3sh0", "stride must be at least 1"},
        {"g3mb1ic8ih8oc8kh3", "3 groups must divide"},
        {"mb1ic8ih2oc8kh3", "does not fit"},
    };
    for (const BadText& bad : cases)
        EXPECT_THAT([&] { parse_conv_problem(bad.text); },
                    ThrowsMessage<std::invalid_argument>(HasSubstr(bad.complaint)))
            << bad.text;
}

// Counted tap by tap.
std::int64_t counted_data_macs(const ConvProblem& p) {
    std::int64_t taps = 0;
    for (std::int64_t y = 0; y < p.out().height; ++y)
        for (std::int64_t x = 0; x < p.out().width; ++x)
            for (std::int64_t ky = 0; ky < p.kernel.height; ++ky)
                for (std::int64_t kx = 0; kx < p.kernel.width; ++kx) {
                    const std::int64_t row =
                        y * p.stride.height - p.pad.top + ky * p.dilation.height;
                    const std::int64_t column =
                        x * p.stride.width - p.pad.left + kx * p.dilation.width;
                    taps += row >= 0 && row < p.in.height && column >= 0 && column < p.in.width;
                }
    return taps * p.in.batch * p.filters * (p.in.channels / p.groups);
}

TEST(ConvProblem, data_macs_leave_out_products_with_padding) {
    for (const char* text :
         {"mb1ic4ih7oc8kh3ph1", "mb2ic4ih9iw5oc8kh3sh2ph1", "mb1ic4ih8oc8kh7sh3ph3",
          "g4mb3ic4ih11oc4kh3dh2ph3", "mb1ic1ih1oc1kh3ph1", "mb1ic8ih6oc8kh1", "mb1ic2ih5oc2kh5ph4",
          "mb1ic2ih3iw17oc2oh9ow3kh5kw3sh1sw7ph5pw1"}) {
        const ConvProblem problem = parse_conv_problem(text);
        EXPECT_EQ(problem.data_macs(), counted_data_macs(problem)) << text;
        EXPECT_LE(problem.data_macs(), problem.macs()) << text;
    }
}

}  // namespace
}  // namespace slimbench
