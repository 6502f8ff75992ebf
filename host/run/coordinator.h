// Plans the rows of workloads, starts workers, asks them row by row, and turns whatever happens to
// them into records.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "host/kernel/tier.h"
#include "host/kernel/tuning_table.h"
#include "host/record/result_record.h"
#include "host/run/message.h"
#include "host/suite/workload.h"

namespace slimbench {

struct RunOptions {
    std::string device;                 // select_device() pattern
    std::optional<Tier> tier;           // kernels of at most this tier
    std::string kernel;                 // only variants whose name contains this
    bool unproven = false;              // take unproven variants as well
    std::vector<std::string> peers;     // peer_names: convolutions also through these, alternated
    std::string suite, suite_hash;      // for the records
    std::optional<std::regex> filter;   // only rows whose id matches somewhere
    bool roofline = true;               // hold rows against the device's peaks
    std::optional<TuningTable> tuning;  // variants by measurement; else the registry's order
};

PrepareRequest prepare_request(const Workload& workload, const RunOptions& options);

// One row that a workload yields.
struct Row {
    RowIdentity identity;
    std::size_t step = 0;  // layer rows: index of the fused step
    bool convolution = false;
    std::string problem;  // canonical text of a convolution
};
std::vector<Row> rows_of(const Workload& workload, const RunOptions& options);

// The command that measures a row again.
std::string repro_command(const Workload& workload, const Row& row, const RunOptions& options);

class RunObserver {
public:
    virtual ~RunObserver() = default;
    virtual void workload(std::size_t index, std::size_t count, const std::string& id) = 0;
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
