// What a library will take for a chain, from its slowest step: some compile for half a minute on a
// CPU and are then slow enough to outlast any patience.
#pragma once

#include <optional>
#include <string>

#include "host/cl/chain.h"
#include "host/kernel/plan.h"

namespace slimbench {

struct LibraryProbe {
    double first_call = 0;  // seconds, compilation included
    double pass = 0;        // seconds that the library's steps take in a pass of the chain
    double rate = 0;        // MAC/s
};

// Runs the library's step with the most work twice, on whatever its tensors hold. Nothing where no
// step of the chain goes through a library.
std::optional<LibraryProbe> probe_library(Chain& chain, const Plan& plan);

// Why a workload will not get through within `time_limit` seconds, or nothing.
std::optional<std::string> too_slow(const LibraryProbe& probe, double time_limit);

}  // namespace slimbench
