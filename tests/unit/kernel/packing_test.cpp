#include <bit>
#include <cstring>
#include <numeric>

#include <gtest/gtest.h>

#include "host/problem/half.h"
#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

StepConstants numbered_constants(const ConvProblem& problem) {
    StepConstants constants;
    std::vector<float> weights(problem.weight_count());
    std::iota(weights.begin(), weights.end(), 1.0f);
    constants.weights = weights;
    for (std::int64_t o = 0; o < problem.filters; ++o) {
        constants.scale.push_back(static_cast<float>(o) + 0.25f);
        constants.bias.push_back(static_cast<float>(o) + 0.5f);
        constants.init.push_back(static_cast<std::int32_t>(-o));
    }
    return constants;
}

template <class Word>
std::vector<Word> words(const std::vector<std::byte>& bytes) {
    std::vector<Word> result(bytes.size() / sizeof(Word));
    std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
}

// Where conv_blocked.cl reads the weight of an output channel, a tap and an input channel.
std::size_t blocked_index(const ConvProblem& problem, const Variant& variant, std::int64_t o,
                          std::int64_t tap, std::int64_t c) {
    const std::int64_t group = variant.channel_group;
    const std::int64_t lanes = variant.tile.lanes, block = variant.tile.vectors * lanes;
    const std::int64_t vectors = (problem.filters + lanes - 1) / lanes;
    const bool whole = o / block < vectors / variant.tile.vectors;
    const std::int64_t width = whole ? block : lanes;
    const std::int64_t depth = (problem.in.channels + group - 1) / group * group;
    const std::int64_t products = problem.kernel.height * problem.kernel.width * depth;
    return o / width * width * products + (tap * depth + c / group * group) * width +
           o % width * group + c % group;
}

TEST(Packing, puts_every_weight_where_the_blocked_kernel_reads_it) {
    const LoneStep lone = lone_conv("mb1ic7ih9oc53kh3ph1");
    const ConvProblem& problem = std::get<Conv>(lone.step.operation).problem;
    for (const char* name :
         {"conv_blocked.fp32.avx512", "conv_blocked.fp32.avx2", "conv_blocked.fp32.avx512.pixel"}) {
        const Variant& variant = row(name);
        const auto packed = words<float>(
            pack_weights(lone.step, variant, numbered_constants(problem), lone.network));
        for (std::int64_t o = 0; o < 53; ++o)
            for (std::int64_t c = 0; c < 7; ++c)
                for (std::int64_t tap = 0; tap < 9; ++tap)
                    ASSERT_EQ(packed.at(blocked_index(problem, variant, o, tap, c)),
                              static_cast<float>((o * 7 + c) * 9 + tap + 1))
                        << name << " o" << o << " c" << c << " tap" << tap;
    }
}

// Blocks of 32 filters, 12 to a group of 7 channels, touch up to four groups; in fours they begin
// up to three channels early.
TEST(Packing, gives_a_block_the_channels_of_all_groups_that_it_touches) {
    const LoneStep lone = lone_conv("g8mb1ic56ih9oc96kh1");
    const ConvProblem& problem = std::get<Conv>(lone.step.operation).problem;
    EXPECT_EQ(span_of(problem, row("conv_blocked.fp32.avx512")), 4 * 7);
    EXPECT_EQ(span_of(problem, row("conv_blocked.int8.avx512-vnni")), 4 * 7 + 3);
    EXPECT_EQ(span_of(problem, row("conv_plain.fp32")), 7);
    EXPECT_EQ(span_of(problem, row("conv_blocked.fp32.avx512.pixel")), 7 * 7);

    const Variant& variant = row("conv_blocked.fp32.avx512");
    const auto packed =
        words<float>(pack_weights(lone.step, variant, numbered_constants(problem), lone.network));
    ASSERT_EQ(packed.size(), 96u * 28);
    const auto first_of_block = [](std::size_t o) {
        return std::min<std::size_t>(o / 32 * 32 / 12 * 7, 56 - 28);
    };
    for (std::size_t o = 0; o < 96; ++o)
        for (std::size_t c = 0; c < 28; ++c) {
            const std::size_t input = first_of_block(o) + c, own = o / 12 * 7;
            const float expected =
                input >= own && input < own + 7 ? static_cast<float>(o * 7 + input - own + 1) : 0;
            ASSERT_EQ(packed[o / 32 * 32 * 28 + c * 32 + o % 32], expected)
                << "o" << o << " input channel " << input;
        }
}

