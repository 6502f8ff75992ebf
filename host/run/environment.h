// What a record says about where and with what it was measured.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "host/kernel/device_traits.h"

namespace slimbench {

nlohmann::json device_fingerprint(const DeviceTraits& device);
nlohmann::json environment_description();  // os, CPU, threads, allocator, load, memory
nlohmann::json
build_description();  // version, commit, compiler, build type; kernel_hash is the worker's to add

DeviceTraits traits_from(const nlohmann::json& fingerprint);

// Bytes that this process may still allocate: the least of free memory and what the control group
// leaves.
std::uint64_t available_memory();

// Where verdicts and calibrations are kept between runs: $SLIMBENCH_CACHE_DIR,
// $XDG_CACHE_HOME/slimbench or
// ~/.cache/slimbench. Created when missing; empty when it cannot be.
std::string cache_folder();

std::string utc_now();  // "2026-01-31T12:00:00Z"

}  // namespace slimbench
