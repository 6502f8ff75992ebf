// Where tables of tuned steps come from, and what they are keyed with.
#pragma once

#include <string>

#include "host/kernel/device_traits.h"
#include "host/kernel/tuning_table.h"
#include "host/kernel/variant.h"

namespace slimbench {

// Everything about a device that decides which variant is quickest on it.
std::string tuning_device(const DeviceTraits& device);

TuningTable shipped_tuning();  // comes with the program, of devices that it knows

// A user's table wins over the shipped one: $SLIMBENCH_TUNING, else tuning.json in the cache
// folder. Empty when there is no such folder.
std::string user_tuning_path();
TuningTable read_tuning(const std::string& path);  // empty when there is no such file
void write_tuning(const std::string& path, const TuningTable& table);

// What the kernels in use have been found to be best at on the device.
TunedChoices tuned_choices(const TuningTable& table, const DeviceTraits& device,
                           Precision precision);

}  // namespace slimbench
