// What is computed on tiles of AMX: whole taps, every pixel, nothing past a pixel's memory.
#include "host/kernel/amx.h"

#include <array>

#include <gtest/gtest.h>

#include "host/kernel/packing.h"
#include "host/kernel/rounding.h"
#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

AmxRow row_of(const std::string& problem) {
    return amx_row(parse_conv_problem(problem));
}

TEST(AmxRow, holds_all_channels_of_all_taps_and_no_more_than_a_step_beyond) {
    for (std::int64_t channels = 1; channels <= 2100; ++channels) {
        const std::string in = "mb1ic" + std::to_string(channels) + "ih9oc8";
        for (const std::string kernel : {"kh1", "kh3ph1", "kh3dh1ph2"}) {
            const AmxRow row = row_of(in + kernel);
            const std::int64_t taps = kernel == "kh1" ? 1 : 3;
            EXPECT_GE(row.tap, channels);
            EXPECT_GE(row.products(), (taps - 1) * row.tap + channels) << channels;
            EXPECT_LE(row.depth, amx_tile_bytes) << channels;
            EXPECT_EQ(row.depth % 4, 0) << channels;
            const std::int64_t run = row.runs == 1 ? (taps - 1) * row.tap + channels : channels;
            EXPECT_LT(row.steps * row.depth, run + amx_tile_bytes) << channels;
        }
    }
}

TEST(AmxRow, takes_as_few_steps_as_hold_a_run) {
    EXPECT_EQ(row_of("mb1ic96ih9oc8kh1").depth, 48);
    EXPECT_EQ(row_of("mb1ic160ih9oc8kh1").steps, 3);
    EXPECT_EQ(row_of("mb1ic96ih9oc8kh3ph1").steps, 5) << "288 bytes";
    EXPECT_EQ(row_of("mb1ic96ih9oc8kh3ph1").runs, 1);
}

TEST(AmxRow, goes_by_taps_where_they_do_not_follow_on_each_other) {
    EXPECT_EQ(row_of("mb1ic96ih9oc8kh3dh1ph2").runs, 3) << "dilated";
    EXPECT_EQ(row_of("mb1ic2048ih9oc8kh3ph1").runs, 3) << "pixels stand a line further apart";
    EXPECT_EQ(row_of("mb1ic3ih40oc8kh2kw17").runs, 17) << "an image's pixels may, too";
    EXPECT_EQ(row_of("mb1ic3ih40oc8kh7ph3").products(), 28);
}

AmxTiles tiles_of(std::string_view problem) {
    const LoneStep lone = lone_conv(problem);
    return amx_tiles(lone.step, lone.network);
}

TEST(AmxTiles, are_even_parts_of_a_row) {
    const AmxTiles tiles = tiles_of("mb2ic64ih56oc64kh3ph1");
    EXPECT_EQ(tiles.rows, 14);
    EXPECT_EQ(tiles.count, 2 * 56 * 4);
    EXPECT_EQ(tiles_of("mb1ic64ih17oc64kh3ph1").rows, 9) << "the second begins at the ninth pixel";
}

TEST(AmxTiles, hold_several_short_rows_with_what_lies_between_them) {
    const AmxTiles tiles = tiles_of("mb1ic64ih7oc64kh3ph1");
    EXPECT_EQ(tiles.rows, 7 + 2 + 7);
    EXPECT_EQ(tiles.count, 4);
    EXPECT_EQ(tiles_of("mb1ic64ih14oc64oh7kh3sh2ph1").rows, 7) << "rows stand 16 pixels apart";
    EXPECT_EQ(tiles_of("mb1ic64ih2oc64kh3ph1").rows, 4 + 2) << "there are no more than two";
}

TEST(AmxTiles, take_pixels_that_follow_on_each_other_as_one_row) {
    const AmxTiles tiles = tiles_of("mb3ic64ih7oc64kh1");
    EXPECT_EQ(tiles.count, 10);
    EXPECT_EQ(tiles.rows, 15) << "147 pixels";
}

TEST(AmxTiles, execute_what_they_hold) {
    const LoneStep lone = lone_conv("mb1ic96ih7oc48kh3ph1");
    EXPECT_EQ(executed_macs(lone.step, row("conv_amx.int8"), lone.network), 4 * 16 * 48 * 3 * 300);
}

