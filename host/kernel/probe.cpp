// The table of probes. Rows follow the tiers of the registry, whose idioms they measure.
#include "host/kernel/probe.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/core.h>

namespace slimbench {
namespace {

constexpr std::array<std::string_view, 9> names{"fp32", "fp16", "int8",   "int4",  "binary",
                                                "read", "copy", "stream", "launch"};

constexpr int lanes_of(Tier tier) {
    return tier == Tier::portable ? 4 : tier == Tier::avx2 ? 8 : 16;
}

// On any device: single elements, each work-item its own.
constexpr Probe plain(Probe probe) {
    probe.tile.lanes = 1;
    probe.tier = Tier::portable;
    probe.cpu_only = false;
    return probe;
}

// Enough chains for two units of five cycles; AVX2 has 16 registers.
constexpr Probe fma(Tier tier) {
    return {.quantity = Quantity::fp32,
            .idiom = "fused multiply-add",
            .source = "peak_fma.cl",
            .defines = "",
            .element = DataType::f32,
            .weight = DataType::f32,
            .tile = {tier >= Tier::avx512 ? 24 : 12, 1, lanes_of(tier)},
            .channel_group = 1,
            .tier = tier,
            .task = fma_task};
}

constexpr Probe halves(Tier tier, Tile tile) {
    return {.quantity = Quantity::fp16,
            .idiom = "halves widened, fused multiply-add",
            .source = "peak_dot.cl",
            .defines = "-DNIBBLES=0",
            .element = DataType::f16,
            .weight = DataType::f16,
            .tile = tile,
            .channel_group = 1,
            .tier = tier,
            .task = dot_task};
}

// Binary16 counts in ones up to 2048.
constexpr Probe products_of_halves() {
    Probe probe = halves(Tier::avx512, {24, 2, 16});
    probe.idiom = "fused multiply-add of halves";
    probe.source = "peak_halves.cl";
    probe.defines = "-DHALF_AVX512";
    probe.channel_group = 1024;
    probe.task = fma_task;
    probe.needs.add(Capability::avx512_fp16);
    return probe;
}

constexpr Probe bytes(std::string_view idiom, std::string_view defines, Tier tier, Tile tile) {
    return {.quantity = Quantity::int8,
            .idiom = idiom,
            .source = "peak_dot.cl",
            .defines = defines,
            .element = DataType::u8,
            .weight = DataType::s8,
            .tile = tile,
            .channel_group = 4,
            .tier = tier,
            .task = dot_task};
}

// Four registers of sums.
constexpr Probe tiles(std::string_view idiom, Tier tier) {
    Probe probe = bytes(idiom, "", tier, {32, 2, 16});
    probe.source = "peak_amx.cl";
    probe.channel_group = 64;
    return probe;
}

constexpr Probe nibbles(std::string_view idiom, std::string_view defines, Tier tier, Tile tile) {
    Probe probe = bytes(idiom, defines, tier, tile);
    probe.quantity = Quantity::int4;
    return probe;
}

// What works on words of 32 bits takes them from buffers of bytes.
constexpr Probe words(Quantity quantity, std::string_view idiom, std::string_view source,
                      std::string_view defines, Tier tier, Tile tile, decltype(Probe::task) task) {
    return {.quantity = quantity,
            .idiom = idiom,
            .source = source,
            .defines = defines,
            .element = DataType::u8,
            .weight = DataType::s8,
            .tile = tile,
            .channel_group = 1,
            .tier = tier,
            .task = task};
}

constexpr Probe bits(std::string_view idiom, std::string_view defines, Tier tier, Tile tile) {
    return words(Quantity::binary, idiom, "peak_bits.cl", defines, tier, tile, bits_task);
}

constexpr Probe reading(Tier tier) {
    return words(Quantity::read, "loads", "peak_read.cl", "", tier, {8, 1, lanes_of(tier)},
                 read_task);
}
constexpr Probe copying(Tier tier) {
    return words(Quantity::copy, "loads and stores", "peak_copy.cl", "-DSTREAM=0", tier,
                 {8, 1, lanes_of(tier)}, copy_task);
}
constexpr Probe streaming(Tier tier) {
    return words(Quantity::stream, "loads, stores past the caches", "peak_copy.cl", "-DSTREAM=1",
                 tier, {8, 1, lanes_of(tier)}, copy_task);
}

// 8 fragments of sums: more chains than a product takes steps.
constexpr Probe matrices(Quantity quantity, std::string_view idiom, DataType element,
                         DataType weight, Capability needed) {
    return {.quantity = quantity,
            .idiom = idiom,
            .source = "peak_mma.cl",
            .defines = "-DMMA_PTX",
            .element = element,
            .weight = weight,
            .tile = {2, 4, 1},
            .channel_group = 1,
            .tier = Tier::portable,
            .task = mma_task,
            .cpu_only = false,
            .needs = {needed}};
}

constexpr Probe with_popcount(Probe probe) {
    probe.vector_popcount = true;
    return probe;
}

constexpr std::string_view vnni = "-DDOT_VNNI -DNIBBLES=0", vnni4 = "-DDOT_VNNI -DNIBBLES=1";
constexpr std::string_view madd = "-DDOT_MADD -DNIBBLES=0", madd4 = "-DDOT_MADD -DNIBBLES=1";
constexpr std::string_view mul = "-DDOT_PORTABLE -DNIBBLES=0", mul4 = "-DDOT_PORTABLE -DNIBBLES=1";
constexpr std::string_view unpacked_vnni = "half-bytes unpacked, vpdpbusd";
constexpr std::string_view unpacked_madd = "half-bytes unpacked, vpmaddwd";
constexpr std::string_view unpacked = "half-bytes unpacked, multiply-add";

constexpr std::array rows{
    fma(Tier::avx512),
    fma(Tier::avx2),
    fma(Tier::portable),
    plain(fma(Tier::portable)),

    matrices(Quantity::fp16, "mma.sync m16n8k16", DataType::f16, DataType::f16,
             Capability::mma_f16),
    products_of_halves(),
    halves(Tier::avx512, {14, 2, 16}),
    halves(Tier::avx2, {6, 2, 8}),
    halves(Tier::portable, {6, 2, 4}),
    plain(halves(Tier::portable, {6, 2, 1})),

    matrices(Quantity::int8, "mma.sync m16n8k32", DataType::u8, DataType::s8, Capability::mma_s8),
    tiles("tdpbusd", Tier::amx),
    bytes("vpdpbusd", vnni, Tier::avx512_vnni, {5, 4, 16}),
    bytes("vpmaddwd", madd, Tier::avx512, {12, 2, 16}),
    bytes("vpmaddwd", madd, Tier::avx2, {4, 2, 8}),
    bytes("multiply-add", mul, Tier::portable, {4, 1, 4}),
    plain(bytes("multiply-add", mul, Tier::portable, {4, 1, 1})),

    nibbles(unpacked_vnni, vnni4, Tier::avx512_vnni, {12, 2, 16}),
    nibbles(unpacked_madd, madd4, Tier::avx512, {12, 2, 16}),
    nibbles(unpacked_madd, madd4, Tier::avx2, {4, 2, 8}),
    nibbles(unpacked, mul4, Tier::portable, {4, 1, 4}),
    plain(nibbles(unpacked, mul4, Tier::portable, {4, 1, 1})),

    with_popcount(bits("xor, vpopcntd", "-DPOPCOUNT_VPOPCNTD", Tier::avx512, {12, 2, 16})),
    bits("xor, popcount", "", Tier::avx512, {8, 2, 16}),
    bits("xor, popcount", "", Tier::avx2, {4, 1, 8}),
    bits("xor, popcount", "", Tier::portable, {4, 1, 4}),
    plain(bits("xor, popcount", "", Tier::portable, {4, 1, 1})),

    reading(Tier::avx512),
    reading(Tier::avx2),
    reading(Tier::portable),
    plain(reading(Tier::portable)),

    copying(Tier::avx512),
    copying(Tier::avx2),
    copying(Tier::portable),
    plain(copying(Tier::portable)),

    streaming(Tier::avx512),
    streaming(Tier::avx2),
    streaming(Tier::portable),
    plain(streaming(Tier::portable)),

    plain(words(Quantity::launch, "one word written", "peak_launch.cl", "", Tier::portable,
                {1, 1, 1}, launch_task)),
};

}  // namespace

std::string_view name(Quantity quantity) {
    return names.at(static_cast<std::size_t>(quantity));
}

std::string Probe::build_options() const {
    return fmt::format(
        "-DPIXELS={} -DVECTORS={} -DLANES={} -DCHANNEL_GROUP={} -DELEMENT={} -DWEIGHT={} -DINT8={} "
        "-DFP16={} -DHALF_RUN=0 {}",
        tile.pixels, tile.vectors, tile.lanes, channel_group, traits(element).opencl_name,
        traits(weight).opencl_name, traits(element).epsilon == 0 ? 1 : 0,
        element == DataType::f16 ? 1 : 0, defines);
}

std::string Probe::entry_point() const {
    return std::string(source.substr(0, source.rfind('.')));
}

std::span<const Probe> probes() {
    return rows;
}

ProbeLaunch launch_on(const DeviceTraits& device) {
    constexpr std::size_t gpu_group = 256, gpu_groups_per_unit = 16;
    const std::size_t units = std::max(1u, device.compute_units);
    if (device.cpu()) return {.groups = units};
    return {.groups = units * gpu_groups_per_unit, .group_size = gpu_group};
}

bool admissible(const Probe& probe, const DeviceTraits& device) {
    const bool able = std::ranges::all_of(all_capabilities, [&](Capability capability) {
        return device.can(capability) || !probe.needs.has(capability);
    });
    return able && (device.cpu() || !probe.cpu_only) && probe.tier <= device.tier &&
           (device.vector_popcount || !probe.vector_popcount);
}

bool finds_ceiling(const Probe& probe, const DeviceTraits& device) {
    const auto can_any = [&](std::initializer_list<Capability> capabilities) {
        return std::ranges::any_of(capabilities,
                                   [&](Capability capability) { return device.can(capability); });
    };
    if (probe.uses_matrix_units()) return true;
    switch (probe.quantity) {
        case Quantity::fp16:
            return !can_any({Capability::mma_f16});
        case Quantity::int8:
        case Quantity::int4:
            return !can_any({Capability::mma_s8, Capability::dp4a, Capability::dot_extension});
        default:
            return true;
    }
}

const Probe& choose_probe(Quantity quantity, const DeviceTraits& device) {
    const auto found = std::ranges::find_if(rows, [&](const Probe& row) {
        return row.quantity == quantity && admissible(row, device);
    });
    if (found == rows.end())
        throw std::logic_error(fmt::format("no probe for {} runs everywhere", name(quantity)));
    return *found;
}

}  // namespace slimbench
