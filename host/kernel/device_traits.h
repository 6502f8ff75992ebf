// Facts about a device that decide which kernels it may run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "host/kernel/capability.h"
#include "host/kernel/tier.h"
#include "kernels/cl/abi.h"

namespace slimbench {

struct DeviceTraits {
    std::string platform, name, vendor, device_version, driver_version;
    DeviceKind kind = DeviceKind::discrete_gpu;
    std::uint32_t compute_units = 0;
    std::uint64_t global_memory = 0;       // bytes the device reports
    std::uint64_t largest_allocation = 0;  // bytes in one buffer
    std::uint64_t local_memory = 0;        // bytes that a work-group shares
    std::uint64_t largest_work_group = 0;  // work-items
    std::uint64_t timer_resolution_ns = 0;
    Capabilities capabilities;     // what probes have shown
    Tier tier = Tier::portable;    // best kernel tier this device can run
    bool vector_popcount = false;  // AVX-512 VPOPCNTDQ, which no tier implies

    bool cpu() const { return kind == DeviceKind::cpu; }
    bool can(Capability capability) const { return capabilities.has(capability); }
    // What a work-group can have, reported or not.
    std::uint64_t usable_local_memory() const {
        return can(Capability::large_local_memory)
                   ? std::max<std::uint64_t>(local_memory, LARGE_LOCAL_BYTES)
                   : local_memory;
    }
};

}  // namespace slimbench
