#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/kernel/device_selection.h"

namespace slimbench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

DeviceTraits device(std::string name, DeviceKind kind, std::string platform) {
    DeviceTraits traits;
    traits.name = std::move(name);
    traits.kind = kind;
    traits.platform = std::move(platform);
    return traits;
}

const DeviceTraits host = device("pthread-some CPU", DeviceKind::cpu, "Portable Language");
const DeviceTraits integrated = device("UHD 770", DeviceKind::integrated_gpu, "Intel OpenCL");
const DeviceTraits arc = device("Arc A770", DeviceKind::discrete_gpu, "Intel OpenCL");
const DeviceTraits geforce = device("GeForce RTX 4090", DeviceKind::discrete_gpu, "NVIDIA CUDA");
const DeviceTraits fpga = device("Emulated board", DeviceKind::accelerator, "FPGA");

using Devices = std::vector<DeviceTraits>;

std::string refusal(const Devices& devices, std::string_view pattern) {
    try {
        select(devices, pattern);
        return "";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(DeviceSelection, prefers_a_discrete_gpu_then_an_integrated_one_then_the_cpu) {
    EXPECT_EQ(select(Devices{fpga, host, integrated, arc, geforce}, ""), 3u);
    EXPECT_EQ(select(Devices{fpga, host, integrated}, ""), 2u);
    EXPECT_EQ(select(Devices{fpga, host}, ""), 1u);
    EXPECT_EQ(select(Devices{fpga}, ""), 0u);
}

TEST(DeviceSelection, takes_kinds) {
    const Devices all{host, integrated, arc, fpga};
    EXPECT_EQ(select(all, "cpu"), 0u);
    EXPECT_EQ(select(all, "GPU"), 2u);
    EXPECT_EQ(select(all, "integrated-gpu"), 1u);
    EXPECT_EQ(select(all, "accelerator"), 3u);
    EXPECT_EQ(select(Devices{host, integrated}, "gpu"), 1u);
}

TEST(DeviceSelection, takes_an_index_before_a_name) {
    const Devices all{host, arc};
    EXPECT_EQ(select(all, "1"), 1u);
    EXPECT_THAT(refusal(all, "770"), HasSubstr("no device '770'"));
}

TEST(DeviceSelection, takes_part_of_a_device_or_platform_in_any_case) {
    const Devices all{host, integrated, geforce};
    EXPECT_EQ(select(all, "rtx"), 2u);
    EXPECT_EQ(select(all, "nvidia"), 2u);
    EXPECT_EQ(select(all, "PORTABLE"), 0u);
}

TEST(DeviceSelection, takes_the_first_of_equals_and_refuses_to_guess_among_others) {
    EXPECT_EQ(select(Devices{host, geforce, geforce}, "rtx"), 1u);
    EXPECT_THAT(refusal({integrated, arc}, "intel"),
                AllOf(HasSubstr("'intel' fits several devices"), HasSubstr("0: UHD 770"),
                      HasSubstr("1: Arc A770 (gpu, Intel OpenCL)")));
}

TEST(DeviceSelection, lists_what_there_is_where_nothing_fits) {
    for (const char* pattern : {"abacus", "2", "99999999999999999999999", "gpu", "-1"})
        EXPECT_THAT(refusal({host, fpga}, pattern),
                    AllOf(HasSubstr(std::string("no device '") + pattern), HasSubstr("0: pthread"),
                          HasSubstr("1: Emulated board (accelerator, FPGA)")));
}

}  // namespace
}  // namespace slimbench
