// A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, section 4.3.
#include "host/kernel/winograd.h"

#include <array>

#include "host/kernel/rounding.h"

namespace slimbench {
namespace {

constexpr std::int64_t tile = 4, window = 6, places = window * window;
constexpr std::int64_t channel_multiple = 16;  // what the kernels' tensors are padded to

constexpr std::array<std::array<double, 3>, window> g = {{{1 / 4.0, 0, 0},
                                                          {-1 / 6.0, -1 / 6.0, -1 / 6.0},
                                                          {-1 / 6.0, 1 / 6.0, -1 / 6.0},
                                                          {1 / 24.0, 1 / 12.0, 1 / 6.0},
                                                          {1 / 24.0, -1 / 12.0, 1 / 6.0},
                                                          {0, 0, 1}}};

// G f G^T of one 3x3 filter.
std::array<double, places> transformed(const float* filter) {
    std::array<std::array<double, 3>, window> half_done{};
    for (std::size_t i = 0; i < window; ++i)
        for (std::size_t x = 0; x < 3; ++x)
            for (std::size_t y = 0; y < 3; ++y) half_done[i][x] += g[i][y] * filter[y * 3 + x];
    std::array<double, places> done{};
    for (std::size_t i = 0; i < window; ++i)
        for (std::size_t j = 0; j < window; ++j)
            for (std::size_t x = 0; x < 3; ++x) done[i * window + j] += half_done[i][x] * g[j][x];
    return done;
}

}  // namespace

std::int64_t winograd_tiles(const TensorShape& out) {
    return out.batch * divide_up(out.height, tile) * divide_up(out.width, tile);
}

std::int64_t winograd_macs(const TensorShape& out, std::int64_t channels,
                           const WinogradBlock& block) {
    return places * round_up(winograd_tiles(out), block.tiles) * channels *
           round_up(out.channels, block.lanes);
}

std::int64_t winograd_weight_count(const ConvProblem& problem, const WinogradBlock& block) {
    return places * round_up(problem.in.channels, channel_multiple) *
           round_up(problem.filters, block.filters);
}

std::vector<float> winograd_weights(const std::vector<float>& oihw, const ConvProblem& problem,
                                    const WinogradBlock& block) {
    const std::int64_t depth = round_up(problem.in.channels, channel_multiple);
    std::vector<float> packed(static_cast<std::size_t>(winograd_weight_count(problem, block)));
    for (std::int64_t o = 0; o < problem.filters; ++o)
        for (std::int64_t c = 0; c < problem.in.channels; ++c) {
            const auto filter = transformed(oihw.data() + (o * problem.in.channels + c) * 9);
            const std::int64_t first = o / block.filters * places * depth;
            for (std::int64_t place = 0; place < places; ++place) {
                const std::int64_t row = first + place * depth + c;
                packed[static_cast<std::size_t>(row * block.filters + o % block.filters)] =
                    static_cast<float>(filter[static_cast<std::size_t>(place)]);
            }
        }
    return packed;
}

}  // namespace slimbench
