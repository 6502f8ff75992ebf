#include "host/cli/workload_options.h"

#include <algorithm>
#include <iterator>

#include <fmt/ranges.h>

#include "host/cli/arguments.h"
#include "host/suite/suite_file.h"
#include "host/suite/width_multiplier.h"

namespace slimbench {

namespace {

SuiteOverrides overrides_of(const WorkloadOptions& options, const MeasuringOptions& measuring) {
    SuiteOverrides overrides;
    overrides.precisions = measuring.parsed_precisions();
    overrides.prunings = parse_prunings(options.prunings);
    overrides.batches = options.batches;
    overrides.widths = options.widths;
    if (!options.size.empty()) overrides.size = parse_size(options.size);
    if (options.classes > 0) overrides.classes = options.classes;
    return overrides;
}

}  // namespace

PlannedWorkloads plan_workloads(const WorkloadOptions& options, const MeasuringOptions& measuring) {
    PlannedWorkloads planned;
    const SuiteOverrides overrides = overrides_of(options, measuring);
    std::vector<std::string> names, hashes;
    for (const std::string& item : options.items) {
        Suite suite = load_suite(item, overrides);
        names.push_back(suite.name);
        hashes.push_back(suite.hash);
        std::ranges::move(suite.workloads, std::back_inserter(planned.workloads));
    }
    planned.name = fmt::format("{}", fmt::join(names, "+"));
    planned.hash = fmt::format("{}", fmt::join(hashes, "+"));
    for (Workload& workload : planned.workloads) measuring.apply(workload);
    return planned;
}

std::shared_ptr<WorkloadOptions> add_workload_options(CLI::App& command) {
    auto options = std::make_shared<WorkloadOptions>();
    command.add_option("ITEM", options->items, "Suites, networks (slimbench list) or files")
        ->required();
    command
        .add_option("--prune", options->prunings,
                    "Prunings, comma-separated: none, first2@0.5, all@0.5/8 (multiples of 8), "
                    "a plan's name or .json file")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_option("--batch", options->batches, "Batch sizes, comma-separated")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::PositiveNumber);
    command
        .add_option("--width", options->widths,
                    "Width multipliers, comma-separated, of networks that have one")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Range(least_width, most_width));
    command.add_option("--size", options->size, "Image size HxW");
    command.add_option("--classes", options->classes, "Number of classes")
        ->check(CLI::PositiveNumber);
    return options;
}

}  // namespace slimbench
