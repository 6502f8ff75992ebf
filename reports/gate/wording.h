// How slow-downs and verdicts read in every gate output.
#pragma once

#include <optional>
#include <string>

#include "host/gate/gate_report.h"

namespace slimbench {

std::string signed_percent(double fraction);                        // "+5.1 %"
std::string slow_down_text(const std::optional<SlowDown>& change);  // "+5.1 % (+4.2 to +6.0)"
std::string words(std::string_view enumerator);                     // "not comparable"
// "PoCL CPU (driver 3.1)", "unknown device"
std::string device_text(const nlohmann::json& device);
std::string build_text(const nlohmann::json& build);  // "0.1.0, commit abc, kernels def, Release"

}  // namespace slimbench
