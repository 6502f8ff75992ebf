#include "host/kernel/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/kernel/layout.h"
#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

using ::testing::Contains;

TEST(LargestRegion, is_that_of_the_tile_that_covers_most) {
    constexpr std::int64_t pixels = 64;
    for (const char* text : {"mb3ic8ih7iw9oc8kh3ph1", "mb5ic8ih3iw3oc8kh3ph1",
                             "mb2ic8ih1iw70oc8kh3ph1", "mb40ic8ih3iw1oc8kh3ph1",
                             "mb2ic8ih13iw14oc8kh3ph2dh1", "mb2ic8ih5iw40oc8oh3ow38kh3ph0"}) {
        const LoneStep lone = lone_conv(text);
        const ConvProblem& p = std::get<Conv>(lone.step.operation).problem;
        const TensorShape out = p.out();
        const std::int64_t halo = halo_of(lone.network, lone.step.input);
        const std::int64_t row = p.in.width + 2 * halo;
        const auto position = [&](std::int64_t pixel, std::int64_t ky, std::int64_t kx) {
            const std::int64_t y = pixel / out.width, x = pixel % out.width;
            const std::int64_t rows = y / out.height * (p.in.height + 2 * halo) + y % out.height;
            return (rows + ky * p.dilation.height) * row + x + kx * p.dilation.width;
        };
        std::int64_t largest = 0;
        for (std::int64_t first = 0; first < out.pixels(); ++first) {
            const std::int64_t last = std::min(first + pixels, out.pixels()) - 1;
            largest = std::max(largest, position(last, p.kernel.height - 1, p.kernel.width - 1) -
                                            position(first, 0, 0) + 1);
        }
        const std::int64_t bound = largest_region(lone.step, lone.network, pixels);
        EXPECT_GE(bound, largest) << text;
        EXPECT_LE(bound, largest + 2 * halo * row + 2 * halo) << text;
    }
}

TEST(Refusal, reads_no_whole_vectors_of_an_image_that_is_added) {
    LoneStep lone = lone_conv("mb1ic16ih9oc3kh1");
    lone.network.tensors.push_back({"image", {1, 3, 9, 9}});
    lone.step.residual = 2;
    const Choice choice = choose(lone.step, lone.network, Precision::fp32, device_of(Tier::avx512));
    ASSERT_NE(choice.variant, nullptr);
    EXPECT_EQ(choice.variant->name, "conv_blocked.fp32.portable");
    EXPECT_THAT(choice.refused,
                Contains("conv_blocked.fp32.avx512: reads whole vectors of a residual, one of 3 "
                         "channels may be stored narrower"));
}

TEST(Refusal, leaves_rows_that_pay_on_one_vendors_devices_to_those) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc256kh1");
    DeviceTraits device = device_of(Tier::avx512_vnni);
    EXPECT_EQ(chosen(conv, Precision::fp32, device), "conv_blocked.fp32.avx512");
    EXPECT_THAT(choose(conv.step, conv.network, Precision::fp32, device).refused,
                Contains("conv_blocked.fp32.avx512.block64: pays on devices of GenuineIntel; "
                         "--kernel conv_blocked.fp32.avx512.block64 takes it all the same"));
    device.vendor = "GenuineIntel";
    EXPECT_EQ(chosen(conv, Precision::fp32, device), "conv_blocked.fp32.avx512.block64");
    const auto taken = [&](std::string_view problem) {
        return chosen(lone_conv(problem), Precision::fp32, device);
    };
    EXPECT_EQ(taken("mb1ic24ih56oc144kh1"), "conv_blocked.fp32.avx512.block48");
    EXPECT_EQ(taken("mb1ic144ih56oc24kh1"), "conv_blocked.fp32.avx512") << "24 of 48 lanes idle";
    EXPECT_EQ(taken("mb1ic160ih7oc960kh1"), "conv_blocked.fp32.avx512.block64") << "few weights";
    EXPECT_EQ(taken("mb1ic960ih7oc160kh1"), "conv_blocked.fp32.avx512") << "no whole blocks";
    EXPECT_EQ(taken("mb1ic160ih5oc960kh1"), "conv_blocked.fp32.avx512") << "25 pixels";
    EXPECT_EQ(taken("mb1ic64ih56oc64kh3sh2ph1"), "conv_blocked.fp32.avx512") << "no 1x1 kernel";
}

TEST(Refusal, takes_int8_by_blocks_where_no_vector_is_idle) {
    DeviceTraits device = device_of(Tier::avx512_vnni);
    device.vendor = "GenuineIntel";
    const auto taken = [&](std::string_view problem) {
        return chosen(lone_conv(problem), Precision::int8, device);
    };
    const char *in_blocks = "conv_blocked.int8.avx512-vnni.block64",
               *otherwise = "conv_blocked.int8.avx512-vnni";
    EXPECT_EQ(taken("mb1ic64ih28oc64kh3ph1"), in_blocks);
    EXPECT_EQ(taken("mb1ic57ih28oc57kh3ph1"), in_blocks) << "seven lanes idle, as in any block";
    EXPECT_EQ(taken("mb1ic64ih28oc80kh3ph1"), otherwise) << "48 of 128 lanes idle";
    EXPECT_EQ(taken("mb1ic128ih7oc128kh3ph1"), otherwise) << "rows in the padding are left out";
    EXPECT_EQ(taken("mb1ic512ih7oc256kh1"), in_blocks) << "49 pixels without padding";
}

TEST(Refusal, fetches_blocks_to_come_where_pixels_are_few_and_weights_many) {
    DeviceTraits device = device_of(Tier::avx512_vnni);
    device.vendor = "GenuineIntel";
    const auto taken = [&](std::string_view problem, Precision precision) {
        return chosen(lone_conv(problem), precision, device);
    };
    EXPECT_EQ(taken("mb1ic512ih7oc512kh3ph1", Precision::fp32),
              "conv_blocked.fp32.avx512.small_map");
    EXPECT_EQ(taken("mb1ic512ih7oc512kh3ph1", Precision::int8),
              "conv_blocked.int8.avx512-vnni.small_map");
    EXPECT_EQ(taken("mb1ic512ih7oc2048kh1", Precision::int8),
              "conv_blocked.int8.avx512-vnni.block64.small_map");
    EXPECT_EQ(taken("mb2ic512ih7oc512kh3ph1", Precision::fp32), "conv_blocked.fp32.avx512")
        << "98 pixels";
    EXPECT_EQ(taken("mb1ic160ih7oc160kh3ph1", Precision::fp32), "conv_blocked.fp32.avx512")
        << "230 thousand weights";
    EXPECT_EQ(taken("mb1ic512ih7oc1024kh3ph1g2", Precision::fp32), "conv_blocked.fp32.avx512")
        << "groups";
}

}  // namespace
}  // namespace slimbench
