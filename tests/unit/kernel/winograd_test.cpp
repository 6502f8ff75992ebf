#include "host/kernel/winograd.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace slimbench {
namespace {

// What the kernel computes of one tile, channel and filter: A^T [(G f G^T) * (B^T d B)] A.
constexpr double b[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                            {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
constexpr double a[4][6] = {
    {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};

double output_pixel(const std::vector<float>& u, const std::array<double, 36>& d, int y, int x) {
    double sum = 0;
    for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 6; ++j) {
            double window = 0;
            for (int p = 0; p < 6; ++p)
                for (int q = 0; q < 6; ++q) window += b[i][p] * d[p * 6 + q] * b[j][q];
            sum += a[y][i] * u[(i * 6 + j) * 16 * 2] * window * a[x][j];
        }
    return sum;
}

TEST(Winograd, transformed_weights_give_the_convolution) {
    const ConvProblem problem = parse_conv_problem("mb1ic1ih6oc1kh3");
    const std::vector<float> filter{1, -2, 3, 0.5f, 4, -1, 2, -3, 5};
    const std::vector<float> u = winograd_weights(filter, problem, {.tiles = 1, .filters = 2});
    std::array<double, 36> image{};
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<double>((i * 7) % 11) - 4;
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 4; ++x) {
            double expected = 0;
            for (int ky = 0; ky < 3; ++ky)
                for (int kx = 0; kx < 3; ++kx)
                    expected += filter[ky * 3 + kx] * image[(y + ky) * 6 + x + kx];
            EXPECT_NEAR(output_pixel(u, image, y, x), expected, 1e-4) << y << ' ' << x;
        }
}

TEST(Winograd, weights_stand_by_block_place_channel_and_filter) {
    const ConvProblem problem = parse_conv_problem("mb1ic17ih6oc5kh3");
    const WinogradBlock block{.tiles = 6, .filters = 4, .lanes = 2};
    std::vector<float> weights(5 * 17 * 9);
    for (std::size_t o = 0; o < 5; ++o)
        for (std::size_t c = 0; c < 17; ++c)
            weights[(o * 17 + c) * 9] = static_cast<float>(o * 17 + c);  // place 0 is f[0] / 16
    const std::vector<float> u = winograd_weights(weights, problem, block);
    ASSERT_EQ(u.size(), 2u * 36 * 32 * 4);
    EXPECT_EQ(static_cast<std::int64_t>(u.size()), winograd_weight_count(problem, block));
    for (std::size_t o = 0; o < 5; ++o)
        for (std::size_t c = 0; c < 17; ++c)
            EXPECT_FLOAT_EQ(u[(o / 4 * 36 * 32 + c) * 4 + o % 4],
                            static_cast<float>(o * 17 + c) / 16);
    EXPECT_EQ(u[(36 * 32) * 4 + 1], 0.0f) << "filter 5 does not exist";
}

TEST(Winograd, products_count_tails_of_tiles_and_filters) {
    EXPECT_EQ(winograd_tiles({2, 64, 7, 9}), 2 * 2 * 3);
    EXPECT_EQ(winograd_macs({2, 50, 7, 9}, 17, {.tiles = 8, .filters = 48, .lanes = 8}),
              36 * 16 * 17 * 56);
}

}  // namespace
}  // namespace slimbench
