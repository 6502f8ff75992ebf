// A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, section 4.3.
#include "host/kernel/winograd.h"

#include <algorithm>
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

// Filters that are transformed side by side.
constexpr std::size_t at_once = 8;
using Values = std::array<double, at_once>;

void add_scaled(Values& sum, double factor, const Values& values) {
    for (std::size_t i = 0; i < at_once; ++i) sum[i] += factor * values[i];
}

// G f G^T of 3x3 filters.
std::array<Values, places> transformed(const std::array<Values, 9>& filters) {
    std::array<std::array<Values, 3>, window> half_done{};
    for (std::size_t i = 0; i < window; ++i)
        for (std::size_t x = 0; x < 3; ++x)
            for (std::size_t y = 0; y < 3; ++y)
                add_scaled(half_done[i][x], g[i][y], filters[y * 3 + x]);
    std::array<Values, places> done{};
    for (std::size_t i = 0; i < window; ++i)
        for (std::size_t j = 0; j < window; ++j)
            for (std::size_t x = 0; x < 3; ++x)
                add_scaled(done[i * window + j], g[j][x], half_done[i][x]);
    return done;
}

// Each work-item transforms its windows anew, so 128 filters or more to a share, less only where
// few work-items would not come out even on two threads; never less than two blocks.
std::int64_t shares_of_blocks(std::int64_t groups, std::int64_t blocks, std::int64_t filters) {
    constexpr std::int64_t least_blocks = 2, usual_filters = 128, few_items = 16;
    const std::int64_t usual = divide_up(blocks, std::max(least_blocks, usual_filters / filters));
    const bool even = groups * usual % 2 == 0 || groups * usual > few_items;
    return even ? usual : std::min(2 * usual, divide_up(blocks, least_blocks));
}

// Groups of tiles that use each weight that comes (kernels/cl/conv_winograd.cl): more than one
// where a block's weights take a good part of a second-level cache of 1 MiB. AVX2's blocks are
// narrow.
constexpr std::int64_t most_together = 4;
std::int64_t most_groups(std::int64_t block_bytes, const WinogradBlock& block) {
    constexpr std::int64_t cache_bytes = 1 << 20, avx512_lanes = 16;
    if (block_bytes > cache_bytes) return most_together;
    return block.lanes == avx512_lanes && block_bytes > cache_bytes / 2 ? 2 : 1;
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
    // Channel by channel, so that what a block's filters put side by side is written together.
    for (std::int64_t first = 0; first < problem.filters; first += block.filters)
        for (std::int64_t c = 0; c < problem.in.channels; ++c) {
            float* const to = packed.data() + first * places * depth + c * block.filters;
            const std::int64_t end = std::min(first + block.filters, problem.filters);
            for (std::int64_t o = first; o < end; o += at_once) {
                const auto live =
                    static_cast<std::size_t>(std::min<std::int64_t>(at_once, end - o));
                std::array<Values, 9> filters{};
                for (std::size_t i = 0; i < live; ++i) {
                    const float* from = oihw.data() + ((o + i) * problem.in.channels + c) * 9;
                    for (std::size_t tap = 0; tap < 9; ++tap) filters[tap][i] = from[tap];
                }
                const std::array<Values, places> done = transformed(filters);
                for (std::size_t place = 0; place < places; ++place)
                    std::copy_n(done[place].begin(), live,
                                to + place * depth * block.filters + o - first);
            }
        }
    return packed;
}

// Weights that no cache holds are to come once: then the blocks are divided only where that would
// leave few work-items, for what windows take to be transformed anew is little beside waiting.
WinogradShares winograd_shares(const ConvProblem& problem, const TensorShape& out,
                               const WinogradBlock& block) {
    constexpr std::int64_t balanced_items = 4;
    const std::int64_t groups = divide_up(winograd_tiles(out), block.tiles);
    const std::int64_t blocks = divide_up(out.channels, block.filters);
    const std::int64_t bytes = 4 * winograd_weight_count(problem, block) / blocks;
    const std::int64_t most = most_groups(bytes, block);
    const std::int64_t shares =
        most < most_together ? shares_of_blocks(groups, blocks, block.filters)
                             : std::min(divide_up(balanced_items, divide_up(groups, most)), blocks);
    const std::int64_t together =
        std::clamp(groups * shares / balanced_items, std::int64_t{1}, most);
    return {divide_up(groups, together), shares};
}

}  // namespace slimbench
