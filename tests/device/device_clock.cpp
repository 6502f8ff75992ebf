// The fixed piece of arithmetic that shows whether a device's clock rate fell.
#include "host/measure/clock_probe.h"

#include <gtest/gtest.h>

#include "tests/device/test_device.h"

namespace slimbench::testing {
namespace {

TEST(DeviceClock, takes_a_millisecond_of_a_device_that_is_not_this_processor) {
    FoundDevice found = select_device("cpu");
    found.traits.kind = DeviceKind::discrete_gpu;  // so that its kernel runs where there is no GPU
    Device device(found);
    ProgramCache programs(device);
    DeviceClock clock(device, programs);
    const double seconds = clock();
    EXPECT_GT(seconds, 0.2e-3);
    EXPECT_LT(seconds, 50e-3);
}

TEST(DeviceClock, asks_the_processor_where_that_is_the_device) {
    Device device(select_device("cpu"));
    ProgramCache programs(device);
    DeviceClock clock(device, programs);
    EXPECT_GT(clock(), 0);
    EXPECT_EQ(programs.build_seconds(), 0) << "needs no kernel";
}

}  // namespace
}  // namespace slimbench::testing
