// Seconds of a fixed piece of arithmetic: they depend on the clock rate and on nothing else.
#pragma once

#include <cstdint>
#include <optional>

#include "host/cl/probe_run.h"

namespace slimbench {

// Of this process's processor, single-threaded; the best of several runs.
double clock_probe();

// Of a device: that processor where it is one, else a kernel that keeps all its units busy for
// about a millisecond.
class DeviceClock {
public:
    DeviceClock(Device& device, ProgramCache& programs);
    double operator()();

private:
    std::optional<ProbeRun> run_;
    std::uint32_t passes_ = 1;
};

}  // namespace slimbench
