#include "host/kernel/capability_probe.h"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/problem/half.h"

namespace slimbench {
namespace {

using Task = CapabilityProbe::Task;
using Words = std::vector<std::uint32_t>;

std::uint32_t half_bits(int value) {
    return Half(static_cast<float>(value)).bits();
}

std::uint32_t twice(std::uint32_t half_word) {
    return half_word << 16 | half_word;
}

// i * i + 2048: beyond 2^11 binary16 has every second integer.
Task half_task() {
    Task task;
    for (int i = 0; i < static_cast<int>(capability_group); ++i) {
        task.input.insert(task.input.end(), {half_bits(i), half_bits(i), half_bits(2048)});
        task.expected.push_back(half_bits(i * i + 2048));
    }
    return task;
}

// What comes out is what went in.
Task same_task() {
    Task task;
    for (std::uint32_t i = 0; i < capability_group; ++i) task.input.push_back(i * 0x01010101u + 1);
    task.expected = task.input;
    return task;
}

Task shuffle_task() {
    Task task = same_task();
    for (std::size_t i = 0; i < capability_group; ++i)
        task.expected[i] = task.input[(i + 1) % capability_group];
    return task;
}

// Extremes of u8 and s8 among the operands, so that signs and saturation show.
Task dot_task() {
    constexpr std::array<int, 4> activations{255, 128, 1, 200}, weights{-128, 127, -1, 100};
    Task task;
    for (int i = 0; i < static_cast<int>(capability_group); ++i) {
        std::uint32_t first = 0, second = 0;
        int sum = 1000 * i - 7;
        const auto start = static_cast<std::uint32_t>(sum);
        for (unsigned k = 0; k < 4; ++k) {
            const int a = (activations[k] + i) & 255;
            const auto w = static_cast<std::int8_t>(weights[k] - i);
            first |= static_cast<std::uint32_t>(a) << (8 * k);
            second |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(w)) << (8 * k);
            sum += a * w;
        }
        task.input.insert(task.input.end(), {first, second, start});
        task.expected.push_back(static_cast<std::uint32_t>(sum));
    }
    return task;
}

// A product of 16 rows and 8 columns; all numbers of one are `row(r)` and `column(c)`.
template <class Row, class Column, class Product>
Task matrix_task(Row row, Column column, Product product) {
    Task task;
    for (int r = 0; r < 16; ++r) task.input.push_back(row(r));
    for (int c = 0; c < 8; ++c) task.input.push_back(column(c));
    for (int r = 0; r < 16; ++r)
        for (int c = 0; c < 8; ++c) task.expected.push_back(product(r, c));
    return task;
}

// Depth times (r + 1) times (c + 1), small enough for every type.
template <int depth>
std::uint32_t counted(int r, int c) {
    return static_cast<std::uint32_t>(depth * (r + 1) * (c + 1));
}

Task mma_f16_task() {
    const auto ones = [](int i) { return twice(half_bits(i + 1)); };
    return matrix_task(ones, ones, counted<16>);
}

Task mma_tf32_task() {
    const auto ones = [](int i) { return std::bit_cast<std::uint32_t>(static_cast<float>(i + 1)); };
    return matrix_task(ones, ones, counted<8>);
}

// Rows beyond s8, columns below u8: signs show.
Task mma_s8_task() {
    const auto four = [](int value) {
        return static_cast<std::uint32_t>(static_cast<std::uint8_t>(value)) * 0x01010101u;
    };
    return matrix_task(
        [&](int r) { return four(128 + r); }, [&](int c) { return four(-c - 1); },
        [](int r, int c) { return static_cast<std::uint32_t>(32 * (128 + r) * (-c - 1)); });
}

Task mma_b1_task() {
    const auto low_bits = [](int count) { return (std::uint32_t{1} << count) - 1; };
    return matrix_task(
        [&](int r) { return low_bits(r + 1); }, [&](int c) { return low_bits(2 * c + 2); },
        [](int r, int c) { return static_cast<std::uint32_t>(8 * std::min(r + 1, 2 * c + 2)); });
}

Words counting(std::uint32_t count) {
    Words words;
    for (std::uint32_t i = 0; i < count; ++i) words.push_back(0x10001u * i + 0x100);
    return words;
}

// Work-item i has what its neighbour has copied: four words.
Task copy_task() {
    Task task{counting(4 * capability_group), {}};
    for (std::size_t w = 0; w < task.input.size(); ++w)
        task.expected.push_back(task.input[(w + 4) % task.input.size()]);
    return task;
}

// A row of a matrix is four words, and stands where one work-item has written it.
Task load_task() {
    return {counting(4 * capability_group), counting(4 * capability_group)};
}

using For = CapabilityProbe::For;

constexpr std::array rows{
    CapabilityProbe{Capability::half_arithmetic, "can_half.cl", "", For::any, half_task},
    CapabilityProbe{Capability::avx512_fp16, "can_half.cl", "-DHALF_AVX512", For::cpus, half_task,
                    host_cpu_multiplies_halves},
    CapabilityProbe{Capability::subgroups, "can_subgroups.cl", "-cl-std=CL2.0", For::any,
                    same_task},
    CapabilityProbe{Capability::shuffle, "can_shuffle.cl", "", For::gpus, shuffle_task},
    CapabilityProbe{Capability::vnni, "can_dot.cl", "-DDOT_VNNI", For::cpus, dot_task},
    CapabilityProbe{Capability::dot_extension, "can_dot.cl", "-DDOT_EXTENSION -cl-std=CL3.0",
                    For::any, dot_task},
    CapabilityProbe{Capability::dp4a, "can_dot.cl", "-DDOT_DP4A", For::gpus, dot_task},
    CapabilityProbe{Capability::mma_f16, "can_mma.cl", "-DMMA_F16", For::gpus, mma_f16_task},
    CapabilityProbe{Capability::mma_tf32, "can_mma.cl", "-DMMA_TF32", For::gpus, mma_tf32_task},
    CapabilityProbe{Capability::mma_s8, "can_mma.cl", "-DMMA_S8", For::gpus, mma_s8_task},
    CapabilityProbe{Capability::mma_b1, "can_mma.cl", "-DMMA_B1", For::gpus, mma_b1_task},
    CapabilityProbe{Capability::ldmatrix, "can_stage.cl", "-DSTAGE_LOAD", For::gpus, load_task},
    CapabilityProbe{Capability::cp_async, "can_stage.cl", "-DSTAGE_COPY", For::gpus, copy_task},
    CapabilityProbe{Capability::large_local_memory, "can_local.cl", "", For::any, shuffle_task},
};
static_assert(rows.size() == all_capabilities.size());

}  // namespace

