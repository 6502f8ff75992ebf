#include "host/kernel/packing.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "host/kernel/amx.h"
#include "host/kernel/layout.h"
#include "host/kernel/rounding.h"
#include "host/kernel/winograd.h"
#include "host/problem/half.h"

namespace slimbench {
namespace {

// Work-items of one work-group of the kernels that compute one element each: a multiple of every
// GPU's vector width.
constexpr std::int64_t plain_group = 64;

bool plain(const Variant& variant) {
    return variant.tile.lanes == 1;
}

std::int64_t lanes_of_block(const Tile& tile) {
    return static_cast<std::int64_t>(tile.vectors) * tile.lanes;
}

constexpr std::int64_t usual_tiles = 8;

// How many of `along` tiles in a row, `most` at most, one work-item computes, so that what they
// share is found and fetched once; few enough that the work-items, of `all` tiles, still balance.
std::int64_t tiles_together(std::int64_t all, std::int64_t along, std::int64_t most = usual_tiles) {
    constexpr std::int64_t balanced_items = 32;
    return std::clamp(all / balanced_items, std::int64_t{1}, std::min(most, along));
}

// So many tiles of a block of filters that starting a work-item costs little beside them.
std::int64_t worthwhile_tiles(const ConvProblem& problem, const Variant& variant) {
    constexpr std::int64_t worthwhile_macs = 1 << 18;
    const std::int64_t macs =
        variant.block_pixels() * lanes_of_block(variant.tile) * problem.reduction();
    return std::max(usual_tiles, worthwhile_macs / macs);
}

// One work-item computes blocks of channels side by side: for two threads that write to one cache
// line slow each other down, and because memory is read in order then. Of vectors of whole lines
// nine at most, as measured (docs/performance.md). At least two rows, because neighbours share most
// of their input.
LaunchSize depthwise_launch(std::int64_t rows, std::int64_t channels, const Variant& variant) {
    constexpr std::int64_t most_lines = 9;
    const std::int64_t block = lanes_of_block(variant.tile), blocks = divide_up(channels, block);
    const std::int64_t line = 64 * 8 / traits(traits(variant.precision).activation).bits;
    std::int64_t side_by_side = 1;
    if (block % line != 0)
        side_by_side = std::min<std::int64_t>(blocks, 16);
    else if (block == line && variant.tile.vectors == 1)
        side_by_side = divide_up(blocks, divide_up(blocks, most_lines));
    else if (variant.tile.vectors > 1 && channels % block != 0)
        side_by_side = blocks;
    const std::int64_t groups = divide_up(blocks, side_by_side);
    const std::int64_t together =
        std::max(tiles_together(rows * groups, rows), std::min<std::int64_t>(rows, 2));
    return {.global = {static_cast<std::size_t>(groups),
                       static_cast<std::size_t>(divide_up(rows, together)), 1}};
}

// The rows of kernels/cl/conv_blocked.cl.
bool blocked(const Variant& variant) {
    return variant.family == Family::conv && variant.cpu_only && !variant.on_amx_tiles() &&
           variant.algorithm == Algorithm::direct;
}

// Groups that a block of so many filters touches at most, wherever it begins.
std::int64_t groups_of_block(const ConvProblem& problem, std::int64_t block) {
    const std::int64_t of_group = problem.filters / problem.groups;
    if (of_group % block == 0) return 1;
    if (block % of_group == 0) return std::min(block / of_group, problem.groups);
    return std::min((block - 2) / of_group + 2, problem.groups);
}

// The first of the input channels that the block which begins with `filter` reads, as in
// kernels/cl/conv_blocked.cl.
std::int64_t first_of_span(const ConvProblem& problem, const Variant& variant,
                           std::int64_t filter) {
    const std::int64_t unit = variant.channel_group;
    const std::int64_t group = filter / (problem.filters / problem.groups);
    const std::int64_t first = group * (problem.in.channels / problem.groups);
    return std::min(first / unit * unit, round_up(problem.in.channels, unit) -
                                             round_up(span_of(problem, variant), unit));
}

// How a convolution's weights are laid out for a variant.
struct WeightLayout {
    std::int64_t block;     // output channels that one work-item or group computes together
    std::int64_t lanes;     // output channels of the blocks that follow the last whole one
    std::int64_t filters;   // output channels, padded to whole vectors
    std::int64_t run;       // products of a filter that follow on one another, then the next tap's
    std::int64_t row;       // from one row of the kernel to the next
    std::int64_t products;  // all of them, padded

