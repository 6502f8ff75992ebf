// The ceilings of a device, asked of a worker: no command loads OpenCL for them.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "host/record/peaks.h"
#include "host/run/message.h"

namespace slimbench {

struct DevicePeaks {
    nlohmann::json device;  // fingerprint
    Peaks peaks;
};

// Starts a worker and ends it again. Throws std::runtime_error with the worker's reason.
DevicePeaks device_peaks(const std::string& device_pattern, PeaksWanted wanted,
                         const std::function<void(const std::string&)>& phase);

}  // namespace slimbench
