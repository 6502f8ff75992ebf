// What a device can do at best, for people.
#pragma once

#include <string>

#include "host/record/peaks.h"

namespace slimbench {

// Aligned columns for a terminal: multiply-adds, memory, launches.
std::string peaks_table(const Peaks& peaks);

}  // namespace slimbench
