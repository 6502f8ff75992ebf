#include "host/verify/coverage.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace slimbench {
namespace {

constexpr std::int64_t border_depth = 3;
constexpr std::int64_t widest_narrow_tile = 32;
constexpr std::int64_t fewest_random_pixels = 32;

// std::uniform_int_distribution differs between standard libraries; the modulo's bias does not
// matter here.
std::int64_t draw(std::mt19937_64& random, std::int64_t below) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below));
}

std::vector<std::int64_t> classes(std::int64_t extent, std::mt19937_64& random) {
    std::vector<std::int64_t> picked{extent / 2, draw(random, extent), draw(random, extent)};
    for (std::int64_t i = 0; i < std::min(border_depth, extent); ++i) {
        picked.push_back(i);
        picked.push_back(extent - 1 - i);
    }
    return picked;
}

// Both ends of a random tile and of the last whole one, and where the remainder starts, of `extent`
// pixels cut into tiles.
std::vector<std::int64_t> tile_edges(std::int64_t extent, std::mt19937_64& random) {
    std::vector<std::int64_t> widths{64, 128};
    for (std::int64_t width = 2; width <= widest_narrow_tile; ++width) widths.push_back(width);
    std::vector<std::int64_t> picked;
    for (const std::int64_t width : widths) {
        const std::int64_t tiles = extent / width;
        if (tiles == 0) continue;
        for (const std::int64_t start : {draw(random, tiles) * width, (tiles - 1) * width}) {
            picked.push_back(start);
            picked.push_back(start + width - 1);
        }
        picked.push_back(std::min(tiles * width, extent - 1));
    }
    return picked;
}

}  // namespace

std::vector<std::int64_t> choose_pixels(const TensorShape& out, std::int64_t work,
                                        const CoverageRule& rule) {
    const std::int64_t count = out.pixels();
    if (work <= rule.exhaustive_macs) {
        std::vector<std::int64_t> all(static_cast<std::size_t>(count));
        std::iota(all.begin(), all.end(), std::int64_t{0});
        return all;
    }
    std::mt19937_64 random(rule.seed);
    std::vector<std::int64_t> picked;
    const std::vector<std::int64_t> rows = classes(out.height, random),
                                    columns = classes(out.width, random);
    for (const std::int64_t n : {std::int64_t{0}, out.batch - 1})
        for (const std::int64_t y : rows)
            for (const std::int64_t x : columns)
                picked.push_back((n * out.height + y) * out.width + x);
    for (const std::int64_t pixel : tile_edges(count, random)) picked.push_back(pixel);
    for (const std::int64_t x : tile_edges(out.width, random))
        picked.push_back(draw(random, out.batch * out.height) * out.width + x);
    const std::int64_t sampled =
        std::max(fewest_random_pixels, rule.sampled_outputs / out.channels);
    for (std::int64_t i = 0; i < sampled; ++i) picked.push_back(draw(random, count));
    std::ranges::sort(picked);
    picked.erase(std::unique(picked.begin(), picked.end()), picked.end());
    return picked;
}

}  // namespace slimbench
