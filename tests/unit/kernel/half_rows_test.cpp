// Which rows compute in binary16, and on what devices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

using ::testing::Contains;

TEST(HalfRows, computes_in_halves_where_the_device_can) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh3ph1");
    const LoneStep depthwise = lone_conv("g19mb1ic19ih7oc19kh3ph1");
    DeviceTraits simple, arm = device_of(Tier::portable);
    EXPECT_EQ(chosen(conv, Precision::fp16, simple), "conv_plain.fp16");
    EXPECT_EQ(chosen(depthwise, Precision::fp16, simple), "depthwise_plain.fp16");
    simple.capabilities.add(Capability::half_arithmetic);
    arm.capabilities.add(Capability::half_arithmetic);
    EXPECT_EQ(chosen(conv, Precision::fp16, simple), "conv_plain_native.fp16");
    EXPECT_EQ(chosen(depthwise, Precision::fp16, simple), "depthwise_plain_native.fp16");
    EXPECT_EQ(chosen(conv, Precision::fp16, arm), "conv_blocked_native.fp16");
    EXPECT_EQ(chosen(depthwise, Precision::fp16, arm), "depthwise_vector_native.fp16");
    EXPECT_EQ(chosen(conv, Precision::fp32, simple), "conv_plain.fp32");
}

TEST(HalfRows, computes_in_halves_out_of_local_memory_where_there_is_some) {
    DeviceTraits able = gpu();
    able.capabilities.add(Capability::half_arithmetic);
    EXPECT_EQ(chosen(lone_conv("mb32ic64ih56oc256kh1"), Precision::fp16, able),
              "conv_igemm_native.fp16");
    EXPECT_EQ(chosen(lone_conv("mb1ic64ih56oc64kh3ph1"), Precision::fp16, able),
              "conv_igemm_native.fp16.small");
    EXPECT_EQ(chosen(lone_conv("g19mb1ic19ih7oc19kh3ph1"), Precision::fp16, able),
              "depthwise_coalesced_native.fp16");
    EXPECT_EQ(2 * row("conv_igemm_native.fp16").team.local_bytes,
              row("conv_igemm.fp16").team.local_bytes);
}

TEST(HalfRows, leaves_emulated_halves_to_rows_that_widen_vectors) {
    DeviceTraits device = device_of(Tier::avx2);
    device.capabilities.add(Capability::half_arithmetic);
    EXPECT_EQ(chosen(lone_conv("mb1ic64ih56oc64kh1"), Precision::fp16, device),
              "conv_blocked.fp16.avx2");
}

TEST(HalfRows, multiplies_halves_in_whole_registers_where_the_processor_does) {
    DeviceTraits device = device_of(Tier::avx512);
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh1");
    EXPECT_EQ(chosen(conv, Precision::fp16, device), "conv_blocked.fp16.avx512");
    device.capabilities.add(Capability::avx512_fp16);
    EXPECT_EQ(chosen(conv, Precision::fp16, device), "conv_blocked_native.fp16.avx512");
    EXPECT_EQ(chosen(lone_conv("g32mb1ic32ih56oc32kh3ph1"), Precision::fp16, device),
              "depthwise_vector_native.fp16.avx512");
    for (const char* name :
         {"conv_blocked_native.fp16.avx512", "depthwise_vector_native.fp16.avx512"})
        EXPECT_EQ(row(name).arithmetic(), DataType::f16);
    EXPECT_EQ(chosen(conv, Precision::fp16, device, {.tier = Tier::avx2}),
              "conv_blocked.fp16.avx2");
    EXPECT_THAT(choose(conv.step, conv.network, Precision::fp16, device_of(Tier::avx512)).refused,
                Contains("conv_blocked_native.fp16.avx512: needs half arithmetic (AVX-512 FP16), "
                         "which test device lacks"));
}

TEST(HalfRows, says_why_a_device_does_not_compute_in_halves) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh1");
    EXPECT_THAT(choose(conv.step, conv.network, Precision::fp16, device_of(Tier::portable)).refused,
                Contains("conv_blocked_native.fp16: needs half arithmetic, which test device "
                         "lacks"));
}

}  // namespace
}  // namespace slimbench