TEST(Packing, reads_the_channels_of_one_group_where_blocks_fill_groups) {
    const LoneStep lone = lone_conv("g2mb1ic24ih9oc128kh3ph1");
    const ConvProblem& problem = std::get<Conv>(lone.step.operation).problem;
    for (const char* name : {"conv_blocked.fp32.avx512", "conv_blocked.int8.avx2"})
        EXPECT_EQ(span_of(problem, row(name)), 12) << name;
}

// Products that the kernel for GPUs reads, which are there and zero where the problem has none.
TEST(Packing, fills_stages_of_local_memory_with_whole_taps) {
    const LoneStep lone = lone_conv("mb1ic7ih9oc67kh3ph1");
    const ConvProblem& problem = std::get<Conv>(lone.step.operation).problem;
    const Variant& variant = row("conv_igemm.fp32.small");
    ASSERT_EQ(variant.block_filters(), 64);
    ASSERT_EQ(variant.team.depth, 16);
    const auto packed =
        words<float>(pack_weights(lone.step, variant, numbered_constants(problem), lone.network));
    const std::size_t products = 80;  // 9 taps of 7 channels, padded to 8, in 5 stages
    ASSERT_EQ(packed.size(), 2 * 64 * products);
    EXPECT_EQ(packed_weight_bytes(lone.step, variant), packed.size() * sizeof(float));
    for (std::size_t o = 0; o < 128; ++o)
        for (std::size_t c = 0; c < 8; ++c)
            for (std::size_t tap = 0; tap < 9; ++tap)
                ASSERT_EQ(packed[o / 64 * 64 * products + (tap * 8 + c) * 64 + o % 64],
                          o < 67 && c < 7 ? static_cast<float>((o * 7 + c) * 9 + tap + 1) : 0)
                    << "o" << o << " c" << c << " tap" << tap;
}

TEST(Packing, pads_the_last_stage_of_local_memory_and_groups_channels_by_four) {
    const LoneStep lone = lone_conv("mb1ic3ih9oc5kh3ph1");
    ConvProblem problem = std::get<Conv>(lone.step.operation).problem;
    StepConstants constants = numbered_constants(problem);
    std::vector<std::int8_t> weights(problem.weight_count());
    std::iota(weights.begin(), weights.end(), std::int8_t{-67});
    constants.weights = weights;
    const Variant& variant = row("conv_igemm.int8.unpacked.small");
    const auto packed =
        words<std::int8_t>(pack_weights(lone.step, variant, constants, lone.network));
    ASSERT_EQ(packed.size(), 64u * 64) << "9 taps of 4 channels, in stages of 32";
    for (std::size_t o = 0; o < 5; ++o)
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t tap = 0; tap < 9; ++tap)
                ASSERT_EQ(packed[tap * 64 * 4 + o * 4 + c], weights[(o * 3 + c) * 9 + tap]);
}

// Region rows take all taps of a unit of channels before those of the next.
TEST(Packing, fills_regions_unit_by_unit_of_channels) {
    const LoneStep lone = lone_conv("mb1ic45ih9oc67kh3ph1");
    const ConvProblem& problem = std::get<Conv>(lone.step.operation).problem;
    const Variant& variant = row("conv_mma_region.fp16.narrow");
    constexpr std::size_t unit = 32, block = 64, group = 8, products = 2 * 9 * unit;
    ASSERT_EQ(variant.team.unit, unit);
    ASSERT_EQ(variant.block_filters(), block);
    StepConstants constants = numbered_constants(problem);
    auto& weights = std::get<std::vector<float>>(constants.weights);
    for (float& weight : weights) weight = static_cast<float>(static_cast<int>(weight) % 2039);
    const auto packed = words<Half>(pack_weights(lone.step, variant, constants, lone.network));
    ASSERT_EQ(packed.size(), 2 * block * products);
    for (std::size_t o = 0; o < 2 * block; ++o)
        for (std::size_t c = 0; c < 2 * unit; ++c)
            for (std::size_t tap = 0; tap < 9; ++tap) {
                const std::size_t product = (c / unit * 9 + tap) * unit + c % unit;
                const std::size_t at = o / block * block * products +
                                       product / group * block * group + o % block * group +
                                       product % group;
                ASSERT_EQ(float(packed[at]), o < 67 && c < 45 ? weights[(o * 45 + c) * 9 + tap] : 0)
                    << "o" << o << " c" << c << " tap" << tap;
            }
}

