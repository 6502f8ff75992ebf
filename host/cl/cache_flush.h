// Pushes everything else out of the device's caches, so that the next launch starts cold.
#pragma once

#include "host/cl/device.h"

namespace slimbench {

class CacheFlush {
public:
    explicit CacheFlush(Device& device);
    void operator()();  // returns when the caches hold nothing of use

private:
    Device& device_;
    std::size_t bytes_;
    cl::Buffer ballast_;
    cl_uint value_ = 0;
};

}  // namespace slimbench
