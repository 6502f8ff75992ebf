// One decided point of a suite: a network at a size, batch, pruning and precision, and how to
// measure it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/problem/data_type.h"
#include "host/problem/network.h"
#include "host/problem/pruning.h"
#include "host/record/protocol.h"

namespace slimbench {

// Which rows a workload yields beside the forward chain.
struct Rows {
    bool forward = true;
    bool layers_hot = false;   // each distinct step alone, caches warm
    bool layers_cold = false;  // each distinct step alone, caches flushed before each call
};

struct Workload {
    std::string network_name;    // as expanded: "mobilenet_v2_0.75"
    std::string network_source;  // what names it on a command line: the same, or a file's path
    PruningPlan pruning;
    Precision precision = Precision::fp32;
    std::int64_t batch = 1;
    Size size;
    std::optional<std::int64_t> classes;
    double width = 1;  // the network's width multiplier
    std::uint64_t seed = 1;
    Protocol protocol;
    Rows rows;

    Network network;                 // expanded, pruned, shapes inferred
    std::int64_t macs_unpruned = 0;  // of the same network, size and batch without pruning

    std::string id() const;  // "resnet18/all@0.5/precision:int8/batch:1/size:224x224"
};

}  // namespace slimbench
