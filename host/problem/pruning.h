// Structured pruning: which groups of channels become how much narrower.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/problem/channel_groups.h"

namespace slimbench {

struct PruningRule {
    // Aliases and blocks: the prunable groups all of whose producers lie in these blocks together.
    // Layers, or their weights: the group that holds them.
    std::vector<std::string> of;
    double keep = 1;    // 0 < keep <= 1
    std::string place;  // for messages: "thin.json: $.keep[1]"
};

// Of a group of n channels a rule with keep < 1 keeps n x keep, rounded to the nearest multiple of
// `multiple_of`, a half up; at least one multiple, at most n. Of rules for one group the last
// holds.
struct PruningPlan {
    std::string name = "none";    // "all@0.5", or the name in a plan file
    std::string source = "none";  // what names it on a command line: the same, or a file's path
    std::vector<PruningRule> rules = {};
    std::int64_t multiple_of = 1;
    std::string text() const;  // "none", "first2@0.5", "all@0.5/8" for multiples of 8
};

// "none", NAME@RATIO or NAME@RATIO/MULTIPLE. Throws std::invalid_argument with what is allowed.
PruningPlan parse_pruning(std::string_view text);

// Throws std::invalid_argument for a name that the network lacks, telling what it has, and for a
// rule that no group follows.
Network prune(Network network, const PruningPlan& plan);

}  // namespace slimbench
