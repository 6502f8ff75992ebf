// The table of probes, and what they are held to.
#include "host/kernel/probe.h"

#include <bit>
#include <cstring>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

using ::testing::HasSubstr;

constexpr std::array quantities{Quantity::fp32, Quantity::fp16,   Quantity::int8,
                                Quantity::int4, Quantity::binary, Quantity::read,
                                Quantity::copy, Quantity::stream, Quantity::launch};

DeviceTraits cpu_of(Tier tier, bool popcount = false) {
    DeviceTraits device;
    device.kind = DeviceKind::cpu;
    device.tier = tier;
    device.vector_popcount = popcount;
    return device;
}

std::uint32_t word_of(const std::vector<std::byte>& bytes, std::size_t word) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + 4 * word, sizeof value);
    return value;
}

TEST(Probes, find_no_ceiling_where_the_device_has_units_that_they_do_not_use) {
    DeviceTraits device;
    const auto finds = [&](Quantity quantity) {
        return finds_ceiling(choose_probe(quantity, device), device);
    };
    for (const Quantity quantity : multiply_adds) EXPECT_TRUE(finds(quantity)) << name(quantity);
    device.capabilities.add(Capability::dp4a);
    EXPECT_FALSE(finds(Quantity::int8));
    EXPECT_TRUE(finds(Quantity::fp16));
    EXPECT_TRUE(finds(Quantity::fp32));
    device.capabilities.add(Capability::mma_s8);
    EXPECT_TRUE(finds(Quantity::int8)) << "matrix units have a probe";
    EXPECT_FALSE(finds(Quantity::int4)) << "and none of half-bytes";
}

TEST(Probes, of_halves_say_whether_they_are_widened) {
    DeviceTraits device;
    EXPECT_EQ(choose_probe(Quantity::fp16, device).compute(), "fp32");
    device.capabilities.add(Capability::mma_f16);
    EXPECT_EQ(choose_probe(Quantity::fp16, device).compute(), "fp16");
    DeviceTraits cpu = cpu_of(Tier::avx512);
    EXPECT_EQ(choose_probe(Quantity::fp16, cpu).compute(), "fp32");
    cpu.capabilities.add(Capability::avx512_fp16);
    EXPECT_EQ(choose_probe(Quantity::fp16, cpu).compute(), "fp16");
}

TEST(Probes, every_quantity_has_a_row_on_any_device) {
    for (const Quantity quantity : quantities) {
        EXPECT_FALSE(choose_probe(quantity, DeviceTraits{}).cpu_only) << name(quantity);
        for (const Tier tier : all_tiers)
            EXPECT_LE(choose_probe(quantity, cpu_of(tier)).tier, tier) << name(quantity);
    }
}

TEST(Probes, bytes_are_multiplied_with_the_instruction_of_the_tier) {
    EXPECT_EQ(choose_probe(Quantity::int8, cpu_of(Tier::amx)).idiom, "tdpbusd");
    EXPECT_EQ(choose_probe(Quantity::int8, cpu_of(Tier::avx512_vnni)).idiom, "vpdpbusd");
    EXPECT_EQ(choose_probe(Quantity::int8, cpu_of(Tier::avx512)).idiom, "vpmaddwd");
    EXPECT_EQ(choose_probe(Quantity::int8, cpu_of(Tier::portable)).idiom, "multiply-add");
}

TEST(Probes, bits_are_counted_by_an_instruction_only_where_there_is_one) {
    const Probe& without = choose_probe(Quantity::binary, cpu_of(Tier::avx512_vnni));
    const Probe& with = choose_probe(Quantity::binary, cpu_of(Tier::avx512_vnni, true));
    EXPECT_FALSE(without.vector_popcount);
    EXPECT_THAT(with.build_options(), HasSubstr("-DPOPCOUNT_VPOPCNTD"));
}

TEST(ProbeTask, a_pass_of_the_fma_probe_adds_one_product_to_each_sum) {
    const Probe& probe = choose_probe(Quantity::fp32, cpu_of(Tier::avx2));  // 12 x 8 lanes
    const ProbeTask task = probe.task(probe, {.groups = 2});
    EXPECT_EQ(task.output_words, 2u * 12 * 8);
    EXPECT_EQ(task.work_per_pass, 2 * 12 * 8);
    EXPECT_EQ(std::bit_cast<float>(task.expected(0, 100)), 100);
    EXPECT_EQ(std::bit_cast<float>(task.expected(1, 100)), -100);
    EXPECT_EQ(std::bit_cast<float>(task.expected(3 * 8, 100)), 103);
}

TEST(ProbeTask, a_pass_of_halves_adds_as_many_ones_as_binary16_can_count) {
    DeviceTraits cpu = cpu_of(Tier::avx512);
    cpu.capabilities.add(Capability::avx512_fp16);
    const Probe& probe = choose_probe(Quantity::fp16, cpu);
    const ProbeTask task = probe.task(probe, {});
    EXPECT_EQ(task.output_words, 24u * 32);
    EXPECT_EQ(task.work_per_pass, 24.0 * 32 * 1024);
    EXPECT_LE(task.most_passes, (1u << 24) / 1024);
    EXPECT_EQ(task.input.size(), 32u * 2);
    EXPECT_EQ(word_of(task.input, 0), 0x40004000u) << "two times 2 in binary16";
    EXPECT_EQ(std::bit_cast<float>(task.expected(0, 3)), 3 * 1024);
    EXPECT_EQ(std::bit_cast<float>(task.expected(16 + 1, 3)), 1 - 3 * 1024) << "the second vector";
}

