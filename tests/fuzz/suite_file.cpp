#include <stdexcept>

#include "host/suite/suite_file.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/written_file.h"

namespace slimbench::fuzz {
namespace {

// Beside the suite, for runs of a network of one's own.
constexpr std::string_view small_network = R"({
  "name": "small", "about": "two layers", "classes": 3,
  "input": {"channels": 3, "height": 8, "width": 8},
  "prunings": {"all": ["body"]},
  "layers": [
    {"name": "a", "op": "conv", "block": "body", "filters": 8, "kernel": 3, "norm": true},
    {"name": "pool", "op": "global_average_pool", "block": "body"},
    {"name": "fc", "op": "fc", "block": "logits", "filters": "$classes", "bias": true}
  ]
})";

}  // namespace

void check_suite_file(std::string_view text) {
    written_file("small.json", small_network);
    const std::string path = written_file("suite.json", text);
    const auto suite = read_or_refuse<std::runtime_error>(path, [&] { return load_suite(path); });
    if (!suite) return;
    require(!suite->workloads.empty(), "a suite that is accepted measures something");
    for (const Workload& workload : suite->workloads) {
        require(!workload.network.nodes.empty(), "a workload has layers");
        require(workload.macs_unpruned >= count(workload.network).macs, "pruning saves work");
    }
}

}  // namespace slimbench::fuzz
