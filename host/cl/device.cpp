#include "host/cl/device.h"

#include <stdexcept>

#include "host/cl/calm_threads.h"
#include "host/kernel/device_selection.h"

namespace slimbench {

namespace {

constexpr std::string_view no_platform =
    "no OpenCL platform found: install pocl-opencl-icd to measure on the CPU, or your GPU vendor's "
    "OpenCL driver";

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
    return text;
}

DeviceKind kind_of(const cl::Device& device, cl_device_type kinds) {
    if (kinds & CL_DEVICE_TYPE_CPU) return DeviceKind::cpu;
    if (!(kinds & CL_DEVICE_TYPE_GPU)) return DeviceKind::accelerator;
    return device.getInfo<CL_DEVICE_HOST_UNIFIED_MEMORY>() ? DeviceKind::integrated_gpu
                                                           : DeviceKind::discrete_gpu;
}

DeviceTraits read_traits(const cl::Platform& platform, const cl::Device& device) {
    DeviceTraits traits;
    traits.platform = trimmed(platform.getInfo<CL_PLATFORM_NAME>());
    traits.name = trimmed(device.getInfo<CL_DEVICE_NAME>());
    traits.vendor = trimmed(device.getInfo<CL_DEVICE_VENDOR>());
    traits.device_version = trimmed(device.getInfo<CL_DEVICE_VERSION>());
    traits.driver_version = trimmed(device.getInfo<CL_DRIVER_VERSION>());
    const cl_device_type kinds = device.getInfo<CL_DEVICE_TYPE>() & ~CL_DEVICE_TYPE_DEFAULT;
    traits.kind = kind_of(device, kinds);
    traits.compute_units = device.getInfo<CL_DEVICE_MAX_COMPUTE_UNITS>();
    traits.global_memory = device.getInfo<CL_DEVICE_GLOBAL_MEM_SIZE>();
    traits.largest_allocation = device.getInfo<CL_DEVICE_MAX_MEM_ALLOC_SIZE>();
    traits.local_memory = device.getInfo<CL_DEVICE_LOCAL_MEM_SIZE>();
    traits.largest_work_group = device.getInfo<CL_DEVICE_MAX_WORK_GROUP_SIZE>();
    traits.timer_resolution_ns = device.getInfo<CL_DEVICE_PROFILING_TIMER_RESOLUTION>();
    // A CPU device is this process's own CPU, so CPUID speaks for it. What claims to be a GPU as
    // well is a simulator.
    const bool host_cpu = kinds == CL_DEVICE_TYPE_CPU;
    traits.tier = host_cpu ? host_cpu_tier() : Tier::portable;
    traits.vector_popcount = host_cpu && host_cpu_counts_bits();
    return traits;
}

}  // namespace

std::vector<FoundDevice> find_devices() {
    const CalmThreads calm;  // drivers start their threads when they are asked first
    std::vector<cl::Platform> platforms;
    try {
        cl::Platform::get(&platforms);
    } catch (const cl::Error&) {  // the ICD loader reports "none" as an error
        throw std::runtime_error(std::string(no_platform));
    }
    std::vector<FoundDevice> found;
    for (const cl::Platform& platform : platforms) {
        std::vector<cl::Device> devices;
        try {
            platform.getDevices(CL_DEVICE_TYPE_ALL, &devices);
        } catch (const cl::Error& error) {
            if (error.err() != CL_DEVICE_NOT_FOUND) throw;
        }
        for (const cl::Device& device : devices)
            found.push_back({device, read_traits(platform, device)});
    }
    if (found.empty()) throw std::runtime_error(std::string(no_platform));
    return found;
}

FoundDevice select_device(std::string_view pattern) {
    const std::vector<FoundDevice> devices = find_devices();
    std::vector<DeviceTraits> traits;
    for (const FoundDevice& device : devices) traits.push_back(device.traits);
    return devices[select(traits, pattern)];
}

Device::Device(FoundDevice found)
    : handle_(std::move(found.handle)),
      traits_(std::move(found.traits)),
      context_(handle_),
      queue_(context_, handle_, CL_QUEUE_PROFILING_ENABLE) {}

}  // namespace slimbench
