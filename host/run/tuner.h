// Finds the quickest variant of each step of workloads by measuring them on the device.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/kernel/tuning_table.h"
#include "host/suite/workload.h"

namespace slimbench {

struct TuneOptions {
    std::string device;  // select_device() pattern
    double budget = 3;   // seconds of samples that the variants of one step share
};

class TuneObserver {
public:
    virtual ~TuneObserver() = default;
    virtual void workload(std::size_t index, std::size_t count, const std::string& id) = 0;
    virtual void phase(const std::string& text) = 0;
    virtual void notice(const std::string& text) = 0;  // worth a line of its own
    // Several trials have entered the table; throwing ends the tuning.
    virtual void save(const TuningTable& table) = 0;
};

struct TuneOutcome {
    std::size_t tried = 0;      // variants of steps, now
    std::size_t incorrect = 0;  // of them, wrong output: never chosen
    std::size_t lost = 0;       // of them, or of workloads: crashed, hung, failed
    bool interrupted = false;
};

// Tries what the table does not hold yet, workload by workload. The default variants run in one
// worker, what is tried in another, in alternating blocks, so that drift of the machine meets both;
// times are those of the steps inside the running chain. What ends a worker costs one variant of
// one step. Throws std::runtime_error when no worker can be started.
TuneOutcome tune_workloads(const std::vector<Workload>& workloads, const TuneOptions& options,
                           TuningTable& table, TuneObserver& observer,
                           const volatile bool& interrupted);

}  // namespace slimbench
