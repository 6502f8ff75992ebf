// Whether a planned workload fits into memory, from sizes alone: nothing is allocated yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host/kernel/plan.h"

namespace slimbench {

struct MemoryEstimate {
    std::uint64_t device = 0;  // all buffers: activations, weights
    std::uint64_t largest_buffer = 0;
    std::uint64_t host = 0;  // constants, image, and one step's tensors while it is verified
    std::uint64_t verification = 0;  // of that, what is free again when all steps are verified
};
MemoryEstimate estimate_memory(const Plan& plan, const Network& network);

// Why the workload does not fit, with bytes needed and available, or nothing. On a CPU device
// buffers and host copies share `host_memory`, bytes that are free now.
std::optional<std::string> too_large(const Plan& plan, const Network& network,
                                     const DeviceTraits& device, std::uint64_t host_memory);

}  // namespace slimbench
