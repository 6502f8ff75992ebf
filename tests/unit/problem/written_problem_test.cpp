// benchdnn's texts beyond the extents, MIOpenDriver's lines, and the canonical text's way back.
#include "host/problem/written_problem.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// A problem that some output exists for, of any kind that the parser accepts.
ConvProblem random_problem(std::mt19937& random) {
    const auto from = [&](std::int64_t least, std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>(least, most)(random);
    };
    while (true) {
        const std::int64_t groups = from(0, 3) == 0 ? from(2, 40) : 1;
        const ConvProblem problem{.in = {from(1, 5), groups * from(1, 9), from(1, 70), from(1, 70)},
                                  .filters = groups * from(1, 9),
                                  .kernel = {from(1, 7), from(1, 7)},
                                  .stride = {from(1, 9), from(1, 9)},
                                  .pad = {from(0, 9), from(0, 9), from(0, 9), from(0, 9)},
                                  .dilation = {from(1, 4), from(1, 4)},
                                  .groups = groups};
        if (problem.out().height > 0 && problem.out().width > 0) return problem;
    }
}

TEST(WrittenProblem, printing_and_parsing_the_canonical_text_is_the_identity) {
    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const ConvProblem problem = random_problem(random);
        const std::string text = problem.text();
        const ConvProblem parsed = parse_benchdnn_text(text).problem;
        ASSERT_EQ(parsed.text(), text);
        ASSERT_EQ(parsed.out(), problem.out()) << text;
        ASSERT_EQ(parse_benchdnn_text(parsed.text()).problem, parsed) << text;
        // What no window reaches has no place in the text; all else comes back.
        ConvProblem same_reach = parsed;
        same_reach.pad.bottom = problem.pad.bottom;
        same_reach.pad.right = problem.pad.right;
        ASSERT_EQ(same_reach, problem) << text;
    }
}

TEST(WrittenProblem, symmetric_padding_comes_back_from_the_canonical_text) {
    std::mt19937 random(2);
    for (int i = 0; i < 20'000; ++i) {
        ConvProblem problem = random_problem(random);
        problem.pad.bottom = problem.pad.top;
        problem.pad.right = problem.pad.left;
        if (problem.out().height > 0 && problem.out().width > 0) {
            ASSERT_EQ(parse_benchdnn_text(problem.text()).problem, problem) << problem.text();
        }
    }
}

TEST(BenchdnnText, a_width_described_on_its_own_owes_the_height_nothing) {
    const ConvProblem problem = parse_benchdnn_text("ic8ih9iw9oc8kh3kw3sh2ph1dh1").problem;
    EXPECT_EQ(problem.stride, (Size{2, 1}));
    EXPECT_EQ(problem.dilation, (Size{2, 1}));
    EXPECT_EQ(problem.pad, (Padding{1, 0, 1, 0}));
    EXPECT_EQ(parse_benchdnn_text("ic8ih9iw9oc8ow9kh3kw3").problem.pad, (Padding{0, 1, 0, 1}));
}

TEST(BenchdnnText, padding_may_end_before_the_last_window) {
    const ConvProblem problem = parse_benchdnn_text("mb1ic8ih7oc8oh4kh1sh2ph1").problem;
    EXPECT_EQ(problem.out().size(), (Size{4, 4}));
    EXPECT_EQ(problem.pad, (Padding{1, 1, 0, 0}));
}

TEST(BenchdnnText, repeats_stand_inside_the_quotes_behind_them_or_alone) {
    const WrittenProblem inside = parse_benchdnn_text("ic8ih8oc8kh1n\"resnet:res2a*3\"");
    EXPECT_EQ(inside.name, "resnet:res2a");
    EXPECT_EQ(inside.repeats, 3);
    const WrittenProblem behind = parse_benchdnn_text("ic8ih8oc8kh1_n\"conv\"*12");
    EXPECT_EQ(behind.name, "conv");
    EXPECT_EQ(behind.repeats, 12);
    const WrittenProblem nameless = parse_benchdnn_text("ic8ih8oc8kh1n\"*6\"");
    EXPECT_EQ(nameless.name, "");
    EXPECT_EQ(nameless.repeats, 6);
    EXPECT_EQ(parse_benchdnn_text("ic8ih8oc8kh1*2").repeats, 2);
    EXPECT_EQ(parse_benchdnn_text("ic8ih8oc8kh1nconv*2").name, "conv");
    EXPECT_EQ(parse_benchdnn_text("ic8ih8oc8kh1n\"a*b\"").name, "a*b");
    EXPECT_EQ(parse_benchdnn_text("ic8ih8oc8kh1").repeats, 1);
}