TEST(AmxSelection, leaves_steps_of_few_products_to_vectors_where_the_device_has_tiles) {
    const auto taken = [](std::string_view problem) {
        return chosen(lone_conv(problem), Precision::int8, device_of(Tier::amx));
    };
    EXPECT_EQ(taken("mb1ic16ih112oc96kh1"), "conv_blocked.int8.avx512-vnni");
    EXPECT_EQ(taken("mb1ic32ih28oc192kh1"), "conv_blocked.int8.avx512-vnni");
    EXPECT_EQ(taken("mb1ic32ih112oc16kh1"), "conv_amx.int8") << "a vector of filters to a pixel";
    EXPECT_EQ(taken("mb1ic2048ih1oc1000kh1"), "conv_blocked.int8.avx512-vnni.pixel");
    EXPECT_EQ(taken("mb8ic2048ih1oc1000kh1"), "conv_amx.int8");
    EXPECT_EQ(taken("g2mb1ic64ih56oc64kh3ph1"), "conv_blocked.int8.avx512-vnni");
}

std::array<std::size_t, 3> global_size(std::string_view problem) {
    const LoneStep lone = lone_conv(problem);
    return launch_size(lone.step, row("conv_amx.int8"), lone.network).global;
}

using Sizes = std::array<std::size_t, 3>;

TEST(AmxLaunch, has_eight_work_items_that_divide_the_pixels_while_the_cache_holds_the_weights) {
    EXPECT_EQ(global_size("mb1ic256ih56oc64kh1"), (Sizes{12, 1, 1})) << "2^22 products each";
    EXPECT_EQ(global_size("mb1ic96ih14oc576kh1"), (Sizes{7, 2, 1})) << "seven pairs of tiles";
}

TEST(AmxLaunch, divides_the_filters_where_it_does_not) {
    EXPECT_EQ(global_size("mb1ic512ih7oc512kh3ph1"), (Sizes{2, 16, 1}));
}

TEST(AmxLaunch, has_two_work_items_where_there_is_little_to_do) {
    EXPECT_EQ(global_size("mb1ic64ih7oc32kh1"), (Sizes{2, 1, 1}));
}

// Weights that tell channel, tap and filter from each other.
void expect_packed(const std::string& problem, std::size_t row_products, std::size_t tap) {
    const LoneStep lone = lone_conv(problem);
    const ConvProblem& p = std::get<Conv>(lone.step.operation).problem;
    const auto channels = static_cast<std::size_t>(p.in.channels);
    const auto rows = static_cast<std::size_t>(p.kernel.height);
    const auto columns = static_cast<std::size_t>(p.kernel.width);
    StepConstants constants;
    std::vector<std::int8_t> weights(static_cast<std::size_t>(p.weight_count()));
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<std::int8_t>(i % 127 + 1);
    constants.weights = weights;
    const std::vector<std::byte> packed =
        pack_weights(lone.step, row("conv_amx.int8"), constants, lone.network);
    const std::size_t products = rows * row_products;
    ASSERT_EQ(packed.size(), 48 * products);
    for (std::size_t o = 0; o < 48; ++o) {
        const std::size_t block = o < 32 ? 32 : 16, first = o < 32 ? 0 : 32;
        for (std::size_t product = 0; product < products; ++product) {
            const std::size_t y = product / row_products, in_row = product % row_products;
            const std::size_t x = in_row / tap, c = in_row % tap;
            const std::size_t at =
                first * products + product / 4 * block * 4 + (o - first) * 4 + product % 4;
            const bool there = o < 40 && c < channels && x < columns;
            ASSERT_EQ(static_cast<std::int8_t>(packed[at]),
                      there ? weights[((o * channels + c) * rows + y) * columns + x] : 0)
                << "o" << o << " product " << product;
        }
    }
}

TEST(AmxPacking, pads_each_row_of_the_kernel_to_whole_steps) {
    expect_packed("mb1ic70ih5oc40kh2kw3", 4 * 60, 80);
}

TEST(AmxPacking, pads_each_tap_to_whole_steps_where_it_is_a_run_of_its_own) {
    expect_packed("mb1ic70ih9oc40kh2kw3dw1", 3 * 72, 72);
}

}  // namespace
}  // namespace slimbench
