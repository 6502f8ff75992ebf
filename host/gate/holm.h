// Correction for asking several questions at once.
#pragma once

#include <vector>

namespace slimbench {

// S. Holm's step-down adjustment (1979): rejecting what comes out at most at a level keeps the
// probability of any false rejection at that level, however the tests depend on each other. In the
// order of the input.
std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace slimbench
