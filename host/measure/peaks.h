// Measures what a device can do at best.
#pragma once

#include <cstdint>
#include <functional>

#include "host/cl/device.h"
#include "host/cl/program.h"
#include "host/record/peaks.h"

namespace slimbench {

// Runs every probe that the device admits; a few seconds. At most a quarter of `free_memory` bytes
// is taken. Throws std::runtime_error when a probe computes something else than it must, for then
// its speed means nothing. `time` and `kernels` are left to the caller.
Peaks measure_peaks(Device& device, ProgramCache& programs, std::uint64_t free_memory,
                    const std::function<void(std::size_t done, std::size_t total)>& progress);

}  // namespace slimbench
