// Everything that is known about the devices of this machine: what `slimbench devices` prints, and
// what a user with strange hardware can send. device_report.schema.json describes it.
#pragma once

#include <nlohmann/json.hpp>

#include "host/run/device_worker.h"

namespace slimbench {

// Every device is asked in a process of its own: one whose driver breaks has a `fault`. Throws
// std::runtime_error where there is no device at all.
nlohmann::json device_report(DeviceWorkers::Probing probing, const volatile bool& interrupted);

}  // namespace slimbench
