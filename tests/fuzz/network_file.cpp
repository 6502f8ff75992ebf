#include <stdexcept>

#include "host/problem/pruning.h"
#include "host/problem/strict_json.h"
#include "host/suite/network_expander.h"
#include "tests/fuzz/promises.h"
#include "tests/fuzz/targets.h"

namespace slimbench::fuzz {
namespace {

void check_prunings(const Network& network) {
    for (const auto& [alias, _] : network.prunings) {
        const PruningPlan plan{.name = alias,
                               .rules = {{.of = {alias}, .keep = 0.3, .place = "this rule"}}};
        // An alias may stand for blocks whose widths are all given.
        const auto pruned = read_or_refuse<std::invalid_argument>(
            "this rule: ", [&] { return prune(network, plan); });
        if (!pruned) continue;
        require(count(*pruned).macs <= count(network).macs, "pruning saves work");
        check_accepted(*pruned);
    }
}

}  // namespace

void check_network_file(std::string_view text) {
    const auto network = read_or_refuse<std::runtime_error>("net.json:", [&] {
        return expand_network(parse_json_file("net.json", text), "net.json", {});
    });
    if (!network) return;
    check_accepted(*network);
    check_prunings(*network);
}

}  // namespace slimbench::fuzz