TEST(BenchdnnText, an_extent_may_be_repeated_but_not_contradicted) {
    EXPECT_EQ(parse_benchdnn_text("mb1ic16oc16_ih10kh5_kh5ph7sh1").problem.kernel, (Size{5, 5}));
    EXPECT_THAT([] { parse_benchdnn_text("mb1ic16oc16_ih10kh5_kh3"); },
                ThrowsMessage<std::invalid_argument>(HasSubstr("'kh' is given twice: 5 and 3")));
}

TEST(BenchdnnText, a_depth_of_one_is_an_image) {
    EXPECT_EQ(parse_benchdnn_text("g1mb2_ic8id1ih9iw9_oc4od1oh7ow7_kd1kh3kw3_sd1sh1sw1_pd0ph0pw0_"
                                  "dd0dh0dw0n\"canonical\"")
                  .problem,
              parse_benchdnn_text("ic8ih9oc4kh3").problem);
}

TEST(MiopenLine, names_every_extent) {
    const WrittenProblem written = parse_miopen_line(
        "conv -n 1 -c 64 -H 56 -W 57 -k 96 -y 3 -x 5 -p 1 -q 2 -u 1 -v 2 -l 1 -j 2 -g 2");
    EXPECT_EQ(written.problem, (ConvProblem{.in = {1, 64, 56, 57},
                                            .filters = 96,
                                            .kernel = {3, 5},
                                            .stride = {1, 2},
                                            .pad = {1, 2, 1, 2},
                                            .dilation = {1, 2},
                                            .groups = 2}));
    EXPECT_EQ(written.precision, Precision::fp32);
    EXPECT_THAT(written.ignored, ElementsAre());
}

TEST(MiopenLine, long_names_and_the_program_before_the_command_read_alike) {
    EXPECT_EQ(parse_written_problem("./bin/MIOpenDriver convint8 --batchsize 1 --in_channels 64 "
                                    "--in_h 56 --in_w 56 --out_channels 64 --fil_h 3 --fil_w 3 "
                                    "--pad_h 1 --pad_w 1 --group_count 1")
                  .problem,
              parse_written_problem("mb1ic64ih56oc64kh3ph1").problem);
}

TEST(MiopenLine, what_is_left_out_has_the_drivers_defaults) {
    EXPECT_EQ(parse_miopen_line("conv").problem.text(),
              "mb100ic3ih32iw32oc32oh30ow30kh3kw3sh1sw1ph0pw0dh0dw0");
}

TEST(MiopenLine, the_command_names_the_precision) {
    EXPECT_EQ(parse_miopen_line("convfp16").precision, Precision::fp16);
    EXPECT_EQ(parse_miopen_line("convint8").precision, Precision::int8);
}

TEST(MiopenLine, options_about_the_drivers_run_are_ignored_and_kept_to_be_told) {
    EXPECT_THAT(parse_miopen_line("conv -n 1 -F 1 -t 1 --verify 0 -I NHWC").ignored,
                ElementsAre("-t 1", "--verify 0", "-I NHWC"));
}

TEST(MiopenLine, padding_modes_replace_the_padding) {
    EXPECT_EQ(parse_miopen_line("conv -y 5 -x 3 -z same").problem.pad, (Padding{2, 1, 2, 1}));
    EXPECT_EQ(parse_miopen_line("conv -p 3 -q 3 -z valid").problem.pad, (Padding{}));
}

struct BadLine {
    const char* text;
    const char* complaint;
};

TEST(MiopenLine, bad_lines_say_what_is_wrong_and_what_is_expected) {
    const std::vector<BadLine> cases{
        {"convbfp16 -n 1", "expected conv, convfp16 or convint8, found 'convbfp16'"},
        {"./MIOpenDriver pool -n 1", "found 'pool'"},
        {"MIOpenDriver", "found ''"},
        {"conv -n", "expected a value after '-n'"},
        {"conv -n one", "batchsize: expected a number from 0 to 10^9, found 'one'"},
        {"conv -n -1", "found '-1'"},
        {"conv -Q 1", "no option '-Q'; those of a shape are -n -c -H -W -k -y -x"},
        {"conv 1 -n", "no option '1'"},
        {"conv -m trans", "mode 'trans': expected conv"},
        {"conv -F 2", "forw 2: expected 0 or an odd number"},
        {"conv --spatial_dim 3", "spatial_dim 3: expected 2"},
        {"conv -r 1", "pad_val: expected 0"},
        {"conv -z reflect", "pad_mode 'reflect': expected default, same or valid"},
        {"conv -g 2", "2 groups must divide 3 input channels"},
        {"conv -u 0", "conv_stride_h and conv_stride_w must be at least 1"},
        {"conv -l 0", "dilation must be at least 1"},
    };
    for (const BadLine& bad : cases)
        EXPECT_THAT([&] { parse_written_problem(bad.text); },
                    ThrowsMessage<std::invalid_argument>(HasSubstr(bad.complaint)))
            << bad.text;
}

}  // namespace
}  // namespace slimbench
