// What an NVIDIA GPU says of its clocks, through the library of its driver (NVML), where that is
// installed. Other devices say nothing.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

namespace slimbench {

class GpuClocks {
public:
    // Of the only GPU with the name; nothing is known of one among several of its kind, for OpenCL
    // does not say which it is.
    explicit GpuClocks(const std::string& device_name);
    ~GpuClocks();
    GpuClocks(const GpuClocks&) = delete;
    GpuClocks& operator=(const GpuClocks&) = delete;

    // {"sm_mhz", "memory_mhz", "power_watts", "celsius"} at this moment, null for what the driver
    // does not tell; null where nothing is known.
    nlohmann::json read() const;

private:
    struct Library;
    std::unique_ptr<Library> library_;  // null: none, or no such GPU
};

}  // namespace slimbench