// The sum of row 1 and filter 2 (3 of 8 by the lane's number), and the one below it in row 9.
TEST(ProbeTask, a_pass_of_matrix_units_adds_a_product_of_two_rows_to_each_sum) {
    DeviceTraits device;
    device.capabilities.add(Capability::mma_f16);
    device.capabilities.add(Capability::mma_s8);
    const Probe& halves = choose_probe(Quantity::fp16, device);
    const ProbeTask task = halves.task(halves, {.groups = 2, .group_size = 64});
    EXPECT_EQ(task.output_words, 2u * 64 * 2 * 4 * 4);
    EXPECT_EQ(task.work_per_pass, 2.0 * 2 * 8 * (16 * 8 * 16)) << "4 warps, 8 fragments";
    const std::size_t lane = 1 * 4 + 1, first = lane * 32;
    EXPECT_EQ(std::bit_cast<float>(task.expected(first, 5)), 5 * 16 * 2 * 1);
    EXPECT_EQ(std::bit_cast<float>(task.expected(first + 1, 5)), 5 * 16 * 2 * 2);
    EXPECT_EQ(std::bit_cast<float>(task.expected(first + 2, 5)), 5 * 16 * 2 * 1);
    EXPECT_EQ(word_of(task.input, 1), 0x40004000u) << "two times 2 in binary16";
    const Probe& integers = choose_probe(Quantity::int8, device);
    const ProbeTask of_bytes = integers.task(integers, {.groups = 2, .group_size = 64});
    EXPECT_EQ(of_bytes.expected(first + 1, 5), 5u * 32 * 2 * 2);
    EXPECT_EQ(word_of(of_bytes.input, 1), 0x02020202u);
}

// The first sum by hand, from the bytes that the device gets.
TEST(ProbeTask, dot_products_follow_from_the_operands) {
    const Probe& probe = choose_probe(Quantity::int8, cpu_of(Tier::avx512_vnni));
    const ProbeTask task = probe.task(probe, {.length = 3});
    const std::size_t pixels = 5, columns = 64;
    ASSERT_EQ(task.input.size(), 3 * pixels * 4);
    ASSERT_EQ(task.weights.size(), 3 * columns * 4);
    int sum = 0;
    for (std::size_t step = 0; step < 3; ++step)
        for (std::size_t k = 0; k < 4; ++k)
            sum += static_cast<int>(task.input[step * pixels * 4 + k]) *
                   static_cast<std::int8_t>(task.weights[step * columns * 4 + k]);
    EXPECT_EQ(task.expected(0, 1), static_cast<std::uint32_t>(sum));
    EXPECT_EQ(task.expected(0, 5), static_cast<std::uint32_t>(5 * sum));
    EXPECT_EQ(task.work_per_pass, 3.0 * pixels * columns * 4);
}

TEST(ProbeTask, half_bytes_hold_two_groups_of_channels) {
    const Probe& bytes = choose_probe(Quantity::int8, cpu_of(Tier::avx2));
    const Probe& nibbles = choose_probe(Quantity::int4, cpu_of(Tier::avx2));
    const ProbeTask whole = bytes.task(bytes, {.length = 2});
    const ProbeTask half = nibbles.task(nibbles, {.length = 2});
    EXPECT_EQ(half.weights.size(), whole.weights.size());
    EXPECT_EQ(half.input.size(), 2 * whole.input.size());
    EXPECT_EQ(half.work_per_pass, 2 * whole.work_per_pass);
}

TEST(ProbeTask, differing_bits_are_counted) {
    const Probe& probe = choose_probe(Quantity::binary, cpu_of(Tier::avx2));
    const ProbeTask task = probe.task(probe, {.length = 1});
    const int differing = std::popcount(word_of(task.input, 0) ^ word_of(task.weights, 0));
    EXPECT_EQ(task.expected(0, 3), static_cast<std::uint32_t>(3 * differing));
}

// Sums of halves must stay whole numbers that floats can hold.
TEST(ProbeTask, passes_end_where_sums_would_be_rounded) {
    const Probe& probe = choose_probe(Quantity::fp16, cpu_of(Tier::avx512));
    const ProbeTask task = probe.task(probe, {.length = 32});
    EXPECT_LE(task.most_passes, (1u << 24) / 32);
    for (std::size_t word = 0; word < task.output_words; ++word) {
        const float sum = std::bit_cast<float>(task.expected(word, task.most_passes));
        EXPECT_LE(std::abs(sum), 1 << 24);
    }
}

// Each sum takes every 8th vector of its item's region; together they are the whole buffer.
TEST(ProbeTask, reading_adds_up_every_word_once_a_pass) {
    const Probe& probe = choose_probe(Quantity::read, DeviceTraits{});
    const ProbeTask task = probe.task(probe, {.groups = 3, .group_size = 5, .length = 40});
    std::uint32_t all = 0, sums = 0;
    for (std::size_t word = 0; word < task.input_bytes / 4; ++word)
        all += word_of(task.input, word % (task.input.size() / 4));
    for (std::size_t word = 0; word < task.output_words; ++word) sums += task.expected(word, 1);
    EXPECT_EQ(sums, all);
    EXPECT_EQ(task.work_per_pass, static_cast<double>(task.input_bytes));
}

TEST(ProbeTask, a_copied_byte_is_read_and_written) {
    const Probe& probe = choose_probe(Quantity::copy, cpu_of(Tier::avx512));
    const ProbeTask task = probe.task(probe, {.groups = 2, .length = 8});
    EXPECT_EQ(task.input_bytes, 2u * 8 * 64);
    EXPECT_EQ(task.work_per_pass, 2.0 * 2 * 8 * 64);
    EXPECT_EQ(task.expected(17, 4), word_of(task.input, 1) + 3);
}

}  // namespace
}  // namespace slimbench