TEST(Packing, stores_weights_of_fp16_in_binary16) {
    const LoneStep lone = lone_conv("mb1ic2ih1oc3kh1");
    StepConstants constants;
    constants.weights = std::vector<float>{1, -2, 0.5f, 65504, 0x1p-24f, 0};
    const auto packed = words<std::uint16_t>(
        pack_weights(lone.step, row("conv_plain.fp16"), constants, lone.network));
    EXPECT_EQ(packed, (std::vector<std::uint16_t>{0x3c00, 0x3800, 0x0001, 0xc000, 0x7bff, 0}));
}

TEST(Packing, groups_input_channels_of_integers_by_four) {
    const LoneStep lone = lone_conv("mb1ic6ih1oc16kh1");
    StepConstants constants;
    constants.weights = std::vector<std::int8_t>(16 * 6, 3);
    const auto packed = words<std::int8_t>(
        pack_weights(lone.step, row("conv_blocked.int8.avx512-vnni"), constants, lone.network));
    ASSERT_EQ(packed.size(), 2u * 16 * 4);
    for (std::size_t lane = 0; lane < 16; ++lane) {
        EXPECT_EQ(packed[64 + lane * 4 + 1], 3);
        EXPECT_EQ(packed[64 + lane * 4 + 2], 0) << "channel 6 does not exist";
    }
}

TEST(Packing, lays_plain_weights_out_by_tap_channel_and_filter) {
    const LoneStep lone = lone_conv("g2mb1ic6ih9oc10kh3ph1");
    const ConvProblem& problem = std::get<Conv>(lone.step.operation).problem;
    const auto packed = words<float>(
        pack_weights(lone.step, row("conv_plain.fp32"), numbered_constants(problem), lone.network));
    ASSERT_EQ(packed.size(), static_cast<std::size_t>(problem.weight_count()));
    for (std::size_t o = 0; o < 10; ++o)
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t tap = 0; tap < 9; ++tap)
                ASSERT_EQ(packed[(tap * 3 + c) * 10 + o],
                          static_cast<float>((o * 3 + c) * 9 + tap + 1));
}

TEST(Packing, stacks_scale_bias_and_init_in_padded_rows) {
    const LoneStep lone = lone_conv("mb1ic4ih1oc19kh1");
    const ConvProblem& problem = std::get<Conv>(lone.step.operation).problem;
    const PackedChannels packed = pack_channels(lone.step, row("conv_blocked.fp32.avx512"),
                                                numbered_constants(problem), lone.network);
    ASSERT_EQ(packed.stride, 32);
    ASSERT_EQ(packed.rows.size(), 96u);
    EXPECT_EQ(packed.rows[18], 18.25f);
    EXPECT_EQ(packed.rows[32 + 18], 18.5f);
    EXPECT_EQ(std::bit_cast<std::int32_t>(packed.rows[64 + 18]), -18);
    EXPECT_EQ(packed.rows[19], 0.0f);
}

TEST(Packing, writes_the_tables_of_both_axes_one_after_the_other) {
    const LoneStep lone = lone_resize(Resize::Filter::bilinear, {1, 8, 4, 3}, {1, 8, 8, 5});
    const std::vector<std::byte> bytes =
        pack_weights(lone.step, row("resize_plain.fp32"), StepConstants{}, lone.network);
    const ResizeAxis y = resize_axis(Resize::Filter::bilinear, 4, 8);
    const ResizeAxis x = resize_axis(Resize::Filter::bilinear, 3, 5);
    ASSERT_EQ(bytes.size(), 4u * (8 + 16 + 5 + 10));
    EXPECT_EQ(words<std::int32_t>(bytes)[7], y.start[7]);
    EXPECT_EQ(words<float>(bytes)[8 + 15], y.weight[15]);
    EXPECT_EQ(words<std::int32_t>(bytes)[24 + 4], x.start[4]);
    EXPECT_EQ(words<float>(bytes)[29 + 9], x.weight[9]);
}

using Sizes = std::array<std::size_t, 3>;

Sizes global_size(const char* problem, const char* variant) {
    const LoneStep lone = lone_conv(problem);
    return launch_size(lone.step, row(variant), lone.network).global;
}

TEST(Launch, covers_every_pixel_and_channel_with_tiles) {
    const LoneStep lone = lone_conv("mb1ic16ih7oc48kh3ph1");
    const LaunchSize launch = launch_size(lone.step, row("conv_blocked.fp32.avx512"), lone.network);
    EXPECT_EQ(launch.global, (Sizes{4, 2, 1}));
    EXPECT_EQ(launch.local, (Sizes{1, 1, 1}));
}

