// Values that several commands take, as they are written on the command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/problem/pruning.h"
#include "host/problem/shape.h"

namespace slimbench {

// "1024x2048": height x width. Throws std::invalid_argument with what is expected.
Size parse_size(std::string_view text);

std::vector<PruningPlan> parse_prunings(const std::vector<std::string>& texts);

}  // namespace slimbench
