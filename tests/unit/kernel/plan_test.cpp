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

TEST(Plan, says_where_saturating_is_all_that_a_result_needs) {
    const LoneStep lone = lone_conv("mb1ic4ih2oc2kh1");
    const Plan plan = plan_network(lone.network, {lone.step}, Precision::int8, {}, {}, {});
    StepConstants constants;
    constants.scale = {0.01f, 0.4f};
    constants.bias = {100, -100};
    constants.high = 255;
    const auto saturates = [&] {
        return kernel_arguments(plan, 0, lone.network, constants, 16).saturates;
    };
    EXPECT_EQ(saturates(), 1);
    constants.high = 200;
    EXPECT_EQ(saturates(), 0) << "clipped below what a byte holds";
    constants.high = 255;
    constants.scale[1] = 3;
    EXPECT_EQ(saturates(), 0) << "a result may lie beyond 2^31";
}

}  // namespace
}  // namespace slimbench
