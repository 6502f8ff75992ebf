// Which of several devices is meant.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "host/kernel/device_traits.h"

namespace slimbench {

// `pattern`: an index; a kind (cpu, gpu, integrated-gpu, accelerator), where gpu means any GPU, but
// a discrete one first; or part of a device's or platform's name, in any case. Empty: the first
// discrete GPU, else the first integrated one, CPU or accelerator. Throws std::runtime_error
// listing what there is when nothing fits, or more than one device has that name.
std::size_t select(std::span<const DeviceTraits> devices, std::string_view pattern);

}  // namespace slimbench
