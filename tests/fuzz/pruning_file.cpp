#include "host/suite/pruning_file.h"

#include <stdexcept>

#include "host/suite/network_file.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/written_file.h"

namespace slimbench::fuzz {

void check_pruning_file(std::string_view text) {
    const std::string path = written_file("plan.json", text);
    const auto plan = read_or_refuse<std::runtime_error>(path, [&] { return load_pruning(path); });
    if (!plan) return;
    require(!plan->rules.empty(), "a plan that is accepted prunes something");
    static const Network network = load_network("resnet18_cifar");
    // A plan may name what this network lacks.
    const auto pruned =
        read_or_refuse<std::invalid_argument>(path, [&] { return prune(network, *plan); });
    if (!pruned) return;
    require(count(*pruned).macs <= count(network).macs, "pruning saves work");
    require(count(*pruned).params <= count(network).params, "pruning saves weights");
}

}  // namespace slimbench::fuzz