TEST(Launch, gives_a_work_item_several_tiles_where_there_are_many) {
    EXPECT_EQ(global_size("mb1ic64ih56oc256kh1", "conv_blocked.fp32.avx512"), (Sizes{224, 1, 1}));
    EXPECT_EQ(global_size("g64mb1ic64ih56oc64kh3ph1", "depthwise_vector.fp32.avx512"),
              (Sizes{1, 28, 1}));
}

TEST(Launch, gives_a_work_item_tiles_worth_its_start_where_reductions_are_short) {
    const char* blocked = "conv_blocked.fp32.avx512";
    // 896 tiles, two blocks: 18 blocks of 14336 MACs make 2^18, of 64 channels no more than 9.
    EXPECT_EQ(global_size("mb1ic32ih112oc48kh1", blocked), (Sizes{100, 1, 1}));
    EXPECT_EQ(global_size("mb1ic64ih112oc48kh1", blocked), (Sizes{224, 1, 1}));
}

TEST(Launch, lets_threads_divide_pixels_where_a_cache_holds_the_fewer_weights) {
    const char* blocked = "conv_blocked.fp32.avx512";
    EXPECT_EQ(global_size("mb1ic384ih14oc96kh1", blocked), (Sizes{1, 3, 14}));
    EXPECT_EQ(global_size("mb1ic576ih7oc160kh1", blocked), (Sizes{4, 5, 1})) << "more weights";
    EXPECT_EQ(global_size("mb1ic1024ih14oc256kh1", blocked), (Sizes{14, 3, 1})) << "1 MiB of them";
}

TEST(Launch, leaves_no_cache_line_to_two_work_items_of_a_depthwise_row) {
    const auto groups = [](const char* problem, const char* variant) {
        return global_size(problem, variant)[0];
    };
    const char* lines = "g128mb1ic128ih56oc128kh3ph1";
    EXPECT_EQ(groups(lines, "depthwise_vector.fp32.avx512"), 1u);
    EXPECT_EQ(groups("g576mb1ic576ih14oc576kh3ph1", "depthwise_vector.fp32.avx512"), 4u);  // nine
    EXPECT_EQ(groups("g160mb1ic160ih28oc160kh3ph1", "depthwise_vector.fp32.avx512"), 2u);  // five
    EXPECT_EQ(groups(lines, "depthwise_vector.fp16.avx512"), 1u);  // half a line
    EXPECT_EQ(groups(lines, "depthwise_dot.int8.avx512-vnni"), 2u);
    EXPECT_EQ(groups("g96mb1ic96ih56oc96kh3ph1", "depthwise_dot.int8.avx512-vnni"), 1u);
}

TEST(Launch, gives_winograds_work_items_two_blocks) {  // 196 tiles of 4x4 pixels
    EXPECT_EQ(global_size("mb1ic48ih56oc256kh3ph1", "conv_winograd.fp32.avx512"),
              (Sizes{33, 2, 1}));
}

TEST(Launch, gives_winograds_work_items_128_filters_or_an_even_number_of_shares) {
    const char* winograd = "conv_winograd.fp32.avx2";
    EXPECT_EQ(global_size("mb1ic64ih56oc256kh3ph1", winograd), (Sizes{33, 2, 1}));
    EXPECT_EQ(global_size("mb1ic64ih56oc128kh3ph1", winograd), (Sizes{33, 1, 1}));
    EXPECT_EQ(global_size("mb1ic64ih28oc128kh3ph1", winograd), (Sizes{9, 2, 1}));
    EXPECT_EQ(global_size("mb1ic64ih28oc32kh3ph1", winograd), (Sizes{9, 1, 1}));
}

TEST(Launch, gives_winograds_work_items_more_tiles_where_weights_leave_the_cache) {
    const char* winograd = "conv_winograd.fp32.avx512";
    EXPECT_EQ(global_size("mb1ic64ih56oc64kh3ph1", winograd), (Sizes{17, 1, 1}));
    EXPECT_EQ(global_size("mb1ic128ih128oc128kh3ph1", winograd), (Sizes{43, 1, 1}));
}

