// What is computed on tiles of AMX: whole taps, every pixel, nothing past a pixel's memory.
#include "host/kernel/amx.h"

#include <array>

#include <gtest/gtest.h>

#include "host/kernel/packing.h"
#include "host/kernel/rounding.h"
#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

TEST(AmxTap, holds_all_channels_and_reads_no_further_than_the_vectors_that_a_pixel_has) {
    for (std::int64_t channels = 1; channels <= 2100; ++channels) {
        const AmxTap tap = amx_tap(channels);
        EXPECT_GE(tap.products(), channels);
        EXPECT_LE(tap.products(), round_up(channels, 16)) << channels;
        EXPECT_LE(tap.depth, amx_tile_bytes) << channels;
        EXPECT_EQ(tap.depth % 4, 0) << channels;
    }
}

TEST(AmxTap, takes_as_few_steps_as_it_may) {
    EXPECT_EQ(amx_tap(3).products(), 4);
    EXPECT_EQ(amx_tap(64).steps, 1);
    EXPECT_EQ(amx_tap(96).depth, 48);
    EXPECT_EQ(amx_tap(144).steps, 3);
    EXPECT_EQ(amx_tap(160).steps, 4) << "three of 56 would read 8 bytes of the next pixel";
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
    EXPECT_EQ(executed_macs(lone.step, row("conv_amx.int8"), lone.network), 4 * 16 * 48 * 9 * 96);
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
TEST(AmxPacking, pads_each_tap_to_whole_steps) {
    const LoneStep lone = lone_conv("mb1ic70ih5oc40kh1kw2");
    StepConstants constants;
    std::vector<std::int8_t> weights(40 * 70 * 2);
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<std::int8_t>(i % 127 + 1);
    constants.weights = weights;
    const std::vector<std::byte> packed =
        pack(lone.step, row("conv_amx.int8"), constants, lone.network).weights;
    const std::size_t tap = 2 * 36, products = 2 * tap;
    ASSERT_EQ(packed.size(), 48 * products);
    for (std::size_t o = 0; o < 48; ++o) {
        const std::size_t block = o < 32 ? 32 : 16, first = o < 32 ? 0 : 32;
        for (std::size_t p = 0; p < products; ++p) {
            const std::size_t c = p % tap;
            const std::size_t at = first * products + p / 4 * block * 4 + (o - first) * 4 + p % 4;
            ASSERT_EQ(static_cast<std::int8_t>(packed[at]),
                      o < 40 && c < 70 ? weights[(o * 70 + c) * 2 + p / tap] : 0)
                << "o" << o << " product " << p;
        }
    }
}

}  // namespace
}  // namespace slimbench
