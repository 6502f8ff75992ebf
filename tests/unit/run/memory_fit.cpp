#include "host/run/memory_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

Network convolution_of(std::int64_t batch) {
    NetworkBuilder builder({batch, 64, 32, 32});
    builder.conv("conv", 0, 64);
    return builder.build();
}

DeviceTraits device(bool cpu) {
    DeviceTraits device;
    device.name = "some device";
    if (cpu) device.kind = DeviceKind::cpu;
    device.global_memory = 16 * gib;
    device.largest_allocation = 4 * gib;
    return device;
}

Plan plan_of(const Network& network, Precision precision, bool cpu = true) {
    return plan_network(network, fuse(network), precision, device(cpu));
}

std::string reason(std::int64_t batch, const DeviceTraits& device, std::uint64_t host_memory) {
    const Network network = convolution_of(batch);
    return too_large(plan_of(network, Precision::fp32, device.cpu()), network, device, host_memory)
        .value_or("fits");
}

TEST(MemoryFit, host_holds_input_output_and_one_copy_of_a_step_in_what_it_computes_with) {
    const Network network = convolution_of(128);
    const std::uint64_t elements = 128 * 64 * 32 * 32;
    for (const Precision precision : all_precisions) {
        const std::uint64_t each = precision == Precision::int8 ? 1 : 4;
        EXPECT_GT(estimate_memory(plan_of(network, precision), network).host, 2 * elements * each)
            << traits(precision).name;
    }
}

TEST(MemoryFit, half_of_the_storage_halves_the_device_and_not_the_host) {
    const Network network = convolution_of(128);
    const MemoryEstimate single = estimate_memory(plan_of(network, Precision::fp32), network);
    const MemoryEstimate half = estimate_memory(plan_of(network, Precision::fp16), network);
    EXPECT_NEAR(static_cast<double>(half.device) / static_cast<double>(single.device), 0.5, 0.01);
    EXPECT_GT(half.host, single.host * 3 / 5);
}

TEST(MemoryFit, counts_the_scratch_of_a_library) {
    const Network network = convolution_of(8);
    const Plan ours = plan_of(network, Precision::fp32);
    const Plan through_clblast =
        plan_network(network, fuse(network), Precision::fp32, device(true), {.only = "clblast"});
    const MemoryEstimate without = estimate_memory(ours, network);
    const MemoryEstimate with = estimate_memory(through_clblast, network);
    EXPECT_GT(through_clblast.scratch.windows, std::uint64_t{2} << 20);
    EXPECT_EQ(with.device, without.device + through_clblast.scratch.total());
    EXPECT_GE(with.largest_buffer, through_clblast.scratch.largest());
}

TEST(MemoryFit, grows_with_the_batch) {
    DeviceTraits small = device(true);
    small.global_memory = 2 * gib;
    EXPECT_EQ(reason(1, small, 64 * gib), "fits");
    EXPECT_THAT(reason(8192, small, 64 * gib), HasSubstr("on the device, which has 2048 MiB"));
}

TEST(MemoryFit, one_buffer_may_be_too_large) {
    EXPECT_THAT(reason(65536, device(true), 64 * gib), HasSubstr("needs one buffer of"));
}

TEST(MemoryFit, kernels_count_pixels_in_32_bits) {
    DeviceTraits vast = device(false);
    vast.global_memory = vast.largest_allocation = 4096 * gib;
    EXPECT_EQ(reason(2'000'000, vast, 4096 * gib), "fits");
    EXPECT_THAT(reason(2'200'000, vast, 4096 * gib),
                HasSubstr("tensor 'image' has 2252800000 pixels in the batch"));
}

TEST(MemoryFit, a_cpu_device_shares_its_memory_with_verification) {
    const std::uint64_t host = gib / 6;
    EXPECT_EQ(reason(128, device(false), host), "fits");
    EXPECT_THAT(reason(128, device(true), host), HasSubstr("of it for verification"));
}

}  // namespace
}  // namespace slimbench::testing