TEST(Launch, divides_winograds_filters_where_few_tiles_would_share_weights) {
    const char* winograd = "conv_winograd.fp32.avx512";
    EXPECT_EQ(global_size("mb1ic128ih28oc128kh3ph1", winograd), (Sizes{3, 2, 1}));
    EXPECT_EQ(global_size("mb1ic256ih14oc256kh3ph1", winograd), (Sizes{1, 4, 1}));
    EXPECT_EQ(global_size("mb1ic512ih14oc512kh3ph1", winograd), (Sizes{1, 4, 1}));
    EXPECT_EQ(global_size("mb1ic512ih16iw32oc512kh3ph1", winograd), (Sizes{2, 2, 1}));
    EXPECT_EQ(global_size("mb1ic512ih32iw64oc512kh3ph1", winograd), (Sizes{6, 1, 1}));
}

TEST(Launch, gives_a_work_item_no_more_blocks_than_stay_in_the_cache) {
    const char* blocked = "conv_blocked.fp32.avx512";
    EXPECT_EQ(global_size("mb1ic128ih56oc128kh3sh2ph1", blocked), (Sizes{28, 2, 1}));
    EXPECT_EQ(global_size("mb1ic512ih14oc512kh3sh2ph1", blocked), (Sizes{2, 16, 1}));
}

TEST(Launch, gives_every_tile_of_a_gpus_convolution_a_work_group) {
    const LoneStep lone = lone_conv("mb1ic64ih15oc130kh1");  // 225 pixels
    const LaunchSize size = launch_size(lone.step, row("conv_igemm.fp32"), lone.network);
    EXPECT_EQ(size.local, (std::array<std::size_t, 3>{128, 1, 1}));
    EXPECT_EQ(size.global, (std::array<std::size_t, 3>{4 * 2 * 128, 1, 1}));
}

TEST(Launch, gives_every_vector_of_channels_a_work_item_of_a_gpu) {
    const LoneStep pool = lone_step(Pool{}, {1, 19, 8, 8}, {1, 19, 4, 4});
    EXPECT_EQ(launch_size(pool.step, row("pool_coalesced.fp32"), pool.network).global[0], 128u)
        << "16 pixels of 5 vectors, in groups of 64";
    const LoneStep depthwise = lone_conv("g19mb1ic19ih7oc19kh3ph1");
    EXPECT_EQ(
        launch_size(depthwise.step, row("depthwise_coalesced.fp32"), depthwise.network).global[0],
        128u)
        << "7 rows of 2 runs of pixels, 5 vectors each";
}

TEST(Launch, rounds_plain_sizes_up_to_whole_groups) {
    const LoneStep lone = lone_conv("mb1ic3ih7oc5kh3ph1");
    const LaunchSize launch = launch_size(lone.step, row("conv_plain.fp32"), lone.network);
    EXPECT_GE(launch.global[0], 7u * 7 * 5);
    EXPECT_EQ(launch.global[0] % launch.local[0], 0u);
}

TEST(ExecutedMacs, are_fewer_than_nominal_ones_in_winograds_algorithm_alone) {
    for (const LoneStep& lone : steps_of_every_family()) {
        const auto* conv = std::get_if<Conv>(&lone.step.operation);
        for (const Variant& variant : registry()) {
            if (variant.family != family_of(lone.step.operation)) continue;
            if (variant.refuse(lone.step, lone.network)) continue;
            if (variant.algorithm == Algorithm::winograd) continue;
            EXPECT_GE(executed_macs(lone.step, variant, lone.network),
                      conv ? conv->problem.macs() : 0)
                << variant.name;
        }
    }
}

TEST(ExecutedMacs, equal_nominal_ones_where_tiles_fit) {
    const LoneStep lone = lone_conv("mb1ic64ih56oc64kh3ph1");
    EXPECT_EQ(executed_macs(lone.step, row("conv_blocked.fp32.avx512"), lone.network),
              std::get<Conv>(lone.step.operation).problem.macs());
}

TEST(ExecutedMacs, count_what_a_gpus_tiles_reach_past_the_output) {
    const LoneStep lone = lone_conv("mb1ic64ih15oc130kh1");
    EXPECT_EQ(executed_macs(lone.step, row("conv_igemm.fp32"), lone.network), 256 * 256 * 64);
}

TEST(ExecutedMacs, count_half_a_tile_at_the_end) {
    const LoneStep lone = lone_conv("mb1ic32ih7oc48kh1");  // 49 pixels: 3 tiles and a half
    EXPECT_EQ(executed_macs(lone.step, row("conv_blocked.fp32.avx512"), lone.network),
              32 * (49 * 32 + 56 * 16));
}

}  // namespace
}  // namespace slimbench
