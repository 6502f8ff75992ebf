// Shows what a device can do, by building small programs, running them and looking at the results.
// A driver may abort or hang on them: call these in a process that may die.
#pragma once

#include <nlohmann/json.hpp>

#include "host/cl/device.h"
#include "host/kernel/capability_probe.h"

namespace slimbench {

Finding run_capability_probe(Device& device, const CapabilityProbe& probe);

// 64-bit FNV-1a of the probes' sources and options, in hexadecimal: what findings depend on.
std::string capability_hash();

// What a device and its compiler say of themselves, for those who have never seen it: extensions,
// limits, and, where a program's binary is PTX, for which version and target.
nlohmann::json device_statements(Device& device);

}  // namespace slimbench
