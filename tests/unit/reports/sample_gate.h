// A handmade gate report with a row of every verdict. The numbers are invented.
#pragma once

#include "host/gate/comparison.h"
#include "host/gate/gate_report.h"

namespace slimbench {

GateReport sample_gate_report();
Comparison sample_comparison();

}  // namespace slimbench
