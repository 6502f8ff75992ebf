// Single convolutions of the command line and of batch files as workloads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/cli/measuring.h"
#include "host/suite/workload.h"

namespace slimbench {

struct ListedLayers {
    std::vector<Workload> workloads;
    // By a row's layer and precision: so many layers of a network the row stands for.
    std::map<std::pair<std::string, std::string>, std::int64_t> repeats;
};

// Says on the error output what was ignored and what is measured once for several. Throws
// std::runtime_error or std::invalid_argument, naming file and line, at the first broken problem.
ListedLayers list_layers(const std::vector<std::string>& problems,
                         const std::vector<std::string>& files, const MeasuringOptions& measuring);

}  // namespace slimbench
