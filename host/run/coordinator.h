// Starts workers, asks them for the rows of workloads, those that are compared in turn, and turns
// whatever happens to them into records.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "host/run/rows.h"

namespace slimbench {

class RunObserver {
public:
    virtual ~RunObserver() = default;
    // So many rows of so many are done; `id` is that of the workload in hand.
    virtual void position(std::size_t done, std::size_t rows, const std::string& id) = 0;
    virtual void phase(const std::string& text) = 0;
    virtual void notice(const std::string& text) = 0;     // worth a line of its own
    virtual void record(const ResultRecord& record) = 0;  // journal it; throwing ends the run
};

struct RunOutcome {
    std::size_t measured = 0, incorrect = 0, lost = 0,
                not_run = 0;  // not_run: skipped, unsupported, untrusted
    bool interrupted = false;
};

// Statuses that --resume does not repeat.
bool is_settled(Status status);

// Measures all rows of all workloads but those whose ids are in `done`. `interrupted` may become
// true at any time (a signal handler): the run then ends its workers and returns. Throws
// std::runtime_error when no worker can be started.
RunOutcome run_workloads(const std::vector<Workload>& workloads, const RunOptions& options,
                         const std::set<std::string>& done, RunObserver& observer,
                         const volatile bool& interrupted);

// What a device's worker says of itself: {"device", "environment", "build"}.
nlohmann::json describe_device(const std::string& device_pattern);

}  // namespace slimbench
