// The table of kernels: a new tile or instruction set is a row here, a new algorithm a file in
// kernels/cl and its rows.
#include <array>

#include "host/kernel/refusal.h"
#include "host/kernel/variant.h"

namespace slimbench {
namespace {

constexpr auto fp32 = Precision::fp32;
constexpr auto fp16 = Precision::fp16;
constexpr auto int8 = Precision::int8;
constexpr auto tf32 = Precision::tf32;

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
constexpr Tile large_tile{8, 2, 4}, small_tile{8, 1, 4};
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
constexpr MmaBlock large_block{{64, 8, 8}, 4, 2, 8, 3, true};         // 256 x 128
constexpr MmaBlock square_block{{64, 8, 8}, 2, 2, 4, 3, true};        // 128 x 128
constexpr MmaBlock narrow_block{{32, 8, 8}, 4, 1, 4, 3, true};        // 128 x 64
constexpr MmaBlock small_block{{32, 4, 8}, 2, 2, 4, 4, false};        // 64 x 64
constexpr MmaBlock large_region{{64, 8, 8}, 4, 2, 4, 3, true, 512};   // 256 x 128
constexpr MmaBlock square_region{{64, 8, 8}, 2, 2, 4, 2, true, 384};  // 128 x 128
constexpr MmaBlock narrow_region{{64, 8, 8}, 4, 1, 4, 3, true, 512};  // 256 x 64
constexpr MmaBlock small_region{{16, 4, 8}, 2, 1, 4, 2, false, 96};   // 32 x 32
constexpr MmaBlock square_tf32{{64, 16, 4}, 2, 2, 4, 3, true};        // 128 x 128
constexpr MmaBlock small_tf32{{32, 8, 4}, 2, 2, 4, 4, false};         // 64 x 64
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

// Tiles: 14 x 2 accumulators, two weight vectors and a broadcast use 31 of the 32 registers of
// AVX-512; 6 x 2 fits the 16 of AVX2 and SSE. A fully connected layer of batch 1 streams its
// weights, in 4 vectors at a time. Depthwise rows keep 7 pixels: the widths of classification
// networks are multiples of it. What goes through CLBlast stands behind the plain rows: by name
// only, while nothing measures on a device which row is best there.
constexpr std::array rows{
    winograd("conv_winograd.fp32.avx512", fp32, {6, 4, 16}, Tier::avx512, winograd_6x64),
    winograd("conv_winograd.fp32.avx512.narrow", fp32, {8, 2, 16}, Tier::avx512, winograd_8x32),
    winograd("conv_winograd.fp32.avx2", fp32, {6, 2, 8}, Tier::avx2, winograd_6x16),
    blocked("conv_blocked.fp32.avx512.pixel", fp32, "", {1, 4, 16}, Tier::avx512),
    wide(blocked("conv_blocked.fp32.avx512.block64", fp32, "-DWHOLE_BLOCKS -DPOINTWISE", {6, 4, 16},
                 Tier::avx512),
         pointwise_blocks_of_64),
    wide(blocked("conv_blocked.fp32.avx512.block48", fp32, "-DWHOLE_BLOCKS -DPOINTWISE", {9, 3, 16},
                 Tier::avx512),
         pointwise_blocks_of_48),
    for_small_maps(blocked("conv_blocked.fp32.avx512.small_map", fp32, "-DFETCH_NEXT_BLOCKS",
                           {14, 2, 16}, Tier::avx512)),
    blocked("conv_blocked.fp32.avx512", fp32, "", {14, 2, 16}, Tier::avx512),
    blocked("conv_blocked.fp32.avx2.pixel", fp32, "", {1, 4, 8}, Tier::avx2),
    of_24_filters(blocked("conv_blocked.fp32.avx2.block24", fp32, "", {4, 3, 8}, Tier::avx2)),
    blocked("conv_blocked.fp32.avx2", fp32, "", {6, 2, 8}, Tier::avx2),
    blocked("conv_blocked.fp32.portable", fp32, "", {6, 2, 4}, Tier::portable),
    igemm("conv_igemm.fp32", fp32, "", large_tile, large_team(16)),
    igemm("conv_igemm.fp32.small", fp32, "", small_tile, small_team(16)),
    plain("conv_plain.fp32", Family::conv, fp32, "conv_plain.cl"),
    through_clblast("clblast_vector.fp32", fp32, true),
    through_clblast("clblast_scalar.fp32", fp32, false),

    mma("conv_mma.tf32", tf32, square_tf32, Inputs::all, Mma::ptx),
    mma("conv_mma.tf32.small", tf32, small_tf32, Inputs::all, Mma::ptx),
    mma("conv_mma.tf32.emulated", tf32, square_tf32, Inputs::all, Mma::emulated),
    mma("conv_mma.tf32.emulated.small", tf32, with_3_stages(small_tf32), Inputs::all,
        Mma::emulated),

    winograd("conv_winograd.fp16.avx512", fp16, {6, 4, 16}, Tier::avx512, winograd_6x64),
    winograd("conv_winograd.fp16.avx512.narrow", fp16, {8, 2, 16}, Tier::avx512, winograd_8x32),
    winograd("conv_winograd.fp16.avx2", fp16, {6, 2, 8}, Tier::avx2, winograd_6x16),
    blocked("conv_blocked.fp16.avx512.pixel", fp16, "", {1, 4, 16}, Tier::avx512),
    for_small_maps(by_avx512_fp16(
        blocked("conv_blocked_native.fp16.avx512.small_map", fp16, "", {14, 2, 16}, Tier::avx512),
        "-DHALF_AVX512 -DFETCH_NEXT_BLOCKS")),
    by_avx512_fp16(blocked("conv_blocked_native.fp16.avx512", fp16, "", {14, 2, 16}, Tier::avx512)),
    blocked("conv_blocked.fp16.avx512", fp16, "", {14, 2, 16}, Tier::avx512),
    blocked("conv_blocked.fp16.avx2.pixel", fp16, "", {1, 4, 8}, Tier::avx2),
    of_24_filters(blocked("conv_blocked.fp16.avx2.block24", fp16, "", {4, 3, 8}, Tier::avx2)),
    blocked("conv_blocked.fp16.avx2", fp16, "", {6, 2, 8}, Tier::avx2),
    native(blocked("conv_blocked_native.fp16", fp16, "", {6, 2, 8}, Tier::portable)),
    blocked("conv_blocked.fp16.portable", fp16, "", {6, 2, 4}, Tier::portable),
    mma("conv_mma_region.fp16.square", fp16, square_region, Inputs::overlapping, Mma::ptx),
    mma("conv_mma_region.fp16.narrow", fp16, narrow_region, Inputs::overlapping, Mma::ptx),
    mma("conv_mma_region.fp16.large", fp16, large_region, Inputs::overlapping, Mma::ptx),
    mma("conv_mma.fp16.square", fp16, square_block, Inputs::features, Mma::ptx),
    mma("conv_mma.fp16.narrow", fp16, narrow_block, Inputs::features, Mma::ptx),
    mma("conv_mma.fp16.small", fp16, small_block, Inputs::features, Mma::ptx),
    mma("conv_mma.fp16.large", fp16, large_block, Inputs::features, Mma::ptx),
    mma("conv_mma.fp16.image", fp16, narrow_block, Inputs::images, Mma::ptx),
    mma("conv_mma.fp16.small.image", fp16, small_block, Inputs::images, Mma::ptx),
    native(igemm("conv_igemm_native.fp16", fp16, "", large_tile, large_team(16))),
    native(igemm("conv_igemm_native.fp16.small", fp16, "", small_tile, small_team(16))),
    igemm("conv_igemm.fp16", fp16, "", large_tile, large_team(16)),
    igemm("conv_igemm.fp16.small", fp16, "", small_tile, small_team(16)),
    native(plain("conv_plain_native.fp16", Family::conv, fp16, "conv_plain.cl")),
    plain("conv_plain.fp16", Family::conv, fp16, "conv_plain.cl"),
    mma("conv_mma_region.fp16.emulated.large", fp16, large_region, Inputs::overlapping,
        Mma::emulated),
    mma("conv_mma_region.fp16.emulated.small", fp16, small_region, Inputs::overlapping,
        Mma::emulated),
    mma("conv_mma.fp16.emulated.large", fp16, large_block, Inputs::features, Mma::emulated),
    mma("conv_mma.fp16.emulated.square", fp16, square_block, Inputs::features, Mma::emulated),
    mma("conv_mma.fp16.emulated.small", fp16, with_3_stages(small_block), Inputs::features,
        Mma::emulated),
    mma("conv_mma.fp16.emulated.small.image", fp16, with_3_stages(small_block), Inputs::images,
        Mma::emulated),
    through_clblast("clblast_vector.fp16", fp16, true),
    through_clblast("clblast_scalar.fp16", fp16, false),

    blocked("conv_blocked.int8.avx512-vnni.pixel", int8, "-DDOT_VNNI", {1, 4, 16},
            Tier::avx512_vnni),
    Variant{"conv_amx.int8",
            Family::conv,
            int8,
            "conv_amx.cl",
            "",
            {16, 2, 16},
            4,
            Tier::amx,
            true,
            amx},
    wide(blocked("conv_blocked.int8.avx512-vnni.block64.small_map", int8,
                 "-DWHOLE_BLOCKS -DDOT_VNNI -DFETCH_NEXT_BLOCKS", {6, 4, 16}, Tier::avx512_vnni),
         small_map_and_blocks_of_64),
    wide(blocked("conv_blocked.int8.avx512-vnni.block64", int8, "-DWHOLE_BLOCKS -DDOT_VNNI",
                 {6, 4, 16}, Tier::avx512_vnni),
         whole_blocks_of_64),
    for_small_maps(blocked("conv_blocked.int8.avx512-vnni.small_map", int8,
                           "-DDOT_VNNI -DFETCH_NEXT_BLOCKS", {14, 2, 16}, Tier::avx512_vnni)),
    blocked("conv_blocked.int8.avx512-vnni", int8, "-DDOT_VNNI", {14, 2, 16}, Tier::avx512_vnni),
    blocked("conv_blocked.int8.avx512", int8, "-DDOT_MADD", {12, 2, 16}, Tier::avx512),
    blocked("conv_blocked.int8.avx2.pixel", int8, "-DDOT_MADD", {1, 4, 8}, Tier::avx2),
    blocked("conv_blocked.int8.avx2", int8, "-DDOT_MADD", {4, 2, 8}, Tier::avx2),
    blocked("conv_blocked.int8.portable", int8, "-DDOT_PORTABLE", {4, 1, 4}, Tier::portable),
    mma("conv_mma_region.int8.square", int8, square_region, Inputs::overlapping, Mma::ptx),
    mma("conv_mma_region.int8.narrow", int8, narrow_region, Inputs::overlapping, Mma::ptx),
    mma("conv_mma_region.int8.large", int8, large_region, Inputs::overlapping, Mma::ptx),
    mma("conv_mma.int8.square", int8, square_block, Inputs::features, Mma::ptx),
    mma("conv_mma.int8.narrow", int8, narrow_block, Inputs::features, Mma::ptx),
    mma("conv_mma.int8.small", int8, small_block, Inputs::features, Mma::ptx),
    mma("conv_mma.int8.large", int8, large_block, Inputs::features, Mma::ptx),
    mma("conv_mma.int8.image", int8, narrow_block, Inputs::images, Mma::ptx),
    mma("conv_mma.int8.small.image", int8, small_block, Inputs::images, Mma::ptx),
    igemm("conv_igemm.int8.dp4a", int8, "-DDOT_DP4A", large_tile, large_team(32),
          {Capability::dp4a}),
    igemm("conv_igemm.int8.dp4a.small", int8, "-DDOT_DP4A", small_tile, small_team(32),
          {Capability::dp4a}),
    igemm("conv_igemm.int8.dot", int8, "-DDOT_EXTENSION", large_tile, large_team(32),
          {Capability::dot_extension}),
    igemm("conv_igemm.int8.dot.small", int8, "-DDOT_EXTENSION", small_tile, small_team(32),
          {Capability::dot_extension}),
    igemm("conv_igemm.int8.unpacked", int8, "-DDOT_PORTABLE", large_tile, large_team(32)),
    igemm("conv_igemm.int8.unpacked.small", int8, "-DDOT_PORTABLE", small_tile, small_team(32)),
    plain("conv_plain.int8", Family::conv, int8, "conv_plain.cl"),
    mma("conv_mma_region.int8.emulated.large", int8, large_region, Inputs::overlapping,
        Mma::emulated),
    mma("conv_mma_region.int8.emulated.small", int8, small_region, Inputs::overlapping,
        Mma::emulated),
    mma("conv_mma.int8.emulated.large", int8, large_block, Inputs::features, Mma::emulated),
    mma("conv_mma.int8.emulated.square", int8, square_block, Inputs::features, Mma::emulated),
    mma("conv_mma.int8.emulated.small", int8, with_3_stages(small_block), Inputs::features,
        Mma::emulated),
    mma("conv_mma.int8.emulated.small.image", int8, with_3_stages(small_block), Inputs::images,
        Mma::emulated),

    vector("depthwise_vector.fp32.avx512", Family::depthwise, fp32, "depthwise_vector.cl",
           Tier::avx512, narrow, 7),
    vector("depthwise_vector.fp32.avx2", Family::depthwise, fp32, "depthwise_vector.cl", Tier::avx2,
           narrow, 7),
    vector("depthwise_vector.fp32.portable", Family::depthwise, fp32, "depthwise_vector.cl",
           Tier::portable, refuses_nothing, 7),
    coalesced("depthwise_coalesced.fp32", Family::depthwise, fp32, "depthwise_vector.cl",
              refuses_nothing, 4),
    plain("depthwise_plain.fp32", Family::depthwise, fp32, "conv_plain.cl"),

    by_avx512_fp16(vector("depthwise_vector_native.fp16.avx512", Family::depthwise, fp16,
                          "depthwise_vector.cl", Tier::avx512, narrow, 7)),
    vector("depthwise_vector.fp16.avx512", Family::depthwise, fp16, "depthwise_vector.cl",
           Tier::avx512, narrow, 7),
    vector("depthwise_vector.fp16.avx2", Family::depthwise, fp16, "depthwise_vector.cl", Tier::avx2,
           narrow, 7),
    native(vector("depthwise_vector_native.fp16", Family::depthwise, fp16, "depthwise_vector.cl",
                  Tier::portable, refuses_nothing, 7)),
    vector("depthwise_vector.fp16.portable", Family::depthwise, fp16, "depthwise_vector.cl",
           Tier::portable, refuses_nothing, 7),
    native(coalesced("depthwise_coalesced_native.fp16", Family::depthwise, fp16,
                     "depthwise_vector.cl", refuses_nothing, 4)),
    coalesced("depthwise_coalesced.fp16", Family::depthwise, fp16, "depthwise_vector.cl",
              refuses_nothing, 4),
    native(plain("depthwise_plain_native.fp16", Family::depthwise, fp16, "conv_plain.cl")),
    plain("depthwise_plain.fp16", Family::depthwise, fp16, "conv_plain.cl"),

    Variant{"depthwise_dot.int8.avx512-vnni",
            Family::depthwise,
            int8,
            "depthwise_dot.cl",
            "",
            {2, 4, 16},
            1,
            Tier::avx512_vnni,
            true,
            depthwise_dot},
    vector("depthwise_vector.int8.avx512", Family::depthwise, int8, "depthwise_vector.cl",
           Tier::avx512, inexact_sum, 7),
    vector("depthwise_vector.int8.avx2", Family::depthwise, int8, "depthwise_vector.cl", Tier::avx2,
           inexact_sum, 7),
    vector("depthwise_vector.int8.portable", Family::depthwise, int8, "depthwise_vector.cl",
           Tier::portable, inexact_sum, 7),
    coalesced("depthwise_coalesced.int8", Family::depthwise, int8, "depthwise_vector.cl",
              inexact_sum, 4),
    plain("depthwise_plain.int8", Family::depthwise, int8, "conv_plain.cl"),

    vector("pool_vector.fp32.avx512", Family::pool, fp32, "pool.cl", Tier::avx512, narrow),
    vector("pool_vector.fp32.avx2", Family::pool, fp32, "pool.cl", Tier::avx2, narrow),
    vector("pool_vector.fp32.portable", Family::pool, fp32, "pool.cl", Tier::portable,
           refuses_nothing),
    coalesced("pool_coalesced.fp32", Family::pool, fp32, "pool.cl"),
    plain("pool_plain.fp32", Family::pool, fp32, "pool.cl"),

    vector("pool_vector.fp16.avx512", Family::pool, fp16, "pool.cl", Tier::avx512, narrow),
    vector("pool_vector.fp16.avx2", Family::pool, fp16, "pool.cl", Tier::avx2, narrow),
    vector("pool_vector.fp16.portable", Family::pool, fp16, "pool.cl", Tier::portable,
           refuses_nothing),
    whole_words(coalesced("pool_wide.fp16", Family::pool, fp16, "pool.cl")),
    coalesced("pool_coalesced.fp16", Family::pool, fp16, "pool.cl"),
    plain("pool_plain.fp16", Family::pool, fp16, "pool.cl"),

    vector("pool_vector.int8.avx512", Family::pool, int8, "pool.cl", Tier::avx512, narrow),
    vector("pool_vector.int8.avx2", Family::pool, int8, "pool.cl", Tier::avx2, narrow),
    vector("pool_vector.int8.portable", Family::pool, int8, "pool.cl", Tier::portable,
           refuses_nothing),
    whole_words(coalesced("pool_wide.int8", Family::pool, int8, "pool.cl")),
    coalesced("pool_coalesced.int8", Family::pool, int8, "pool.cl"),
    plain("pool_plain.int8", Family::pool, int8, "pool.cl"),

    vector("eltwise_vector.fp32.avx512", Family::eltwise, fp32, "eltwise.cl", Tier::avx512, narrow),
    vector("eltwise_vector.fp32.avx2", Family::eltwise, fp32, "eltwise.cl", Tier::avx2, narrow),
    vector("eltwise_vector.fp32.portable", Family::eltwise, fp32, "eltwise.cl", Tier::portable,
           refuses_nothing),
    coalesced("eltwise_coalesced.fp32", Family::eltwise, fp32, "eltwise.cl"),
    plain("eltwise_plain.fp32", Family::eltwise, fp32, "eltwise.cl"),

    vector("eltwise_vector.fp16.avx512", Family::eltwise, fp16, "eltwise.cl", Tier::avx512, narrow),
    vector("eltwise_vector.fp16.avx2", Family::eltwise, fp16, "eltwise.cl", Tier::avx2, narrow),
    vector("eltwise_vector.fp16.portable", Family::eltwise, fp16, "eltwise.cl", Tier::portable,
           refuses_nothing),
    coalesced("eltwise_coalesced.fp16", Family::eltwise, fp16, "eltwise.cl"),
    plain("eltwise_plain.fp16", Family::eltwise, fp16, "eltwise.cl"),

    vector("eltwise_vector.int8.avx512", Family::eltwise, int8, "eltwise.cl", Tier::avx512, narrow),
    vector("eltwise_vector.int8.avx2", Family::eltwise, int8, "eltwise.cl", Tier::avx2, narrow),
    vector("eltwise_vector.int8.portable", Family::eltwise, int8, "eltwise.cl", Tier::portable,
           refuses_nothing),
    coalesced("eltwise_coalesced.int8", Family::eltwise, int8, "eltwise.cl"),
    plain("eltwise_plain.int8", Family::eltwise, int8, "eltwise.cl"),

    vector("concat_vector.fp32.avx512", Family::concat, fp32, "concat.cl", Tier::avx512,
           refuses_nothing),
    vector("concat_vector.fp32.avx2", Family::concat, fp32, "concat.cl", Tier::avx2,
           refuses_nothing),
    vector("concat_vector.fp32.portable", Family::concat, fp32, "concat.cl", Tier::portable,
           refuses_nothing),
    coalesced("concat_coalesced.fp32", Family::concat, fp32, "concat.cl"),
    plain("concat_plain.fp32", Family::concat, fp32, "concat.cl"),

    vector("concat_vector.fp16.avx512", Family::concat, fp16, "concat.cl", Tier::avx512,
           refuses_nothing),
    vector("concat_vector.fp16.avx2", Family::concat, fp16, "concat.cl", Tier::avx2,
           refuses_nothing),
    vector("concat_vector.fp16.portable", Family::concat, fp16, "concat.cl", Tier::portable,
           refuses_nothing),
    coalesced("concat_coalesced.fp16", Family::concat, fp16, "concat.cl"),
    plain("concat_plain.fp16", Family::concat, fp16, "concat.cl"),

    vector("concat_vector.int8.avx512", Family::concat, int8, "concat.cl", Tier::avx512,
           refuses_nothing),
    vector("concat_vector.int8.avx2", Family::concat, int8, "concat.cl", Tier::avx2,
           refuses_nothing),
    vector("concat_vector.int8.portable", Family::concat, int8, "concat.cl", Tier::portable,
           refuses_nothing),
    coalesced("concat_coalesced.int8", Family::concat, int8, "concat.cl"),
    plain("concat_plain.int8", Family::concat, int8, "concat.cl"),

    vector("resize_vector.fp32.avx512", Family::resize, fp32, "resize.cl", Tier::avx512, narrow),
    vector("resize_vector.fp32.avx2", Family::resize, fp32, "resize.cl", Tier::avx2, narrow),
    vector("resize_vector.fp32.portable", Family::resize, fp32, "resize.cl", Tier::portable,
           refuses_nothing),
    coalesced("resize_coalesced.fp32", Family::resize, fp32, "resize.cl"),
    plain("resize_plain.fp32", Family::resize, fp32, "resize.cl"),

    vector("resize_vector.fp16.avx512", Family::resize, fp16, "resize.cl", Tier::avx512, narrow),
    vector("resize_vector.fp16.avx2", Family::resize, fp16, "resize.cl", Tier::avx2, narrow),
    vector("resize_vector.fp16.portable", Family::resize, fp16, "resize.cl", Tier::portable,
           refuses_nothing),
    coalesced("resize_coalesced.fp16", Family::resize, fp16, "resize.cl"),
    plain("resize_plain.fp16", Family::resize, fp16, "resize.cl"),

    vector("resize_vector.int8.avx512", Family::resize, int8, "resize.cl", Tier::avx512, narrow),
    vector("resize_vector.int8.avx2", Family::resize, int8, "resize.cl", Tier::avx2, narrow),
    vector("resize_vector.int8.portable", Family::resize, int8, "resize.cl", Tier::portable,
           refuses_nothing),
    coalesced("resize_coalesced.int8", Family::resize, int8, "resize.cl"),
    plain("resize_plain.int8", Family::resize, int8, "resize.cl"),
};

}  // namespace

std::span<const Variant> registry() {
    return rows;
}

}  // namespace slimbench
