#include "host/kernel/plan.h"

#include <gtest/gtest.h>

#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

std::int64_t pitch(std::int64_t channels, Precision precision, DeviceKind kind) {
    const LoneStep lone = lone_step(Pool{}, {1, channels, 8, 8}, {1, channels, 4, 4});
    DeviceTraits device;
    device.kind = kind;
    return plan_network(lone.network, {lone.step}, precision, device, {}, {})
        .layouts[lone.network.image]
        .pitch;
}

TEST(Plan, keeps_pixels_of_a_cpu_out_of_each_others_sets_of_its_first_level_cache) {
    EXPECT_EQ(pitch(256, Precision::fp32, DeviceKind::cpu), 256);
    EXPECT_EQ(pitch(511, Precision::fp32, DeviceKind::cpu), 512 + 16) << "a line behind 2 KiB";
    EXPECT_EQ(pitch(512, Precision::fp16, DeviceKind::cpu), 512);
    EXPECT_EQ(pitch(1024, Precision::fp16, DeviceKind::cpu), 1024 + 32);
    EXPECT_EQ(pitch(2048, Precision::int8, DeviceKind::cpu), 2048 + 64);
    EXPECT_EQ(pitch(512, Precision::fp32, DeviceKind::discrete_gpu), 512);
}

}  // namespace
}  // namespace slimbench
