// Small programs that show what a device can do: the table of them, and what each must compute.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/kernel/device_traits.h"

namespace slimbench {

struct CapabilityProbe {
    Capability capability;
    std::string_view source;   // file under kernels/cl
    std::string_view options;  // for the compiler
    enum class For { any, cpus, gpus } made_for;

    // One launch of a work-group of 32: words in, words out.
    struct Task {
        std::vector<std::uint32_t> input, expected;
    };
    Task (*task)();
    bool (*processor_has)() = nullptr;  // of instructions that would end the process elsewhere

    std::string entry_point() const;
};
inline constexpr std::size_t capability_group = 32;

// One for each capability, in that order.
std::span<const CapabilityProbe> capability_probes();
const CapabilityProbe& capability_probe(Capability capability);

// Why the probe is not even tried on a device of that kind, a CPU being this process' own, or
// nothing.
std::optional<std::string> not_tried(const CapabilityProbe& probe, DeviceKind kind);

// What was found on a device.
struct Finding {
    Capability capability;
    bool works = false;
    std::string reason;  // why not
    bool operator==(const Finding&) const = default;
};

// What dot products and matrix products of a device are computed by at best: "dp4a", "extension",
// "vnni" or "portable"; "mma f16, tf32, s8" or "none".
std::string half_tier(Capabilities capabilities);  // "native" or "storage, FP32 compute"
std::string dot_product_tier(Capabilities capabilities);
std::string matrix_unit_tier(Capabilities capabilities);
std::string subgroup_tier(Capabilities capabilities);  // "extension", "shuffle (PTX)" or "none"

}  // namespace slimbench
