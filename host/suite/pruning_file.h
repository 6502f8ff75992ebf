// Prunings by what a user writes: a ratio, the name of a shipped plan, or a plan of one's own.
#pragma once

#include <string>
#include <vector>

#include "host/problem/pruning.h"

namespace slimbench {

// "none", NAME@RATIO[/MULTIPLE], the name of a shipped plan, or a path that ends in ".json". Throws
// std::invalid_argument for anything else, with near names; for a broken file std::runtime_error
// with file, place and what is allowed.
PruningPlan load_pruning(const std::string& text);

struct PruningEntry {
    std::string name, about;
};
std::vector<PruningEntry> shipped_prunings();

}  // namespace slimbench
