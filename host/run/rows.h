// What a run yields: the rows of its workloads, how a worker is asked for them, and the command
// that measures one again.
#pragma once

#include <optional>
#include <regex>
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

// Without tuned choices, which depend on the device that is asked.
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

}  // namespace slimbench
