#include "host/run/gpu_clocks.h"

#include <dlfcn.h>

#include <array>
#include <utility>

namespace slimbench {

namespace {

// NVML's numbers (nvml.h): success, two kinds of clock, the sensor on the chip.
constexpr int done = 0;
enum ClockType { clock_sm = 1, clock_memory = 2 };
constexpr int sensor_of_chip = 0;

}  // namespace

struct GpuClocks::Library {
    using Handle = void*;

    void* file = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    Handle gpu = nullptr;

    Library() = default;
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() {
        if (file == nullptr) return;
        call("nvmlShutdown");
        dlclose(file);
    }

    template <class... Arguments>
    bool call(const char* name, Arguments... arguments) const {
        auto* function = reinterpret_cast<int (*)(Arguments...)>(dlsym(file, name));
        return function != nullptr && function(arguments...) == done;
    }

    bool find(const std::string& device_name) {
        unsigned count = 0, found = 0;
        if (file == nullptr || !call("nvmlInit_v2") || !call("nvmlDeviceGetCount_v2", &count))
            return false;
        for (unsigned index = 0; index < count; ++index) {
            Handle one = nullptr;
            std::array<char, 96> name{};
            if (!call("nvmlDeviceGetHandleByIndex_v2", index, &one) ||
                !call("nvmlDeviceGetName", one, name.data(), unsigned{name.size()}) ||
                device_name != name.data())
                continue;
            gpu = one;
            ++found;
        }
        return found == 1;
    }

    template <class... Arguments>
    nlohmann::json number(const char* name, Arguments... arguments) const {
        unsigned value = 0;
        return call(name, gpu, arguments..., &value) ? nlohmann::json(value) : nlohmann::json();
    }
};

GpuClocks::GpuClocks(const std::string& device_name) {
    auto library = std::make_unique<Library>();
    if (library->find(device_name)) library_ = std::move(library);
}

GpuClocks::~GpuClocks() = default;

nlohmann::json GpuClocks::read() const {
    if (!library_) return nullptr;
    nlohmann::json power = library_->number("nvmlDeviceGetPowerUsage");
    if (!power.is_null()) power = power.get<unsigned>() / 1000;
    return {{"sm_mhz", library_->number("nvmlDeviceGetClockInfo", int{clock_sm})},
            {"memory_mhz", library_->number("nvmlDeviceGetClockInfo", int{clock_memory})},
            {"power_watts", std::move(power)},
            {"celsius", library_->number("nvmlDeviceGetTemperature", sensor_of_chip)}};
}

}  // namespace slimbench
