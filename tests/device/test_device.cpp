#include "tests/device/test_device.h"

#include <cstdlib>

namespace slimbench::testing {

Device& test_device() {
    const char* chosen = std::getenv("SLIMBENCH_TEST_DEVICE");
    static Device device(select_device(chosen ? chosen : "cpu"));
    return device;
}

NumericProblem numeric_problem(const Network& network, Precision precision) {
    if (precision == Precision::fp32) return numeric_fp32(network, seed);
    if (precision == Precision::fp16) return numeric_fp16(network, seed);
    return numeric_int8(network, seed, calibrated_ranges(network, seed, "", 2));
}

}  // namespace slimbench::testing
