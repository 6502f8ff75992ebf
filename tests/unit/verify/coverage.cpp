// Which pixels a sampled verification cannot miss.
#include "host/verify/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace slimbench::testing {
namespace {

constexpr TensorShape large{4, 64, 200, 300};
constexpr std::int64_t beyond = 1'000'000'000'000;

TEST(Coverage, takes_every_pixel_within_the_exhaustive_limit) {
    const auto pixels = choose_pixels({2, 3, 4, 5}, 200'000'000, {});
    ASSERT_EQ(pixels.size(), 40u);
    EXPECT_EQ(pixels.front(), 0);
    EXPECT_EQ(pixels.back(), 39);
}

TEST(Coverage, always_has_corners_and_edges_of_first_and_last_image) {
    const auto pixels = choose_pixels(large, beyond, {});
    for (const std::int64_t n : {0, 3})
        for (const std::int64_t y : {0, 1, 2, 100, 197, 198, 199})
            for (const std::int64_t x : {0, 1, 2, 150, 297, 298, 299})
                EXPECT_TRUE(std::ranges::binary_search(pixels, (n * 200 + y) * 300 + x))
                    << n << ' ' << y << ' ' << x;
}

bool any_of_tile(const std::vector<std::int64_t>& positions, std::int64_t tile, std::int64_t at) {
    return std::ranges::any_of(positions,
                               [&](std::int64_t position) { return position % tile == at; });
}

TEST(Coverage, has_both_ends_of_tiles_along_the_batch_and_along_a_row) {
    const auto pixels = choose_pixels(large, beyond, {});
    std::vector<std::int64_t> columns;
    for (const std::int64_t pixel : pixels) columns.push_back(pixel % large.width);
    for (const std::int64_t tile : {2, 3, 6, 7, 8, 12, 13, 14, 16, 28, 31, 32, 64, 128})
        for (const std::int64_t end : {std::int64_t{0}, tile - 1}) {
            EXPECT_TRUE(any_of_tile(pixels, tile, end)) << tile;
            EXPECT_TRUE(any_of_tile(columns, tile, end)) << tile;
        }
}

TEST(Coverage, has_the_start_of_the_last_partial_tile) {
    const auto pixels = choose_pixels({1, 8, 101, 103}, beyond, {});
    for (const std::int64_t tile : {4, 6, 14, 32, 64})
        EXPECT_TRUE(std::ranges::binary_search(pixels, 101 * 103 / tile * tile)) << tile;
}

TEST(Coverage, checks_at_least_as_many_outputs_as_asked) {
    EXPECT_GE(choose_pixels(large, beyond, {.sampled_outputs = 200'000}).size() * 64, 150'000u);
}

TEST(Coverage, is_sorted_distinct_and_inside) {
    const auto pixels = choose_pixels({1, 7, 2, 3}, beyond, {});
    EXPECT_TRUE(std::ranges::is_sorted(pixels));
    EXPECT_EQ(std::ranges::adjacent_find(pixels), pixels.end());
    EXPECT_EQ(pixels.size(), 6u);
    EXPECT_EQ(pixels.back(), 5);
}

TEST(Coverage, depends_on_the_seed_alone) {
    EXPECT_EQ(choose_pixels(large, beyond, {.seed = 3}), choose_pixels(large, beyond, {.seed = 3}));
    EXPECT_NE(choose_pixels(large, beyond, {.seed = 3}), choose_pixels(large, beyond, {.seed = 4}));
}

}  // namespace
}  // namespace slimbench::testing
