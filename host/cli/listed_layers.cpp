#include "host/cli/listed_layers.h"

#include <algorithm>
#include <cstdio>

#include <fmt/core.h>

#include "host/suite/layer_workload.h"
#include "host/suite/problem_list.h"

namespace slimbench {
namespace {

void tell(const ProblemList& list) {
    for (const std::string& notice : list.notices) fmt::print(stderr, "slimbench: {}\n", notice);
    const auto repeated = std::ranges::count_if(
        list.problems, [](const ListedProblem& listed) { return listed.written.repeats > 1; });
    if (repeated > 0)
        fmt::print(stderr,
                   "slimbench: {} of {} problems: several layers each (*N or repeated lines), "
                   "measured once\n",
                   repeated, list.problems.size());
}

}  // namespace

ListedLayers list_layers(const std::vector<std::string>& problems,
                         const std::vector<std::string>& files, const MeasuringOptions& measuring) {
    const std::vector<Precision> given = measuring.parsed_precisions();
    ProblemList list = read_problems(problems, files);
    for (ListedProblem& listed : list.problems)
        listed.written.precision =
            given.empty() ? listed.written.precision.value_or(Precision::fp32) : given.front();
    merge_repeated(list);
    tell(list);
    ListedLayers layers;
    for (const auto& [written, place] : list.problems) {
        const std::vector own{*written.precision};
        for (const Precision precision : given.empty() ? own : given) {
            layers.workloads.push_back(layer_workload(written.problem, written.name, precision));
            Workload& workload = layers.workloads.back();
            measuring.apply(workload);
            layers.repeats[{workload.network.nodes.front().name,
                            std::string(traits(precision).name)}] = written.repeats;
        }
    }
    return layers;
}

}  // namespace slimbench
