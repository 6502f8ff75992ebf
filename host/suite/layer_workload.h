// A single convolution as a workload: a network of one layer.
#pragma once

#include <string>

#include "host/suite/workload.h"

namespace slimbench {

// The layer's name is `name`, or the problem's canonical text when that is empty. Only layer rows
// are asked for.
Workload layer_workload(const ConvProblem& problem, const std::string& name, Precision precision);

}  // namespace slimbench