std::string CapabilityProbe::entry_point() const {
    return std::string(source.substr(0, source.rfind('.')));
}

std::span<const CapabilityProbe> capability_probes() {
    return rows;
}

const CapabilityProbe& capability_probe(Capability capability) {
    for (const CapabilityProbe& probe : rows)
        if (probe.capability == capability) return probe;
    throw std::logic_error(fmt::format("no probe for {}", name(capability)));
}

std::optional<std::string> not_tried(const CapabilityProbe& probe, DeviceKind kind) {
    const bool cpu = kind == DeviceKind::cpu;
    if (probe.made_for == For::gpus && cpu) return "not tried: inline PTX is for GPUs";
    if (probe.made_for == For::cpus && !cpu) return "not tried: an instruction of x86 CPUs";
    if (probe.processor_has != nullptr && !probe.processor_has())
        return "not tried: this processor does not have the instruction";
    return std::nullopt;
}

std::string half_tier(Capabilities capabilities) {
    return computes_in_halves(capabilities) ? "native" : "storage, FP32 compute";
}

std::string dot_product_tier(Capabilities capabilities) {
    for (const auto& [capability, tier] : {std::pair{Capability::dp4a, "dp4a"},
                                           {Capability::dot_extension, "extension"},
                                           {Capability::vnni, "vnni"}})
        if (capabilities.has(capability)) return tier;
    return "portable";
}

std::string matrix_unit_tier(Capabilities capabilities) {
    std::vector<std::string_view> types;
    for (const auto& [capability, type] : {std::pair{Capability::mma_f16, "f16"},
                                           {Capability::mma_tf32, "tf32"},
                                           {Capability::mma_s8, "s8"},
                                           {Capability::mma_b1, "b1"}})
        if (capabilities.has(capability)) types.push_back(type);
    return types.empty() ? "none" : fmt::format("mma {}", fmt::join(types, ", "));
}

std::string subgroup_tier(Capabilities capabilities) {
    if (capabilities.has(Capability::subgroups)) return "extension";
    return capabilities.has(Capability::shuffle) ? "shuffle (PTX)" : "none";
}

}  // namespace slimbench
