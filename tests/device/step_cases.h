// Networks of one operation, or little more, whose shapes are odd in every way that kernels meet.
#pragma once

#include <string>
#include <vector>

#include "host/kernel/variant.h"
#include "host/problem/network.h"

namespace slimbench::testing {

struct StepCase {
    std::string name;
    Family family;  // of the step that the case is about
    Network network;
};

std::vector<StepCase> step_cases();

}  // namespace slimbench::testing
