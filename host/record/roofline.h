// Holds rows against what their device can do: the roofline. docs/measuring.md explains the rules.
#pragma once

#include <optional>
#include <string>

#include "host/record/peaks.h"
#include "host/record/result_record.h"

namespace slimbench {

// How much faster than its bound a row may be before it is not believed: peaks are measured, too.
inline constexpr double roof_margin = 0.1;

// Gives the record and its steps their rooflines and the peaks themselves. A precision whose rate
// the peaks lack gets none.
void put_roofline(ResultRecord& record, const Peaks& peaks);

// Bound over median time; nothing without a roofline or samples.
std::optional<double> fraction_of_roof(const ResultRecord& record);

// Why the row is faster than the device can be, or nothing.
std::optional<std::string> beats_roof(const ResultRecord& record);

}  // namespace slimbench
