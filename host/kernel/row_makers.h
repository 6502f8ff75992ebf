// What makes a row of the registry out of its tile: one function for each family and what sets rows
// apart.
#pragma once

#include <cstdint>
#include <string_view>

#include "host/kernel/refusal.h"
#include "host/kernel/variant.h"

namespace slimbench::row_makers {

// A row without explicit vectors: one element per work-item, on any device.
constexpr Variant plain(std::string_view name, Family family, Precision precision,
                        std::string_view source) {
    return {name, family, precision, source, "", {}, 1, Tier::portable, false, refuses_nothing};
}

// A row that treats LANES channels at a time: as many as the tier's registers hold.
constexpr Variant vector(std::string_view name, Family family, Precision precision,
                         std::string_view source, Tier tier, decltype(Variant::refuse) refuse,
                         int pixels = 1) {
    const int lanes = tier == Tier::portable ? 4 : tier == Tier::avx2 ? 8 : 16;
    return {name, family, precision, source, "", {pixels, 1, lanes}, 1, tier, true, refuse};
}

constexpr Variant blocked(std::string_view name, Precision precision, std::string_view defines,
                          Tile tile, Tier tier) {
    const int channel_group = precision == Precision::int8 ? 4 : 1;
    return {name,          Family::conv,
            precision,     "conv_blocked.cl",
            defines,       tile,
            channel_group, tier,
            true,          tile.pixels == 1 ? many_pixels : refuses_nothing};
}

// Fewer loads to a product, more weights to read: quicker on Intel's cores, slower on AMD's
// (docs/performance.md).
constexpr Variant wide(Variant row, decltype(Variant::refuse) refuse) {
    row.refuse = refuse;
    row.vendor = "GenuineIntel";
    return row;
}

// The row that fetches the weights of blocks to come (kernels/cl/blocked_sum.clh).
constexpr Variant for_small_maps(Variant row) {
    row.refuse = small_map;
    return row;
}

// A third vector of filters alone would leave a tile of two without half of its products.
constexpr Variant of_24_filters(Variant row) {
    row.refuse = three_vectors_of_8;
    return row;
}

// The row in binary16 arithmetic. Such rows stand behind those that widen whole vectors for the
// arithmetic of x86: compilers emulate binary16 there.
constexpr Variant native(Variant row) {
    row.needs.add(Capability::half_arithmetic);
    row.team.local_bytes /= 2;  // words hold halves, not floats
    return row;
}

// The row with products by AVX-512 FP16 (kernels/cl/half_avx512.clh, half_sums.clh).
constexpr Variant by_avx512_fp16(Variant row, std::string_view defines = "-DHALF_AVX512") {
    row.defines = defines;
    row.needs.add(Capability::avx512_fp16);
    return row;
}

constexpr Variant winograd(std::string_view name, Precision precision, Tile tile, Tier tier,
                           decltype(Variant::refuse) refuse) {
    return {name, Family::conv, precision, "conv_winograd.cl", "", tile, 1,
            tier, true,         refuse,    Algorithm::winograd};
}

// Convolution through CLBlast: a work-item gathers 16 windows in vectors, which any layout allows
// at 4 channels, or one element.
constexpr Variant through_clblast(std::string_view name, Precision precision, bool vectors) {
    const Tile tile = vectors ? Tile{16, 1, 4} : Tile{};
    // CLBlast adds in the type that it multiplies.
    const Capabilities needs =
        precision == Precision::fp16 ? Capabilities{Capability::half_arithmetic} : Capabilities{};
    return {name,           Family::conv, precision, "im2col.cl",     "",   tile, 1,
            Tier::portable, vectors,      countable, Algorithm::gemm, needs};
}

// Dense convolution out of local memory, made for GPUs: a stage of windows and weights while the
// one before is multiplied. Four words more for each row of windows keep work-items off each
// other's banks (conv_igemm.cl).
constexpr Variant igemm(std::string_view name, Precision precision, std::string_view defines,
                        Tile tile, Team team, Capabilities needs = {}) {
    const bool packed = precision == Precision::int8;  // a word is four channels
    const int words = packed ? team.depth / 4 : team.depth;
    Variant row{
        name,           Family::conv, precision, "conv_igemm.cl",   defines, tile, packed ? 4 : 1,
        Tier::portable, false,        grouped,   Algorithm::direct, needs,   team};
    row.team.items = static_cast<std::uint64_t>(team.along_pixels) *
                     static_cast<std::uint64_t>(team.along_filters);
    row.team.unit = 4;
    row.team.local_bytes =
        static_cast<std::uint64_t>(2 * words * (row.block_pixels() + 4 + row.block_filters()) * 4);
    row.unproven = needs.has(Capability::dp4a);
    return row;
}

// 8 x 8 sums for each of 8 x 16 work-items: two words of local memory for eight products. Half of
// that where the output is small, or has few channels.
inline constexpr Tile large_tile{8, 2, 4}, small_tile{8, 1, 4};
constexpr Team large_team(int depth) {
    return {.along_pixels = 8, .along_filters = 16, .depth = depth, .fills_device = true};
}
constexpr Team small_team(int depth) {
    return {.along_pixels = 8, .along_filters = 16, .depth = depth};
}

// Dense convolution on matrix units (conv_mma.cl): a warp of 32 work-items for each member of
// `warps`, `chunks` times 16 bytes of each row to a stage, so many stages in local memory. 16 bytes
// are copied at once, of images, whose pixels may stand 4 channels apart, 4 channels. Overlapping
// windows are shared (conv_mma_region.cl): a region of so many positions, which hold `chunks`, and
// a kernel row of filters to a stage.
struct MmaBlock {
    Tile warp;
    int along_pixels, along_filters;  // warps
    int chunks, stages;
    bool fills_device;
    int region = 0;
};
enum class Mma { ptx, emulated };  // emulated: by name only, shows that the indices are right
enum class Inputs { features, images, all, overlapping };
constexpr decltype(Variant::refuse) refusal_of(Inputs inputs) {
    switch (inputs) {
        case Inputs::features:
            return dense_of_features;
        case Inputs::images:
            return dense_of_images;
        case Inputs::overlapping:
            return overlapping;
        default:
            return grouped;
    }
}
constexpr Variant mma(std::string_view name, Precision precision, const MmaBlock& block,
                      Inputs inputs, Mma mma) {
    const bool emulated = mma == Mma::emulated;
    const int bytes = precision == Precision::int8 ? 1 : precision == Precision::fp16 ? 2 : 4;
    const int chunk = 16 / bytes;
    Capabilities needs{Capability::ldmatrix, Capability::cp_async};
    needs.add(precision == Precision::int8   ? Capability::mma_s8
              : precision == Precision::fp16 ? Capability::mma_f16
                                             : Capability::mma_tf32);
    const std::int64_t warps = std::int64_t{block.along_pixels} * block.along_filters;
    const Team team{.items = static_cast<std::uint64_t>(32 * warps),
                    .along_pixels = block.along_pixels,
                    .along_filters = block.along_filters,
                    .depth = block.chunks * chunk,
                    .unit = inputs == Inputs::images        ? 4
                            : inputs == Inputs::overlapping ? block.chunks * chunk
                                                            : chunk,
                    .stages = block.stages,
                    .region = block.region,
                    .fills_device = block.fills_device};
    Variant row{name,
                Family::conv,
                precision,
                block.region > 0 ? "conv_mma_region.cl" : "conv_mma.cl",
                emulated ? (bytes == 4 ? "-DMMA_EMULATED -DTF32" : "-DMMA_EMULATED")
                         : (bytes == 4 ? "-DMMA_PTX -DTF32" : "-DMMA_PTX"),
                block.warp,
                chunk,
                Tier::portable,
                false,
                refusal_of(inputs),
                Algorithm::direct,
                emulated ? Capabilities{} : needs,
                team};
    const std::int64_t slot =
        block.region > 0 ? 3 * row.block_filters() : row.block_pixels() + row.block_filters();
    const std::int64_t copied =
        std::int64_t{block.chunks} * 16 * (2 * block.region + block.stages * slot);
    // Emulated, each work-item shows its words to its warp.
    const std::int64_t words =
        emulated ? block.warp.pixels / 4 + block.warp.vectors * block.warp.lanes / 4 : 0;
    row.team.local_bytes = static_cast<std::uint64_t>(copied + 32 * warps * words * 4);
    if (row.team.local_bytes > 48 * 1024 && !emulated)
        row.needs.add(Capability::large_local_memory);
    row.unproven = !emulated;  // as they are now: earlier versions ran verified (docs/gpu.md)
    row.emulates = emulated;
    return row;
}
// 16 bytes of results are stored at once, in INT8 8. Sums of a warp: 64 x 64, 64 x 32, 32 x 64 or
// 32 x 32; docs/performance.md has what other blocks reached.
inline constexpr MmaBlock large_block{{64, 8, 8}, 4, 2, 8, 3, true};         // 256 x 128
inline constexpr MmaBlock square_block{{64, 8, 8}, 2, 2, 4, 3, true};        // 128 x 128
inline constexpr MmaBlock narrow_block{{32, 8, 8}, 4, 1, 4, 3, true};        // 128 x 64
inline constexpr MmaBlock small_block{{32, 4, 8}, 2, 2, 4, 4, false};        // 64 x 64
inline constexpr MmaBlock large_region{{64, 8, 8}, 4, 2, 4, 3, true, 512};   // 256 x 128
inline constexpr MmaBlock square_region{{64, 8, 8}, 2, 2, 4, 2, true, 384};  // 128 x 128
inline constexpr MmaBlock narrow_region{{64, 8, 8}, 4, 1, 4, 3, true, 512};  // 256 x 64
inline constexpr MmaBlock small_region{{16, 4, 8}, 2, 1, 4, 2, false, 96};   // 32 x 32
inline constexpr MmaBlock square_tf32{{64, 16, 4}, 2, 2, 4, 3, true};        // 128 x 128
inline constexpr MmaBlock small_tf32{{32, 8, 4}, 2, 2, 4, 4, false};         // 64 x 64
// Emulated, words are exchanged through local memory as well: with a stage less the rows fit the
// 32 KiB of Oclgrind's device.
constexpr MmaBlock with_3_stages(MmaBlock block) {
    block.stages = 3;
    return block;
}

// A vector of four channels for each work-item, channels fastest: a GPU's work-items then read and
// write neighbouring memory together.
constexpr Variant coalesced(std::string_view name, Family family, Precision precision,
                            std::string_view source,
                            decltype(Variant::refuse) refuse = refuses_nothing, int pixels = 1) {
    Variant row{name,           family, precision,      source, "",
                {pixels, 1, 4}, 1,      Tier::portable, false,  refuse};
    row.team.items = 64;
    return row;
}

// 16 bytes for each work-item.
constexpr Variant whole_words(Variant row) {
    row.tile.lanes = row.precision == Precision::int8 ? 16 : 8;
    row.refuse = narrow;
    return row;
}

}  // namespace slimbench::row_makers
