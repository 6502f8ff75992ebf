#include "tests/device/test_device.h"

#include <cstdlib>
#include <memory>

#include <gtest/gtest.h>

#include "host/cl/capability_run.h"

namespace slimbench::testing {
namespace {

std::unique_ptr<Device> open_device;

// Before main ends: Oclgrind is gone by the time that static objects are destroyed.
class DeviceCloser : public ::testing::Environment {
public:
    void TearDown() override { open_device.reset(); }
};
const auto* const closer = ::testing::AddGlobalTestEnvironment(new DeviceCloser);

// Of a CPU those that rows for CPUs need.
Capabilities capabilities_of(Device& device) {
    Capabilities capabilities;
    for (const CapabilityProbe& probe : capability_probes()) {
        const bool needed = !device.traits().cpu() || probe.made_for == CapabilityProbe::For::cpus;
        if (needed && run_capability_probe(device, probe).works) capabilities.add(probe.capability);
    }
    return capabilities;
}

}  // namespace

Device& test_device() {
    const char* chosen = std::getenv("SLIMBENCH_TEST_DEVICE");
    if (open_device) return *open_device;
    open_device = std::make_unique<Device>(select_device(chosen ? chosen : "cpu"));
    open_device->learn(capabilities_of(*open_device));
    return *open_device;
}

NumericProblem numeric_problem(const Network& network, Precision precision) {
    if (traits(precision).activation == DataType::f32) return numeric_fp32(network, seed);
    if (precision == Precision::fp16) return numeric_fp16(network, seed);
    return numeric_int8(network, seed, calibrated_ranges(network, seed, "", 2));
}

}  // namespace slimbench::testing
