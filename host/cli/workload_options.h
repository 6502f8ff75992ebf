// What the commands that take suites and networks share: which, and in which forms.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "host/cli/measuring.h"
#include "host/suite/workload.h"

namespace slimbench {

struct WorkloadOptions {
    std::vector<std::string> items;
    std::vector<std::string> prunings;
    std::vector<std::int64_t> batches;
    std::vector<double> widths;
    std::string size;
    std::int64_t classes = 0;
};
std::shared_ptr<WorkloadOptions> add_workload_options(CLI::App& command);

struct PlannedWorkloads {
    std::string name, hash;  // of all items together
    std::vector<Workload> workloads;
};
PlannedWorkloads plan_workloads(const WorkloadOptions& options, const MeasuringOptions& measuring);

}  // namespace slimbench
