// Suite files: which networks to measure in which forms, and how, unfolded into workloads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/suite/workload.h"

namespace slimbench {

// What the command line replaces in every suite that it names.
struct SuiteOverrides {
    std::vector<Precision> precisions = {};
    std::vector<PruningPlan> prunings = {};
    std::vector<std::int64_t> batches = {};
    std::optional<Size> size = {};
    std::optional<std::int64_t> classes = {};
    std::vector<double> widths = {};
    std::optional<double> min_time = {};  // seconds
};

struct Suite {
    std::string name;
    std::string hash;  // 16 hexadecimal digits: FNV-1a of the file's text
    std::vector<Workload> workloads;
};

// A suite's name, a network's name, or a path of either kind of file (suites have "runs", networks
// "layers"). A network alone is measured in every precision, unpruned. Throws std::runtime_error
// naming file, place and what is allowed; for an unknown name with near ones. A pruning that a
// network alone lacks is a std::invalid_argument.
Suite load_suite(const std::string& name_or_path, const SuiteOverrides& overrides = {});

struct SuiteEntry {
    std::string name, about;
};
std::vector<SuiteEntry> shipped_suites();

}  // namespace slimbench