    std::int64_t width_at(std::int64_t filter) const {
        return filter < filters / block * block ? block : lanes;
    }
};

WeightLayout layout_of(const ConvProblem& problem, const Variant& variant) {
    const std::int64_t rows = problem.kernel.height, columns = problem.kernel.width;
    const std::int64_t channels = problem.in.channels / problem.groups;
    if (const Team& team = variant.team; team.depth > 0) {
        const std::int64_t block = variant.block_filters();
        const std::int64_t tap = round_up(channels, team.unit);
        const std::int64_t run = team.region > 0 ? team.unit : tap;
        return {block, block,         round_up(problem.filters, block),
                run,   columns * run, round_up(rows * columns * tap, team.depth)};
    }
    const std::int64_t lanes = variant.algorithm == Algorithm::gemm ? 1 : variant.tile.lanes;
    const std::int64_t filters = round_up(problem.filters, lanes);
    const bool in_blocks = variant.family == Family::conv && lanes > 1;
    const std::int64_t block = in_blocks ? lanes_of_block(variant.tile) : filters;
    if (variant.on_amx_tiles()) {
        const AmxRow row = amx_row(problem);
        return {block, lanes, filters, row.tap, row.products(), rows * row.products()};
    }
    const std::int64_t tap = round_up(span_of(problem, variant), variant.channel_group);
    return {block, lanes, filters, tap, columns * tap, rows * columns * tap};
}

template <class Stored, class Weight>
std::vector<std::byte> pack_conv(const std::vector<Weight>& oihw, const ConvProblem& problem,
                                 const Variant& variant) {
    const WeightLayout layout = layout_of(problem, variant);
    const std::int64_t columns = problem.kernel.width, taps = problem.kernel.height * columns;
    const std::int64_t channels = problem.in.channels / problem.groups;
    const std::int64_t group = variant.channel_group;
    std::vector<std::byte> bytes(layout.filters * layout.products * sizeof(Stored));
    auto* packed = reinterpret_cast<Stored*>(bytes.data());
    for (std::int64_t o = 0; o < problem.filters; ++o) {
        const std::int64_t width = layout.width_at(o);
        const std::int64_t first = o / width * width;
        Stored* filter = packed + first * layout.products + (o - first) * group;
        const Weight* const from_filter = oihw.data() + o * channels * taps;
        const std::int64_t own = o / (problem.filters / problem.groups) * channels;
        const std::int64_t skipped =
            blocked(variant) ? own - first_of_span(problem, variant, first) : 0;
        for (std::int64_t run = 0; run < channels; run += layout.run)
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                const std::int64_t product =
                    run * taps + tap / columns * layout.row + tap % columns * layout.run + skipped;
                std::int64_t in_group = product % group;
                Stored* to = filter + product / group * width * group;
                const Weight* from = from_filter + run * taps + tap;
                const std::int64_t end = std::min(run + layout.run, channels);
                for (std::int64_t c = run; c < end; ++c, from += taps) {
                    to[in_group] = Stored(*from);
                    if (++in_group < group) continue;
                    in_group = 0;
                    to += width * group;
                }
            }
    }
    return bytes;
}

WinogradBlock winograd_block(const Variant& variant) {
    return {.tiles = variant.tile.pixels,
            .filters = lanes_of_block(variant.tile),
            .lanes = variant.tile.lanes};
}

void append_words(std::vector<std::byte>& bytes, const auto& words) {
    static_assert(sizeof(words[0]) == 4);
    const std::size_t at = bytes.size();
    bytes.resize(at + words.size() * 4);
    std::memcpy(bytes.data() + at, words.data(), words.size() * 4);
}

std::vector<std::byte> pack_conv(const StepConstants& constants, const ConvProblem& problem,
                                 const Variant& variant) {
    if (variant.algorithm == Algorithm::winograd) {
        std::vector<std::byte> bytes;
        append_words(bytes, winograd_weights(std::get<std::vector<float>>(constants.weights),
                                             problem, winograd_block(variant)));
        return bytes;
    }
    switch (traits(variant.precision).weight) {
        case DataType::f16:
            return pack_conv<Half>(std::get<std::vector<float>>(constants.weights), problem,
                                   variant);
        case DataType::s8:
            return pack_conv<std::int8_t>(std::get<std::vector<std::int8_t>>(constants.weights),
                                          problem, variant);
        default:
            return pack_conv<float>(std::get<std::vector<float>>(constants.weights), problem,
                                    variant);
    }
}

std::vector<std::byte> pack_tables(const Resize& resize, const TensorShape& in,
                                   const TensorShape& out) {
    std::vector<std::byte> bytes;
    for (const ResizeAxis& axis : {resize_axis(resize.filter, in.height, out.height),
                                   resize_axis(resize.filter, in.width, out.width)}) {
        append_words(bytes, axis.start);
        append_words(bytes, axis.weight);
    }
    return bytes;
}

// Rows are padded to whole blocks: kernels read them in vectors.
std::vector<float> pack_rows(const StepConstants& constants, std::int64_t stride) {
    std::vector<float> rows(3 * stride);
    std::ranges::copy(constants.scale, rows.begin());
    std::ranges::copy(constants.bias, rows.begin() + stride);
    std::ranges::transform(constants.init, rows.begin() + 2 * stride,
                           [](std::int32_t init) { return std::bit_cast<float>(init); });
    return rows;
}

// One work-group for each tile of a dense convolution; else a work-item for each vector of channels
// of `pixels` pixels of a row.
LaunchSize team_launch(const TensorShape& out, const Variant& variant) {
    const std::size_t items = variant.team.items;
    const auto launch = [&](std::int64_t groups) {
        return LaunchSize{.global = {static_cast<std::size_t>(groups) * items, 1, 1},
                          .local = {items, 1, 1}};
    };
    if (variant.team.depth > 0)
        return launch(divide_up(out.pixels(), variant.block_pixels()) *
                      divide_up(out.channels, variant.block_filters()));
    const std::int64_t runs = divide_up(out.width, variant.tile.pixels);
    return launch(
        divide_up(out.batch * out.height * runs * divide_up(out.channels, variant.tile.lanes),
                  static_cast<std::int64_t>(items)));
}

// Blocks whose weights take no more than half a usual second-level cache, at least one.
std::int64_t blocks_in_cache(const ConvProblem& problem, const Variant& variant) {
    constexpr std::int64_t cache_bytes = 512 << 10;
    const WeightLayout layout = layout_of(problem, variant);
    const std::int64_t bytes =
        layout.block * layout.products * traits(traits(variant.precision).weight).bits / 8;
    return std::max<std::int64_t>(1, cache_bytes / bytes);
}

// Of all input channels.
std::int64_t bytes_read(const ConvProblem& problem, const Variant& variant) {
    return problem.in.elements() * traits(traits(variant.precision).activation).bits / 8;
}

// Work-items shape their tiles anew, which takes 100 ns in a virtual machine: eight of them, fewer
// where they would have little to do, more only where they would take long. Where the second-level
// cache holds all weights, they divide the pixels first, else the blocks.
LaunchSize amx_launch(const FusedStep& step, const Variant& variant, const Network& network) {
    constexpr std::int64_t cache_bytes = 1 << 20, usual_items = 8, threads = 2;
    constexpr std::int64_t worthwhile_macs = 1 << 20, long_macs = 1 << 22;
    const WeightLayout layout = layout_of(std::get<Conv>(step.operation).problem, variant);
    const AmxTiles tiles = amx_tiles(step, network);
    const std::int64_t pairs = divide_up(tiles.count, 2);
    const std::int64_t blocks = divide_up(layout.filters, layout.block);
    const std::int64_t macs = pairs * 2 * amx_tile_rows * blocks * layout.block * layout.products;
    const std::int64_t items = round_up(
        std::max({threads, std::min(usual_items, macs / worthwhile_macs), macs / long_macs}),
        threads);
    const auto shares = [&](std::int64_t first, std::int64_t second) {
        const std::int64_t along = std::min(items, first);
        return std::array{along, std::min(divide_up(items, along), second)};
    };
    const bool held = layout.filters * layout.products <= cache_bytes;
    const auto [first, second] = held ? shares(pairs, blocks) : shares(blocks, pairs);
    const std::int64_t of_pairs = held ? first : second, of_blocks = held ? second : first;
    return {.global = {static_cast<std::size_t>(of_pairs), static_cast<std::size_t>(of_blocks), 1}};
}

}  // namespace

