// A probe on a device: launched, timed, and held against what it must compute.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/cl/chain.h"
#include "host/cl/device.h"
#include "host/cl/program.h"
#include "host/kernel/probe.h"

namespace slimbench {

struct ProbeTime {
    LaunchTime device;  // START to END
    double host = 0;    // seconds from enqueueing until it is finished
};

class ProbeRun {
public:
    // Builds the kernel and fills its buffers. Throws cl::Error or std::runtime_error.
    ProbeRun(Device& device, ProgramCache& programs, const Probe& probe, const ProbeLaunch& launch);

    ProbeTime run(std::uint32_t passes);
    // So many launches of one pass, all of them in the queue before the first one starts: from its
    // START to END of the last. Those between have no events, which can take longer than a launch.
    LaunchTime run_chain(int launches);

    // The first word that the last run left wrong, in words, or nothing.
    std::optional<std::string> fault();

    double work_per_pass() const { return task_.work_per_pass; }
    std::uint32_t most_passes() const { return task_.most_passes; }

private:
    cl::Buffer filled(const std::vector<std::byte>& contents, std::size_t bytes);
    void enqueue(std::uint32_t passes, cl::Event* event,
                 const std::vector<cl::Event>* after = nullptr);

    Device& device_;
    const Probe& probe_;
    ProbeLaunch launch_;
    ProbeTask task_;
    cl::Buffer input_, weights_, output_;
    cl::Kernel kernel_;
    std::uint32_t passes_ = 0;  // of the last run
};

}  // namespace slimbench
