// OpenCL devices: finding them, choosing one, and the live one that work is enqueued on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/cl/opencl.h"
#include "host/kernel/device_traits.h"

namespace slimbench {

struct FoundDevice {
    cl::Device handle;
    DeviceTraits traits;
};

// Every device of every platform, in the order of the loader; their capabilities are not known yet.
// Throws std::runtime_error saying
// which package to install when there is no platform or no device.
std::vector<FoundDevice> find_devices();

// The one that select() means; host/kernel/device_selection.h has the rules of `pattern`.
FoundDevice select_device(std::string_view pattern);

// One device with its context and in-order profiling queue.
class Device {
public:
    explicit Device(FoundDevice found);

    const DeviceTraits& traits() const { return traits_; }
    void learn(Capabilities capabilities) { traits_.capabilities = capabilities; }
    const cl::Device& handle() const { return handle_; }
    const cl::Context& context() const { return context_; }
    cl::CommandQueue& queue() { return queue_; }

private:
    cl::Device handle_;
    DeviceTraits traits_;
    cl::Context context_;
    cl::CommandQueue queue_;
};

}  // namespace slimbench
