// What calibrating and replaying found, for a terminal.
#pragma once

#include <string>

#include "host/gate/calibration.h"

namespace slimbench {

std::string calibration_text(const Calibration& calibration);
std::string tally_text(const ReplayTally& tally);

}  // namespace slimbench