std::int64_t span_of(const ConvProblem& problem, const Variant& variant) {
    const std::int64_t of_group = problem.in.channels / problem.groups;
    if (problem.groups == 1 || !blocked(variant)) return of_group;
    const std::int64_t unit = variant.channel_group;
    const std::int64_t before = of_group % unit == 0 ? 0 : unit - 1;  // what units begin with
    const std::int64_t groups = groups_of_block(problem, lanes_of_block(variant.tile));
    return std::min(groups * of_group + before, problem.in.channels);
}

std::vector<std::byte> pack_weights(const FusedStep& step, const Variant& variant,
                                    const StepConstants& constants, const Network& network) {
    if (const auto* conv = std::get_if<Conv>(&step.operation))
        return pack_conv(constants, conv->problem, variant);
    if (const auto* resize = std::get_if<Resize>(&step.operation))
        return pack_tables(*resize, network.tensors[step.input].shape,
                           network.tensors[step.output].shape);
    return {};
}

PackedChannels pack_channels(const FusedStep& step, const Variant& variant,
                             const StepConstants& constants, const Network& network) {
    const std::int64_t unit =
        variant.algorithm == Algorithm::gemm ? widest_vector : variant.block_filters();
    const std::int64_t stride = round_up(network.tensors[step.output].shape.channels, unit);
    return {pack_rows(constants, stride), static_cast<int>(stride)};
}

