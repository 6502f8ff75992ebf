// What somebody who mistyped a name may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slimbench {

// Insertions, deletions and replacements of one character that lead from one text to the other
// (V. Levenshtein, 1966).
std::size_t edit_distance(std::string_view a, std::string_view b);

// "did you mean resnet18?" with the nearest names, or "known are: ..." with all when none is near.
std::string suggest_names(std::string_view wanted, const std::vector<std::string>& known);

}  // namespace slimbench