LaunchSize launch_size(const FusedStep& step, const Variant& variant, const Network& network) {
    const TensorShape& out = network.tensors[step.output].shape;
    const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
    if (plain(variant))
        return {.global = {size(round_up(out.elements(), plain_group)), 1, 1},
                .local = {size(plain_group), 1, 1}};
    if (variant.made_for_gpus()) return team_launch(out, variant);
    const std::int64_t blocks = divide_up(out.channels, lanes_of_block(variant.tile));
    const bool winograd = variant.algorithm == Algorithm::winograd;
    const std::int64_t tiles =
        divide_up(winograd ? winograd_tiles(out) : out.pixels(), variant.tile.pixels);
    const std::int64_t rows = out.batch * out.height;
    switch (variant.family) {
        case Family::conv: {
            const ConvProblem& problem = std::get<Conv>(step.operation).problem;
            if (winograd) {
                const WinogradShares shares =
                    winograd_shares(problem, out, winograd_block(variant));
                return {.global = {size(shares.tiles), size(shares.blocks), 1}};
            }
            if (variant.on_amx_tiles()) return amx_launch(step, variant, network);
            // Blocks for a tile first, as long as their weights stay in the second-level cache,
            // then tiles. Where one thread's cache holds all weights, and they are fewer than what
            // they are multiplied with, threads divide the pixels, as most of the steps around it.
            const std::int64_t together =
                tiles_together(tiles * blocks, tiles * blocks, worthwhile_tiles(problem, variant));
            const std::int64_t in_cache = blocks_in_cache(problem, variant);
            const std::int64_t wide = std::min({together, blocks, in_cache});
            const std::size_t of_tiles = size(divide_up(tiles, together / wide));
            const std::size_t of_blocks = size(divide_up(blocks, wide));
            if (of_blocks > 1 && blocks <= in_cache &&
                packed_weight_bytes(step, variant) <= bytes_read(problem, variant))
                return {.global = {1, of_blocks, of_tiles}};
            return {.global = {of_tiles, of_blocks, 1}};
        }
        case Family::depthwise:
            return depthwise_launch(rows, out.channels, variant);
        case Family::resize:
            return {.global = {size(divide_up(rows, tiles_together(rows, rows))), 1, 1}};
        default:
            return {.global = {size(rows), 1, 1}};
    }
}

std::int64_t executed_macs(const FusedStep& step, const Variant& variant, const Network& network) {
    const auto* conv = std::get_if<Conv>(&step.operation);
    if (conv == nullptr) return 0;
    const ConvProblem& problem = conv->problem;
    if (variant.algorithm == Algorithm::gemm) return problem.macs();
    const TensorShape& out = network.tensors[step.output].shape;
    const WeightLayout layout = layout_of(problem, variant);
    if (variant.algorithm == Algorithm::winograd)
        return winograd_macs(out, problem.in.channels, winograd_block(variant));
    if (variant.on_amx_tiles()) {
        const AmxTiles tiles = amx_tiles(step, network);
        return tiles.count * tiles.rows * layout.filters * layout.products;
    }
    const std::int64_t tile = variant.tile.pixels;
    if (variant.family == Family::depthwise)
        return out.batch * out.height * round_up(out.width, tile) * layout.filters *
               layout.products;
    if (variant.team.depth > 0)
        return round_up(out.pixels(), variant.block_pixels()) * layout.filters * layout.products;

    // Whole blocks end in half a tile where that is enough (conv_blocked.cl), single vectors do
    // not.
    const std::int64_t in_blocks = layout.filters / layout.block * layout.block;
    const std::int64_t half = divide_up(tile, 2);
    const std::int64_t last = out.pixels() % tile;
    const std::int64_t saved = last > 0 && last <= half ? tile - half : 0;
    return (round_up(out.pixels(), tile) * layout.filters - saved * in_blocks) * layout.products;
}

std::int64_t packed_weight_bytes(const FusedStep& step, const Variant& variant) {
    const auto* conv = std::get_if<Conv>(&step.operation);
    if (conv == nullptr) return 0;
    const ConvProblem& problem = conv->problem;
    if (variant.algorithm == Algorithm::winograd)
        return winograd_weight_count(problem, winograd_block(variant)) *
               static_cast<std::int64_t>(sizeof(float));
    const WeightLayout layout = layout_of(problem, variant);
    return layout.filters * layout.products * traits(traits(variant.precision).weight).bits / 8;
}

std::string entry_point(const Variant& variant) {
    return std::string(variant.source.substr(0, variant.source.rfind('.')));
}

}  // namespace slimbench
