#include "host/kernel/capability.h"

#include <array>

namespace slimbench {
namespace {

struct KindName {
    DeviceKind kind;
    std::string_view name;
};
constexpr std::array kinds{
    KindName{DeviceKind::cpu, "cpu"}, KindName{DeviceKind::integrated_gpu, "integrated-gpu"},
    KindName{DeviceKind::discrete_gpu, "gpu"}, KindName{DeviceKind::accelerator, "accelerator"}};

struct CapabilityName {
    Capability capability;
    std::string_view name, title;
};
constexpr std::array capabilities{
    CapabilityName{Capability::half_arithmetic, "half_arithmetic", "half arithmetic"},
    CapabilityName{Capability::avx512_fp16, "avx512_fp16", "half arithmetic (AVX-512 FP16)"},
    CapabilityName{Capability::subgroups, "subgroups", "subgroups"},
    CapabilityName{Capability::shuffle, "shuffle", "shuffles (PTX)"},
    CapabilityName{Capability::vnni, "vnni", "integer dot product (VNNI)"},
    CapabilityName{Capability::dot_extension, "dot_extension", "integer dot product (extension)"},
    CapabilityName{Capability::dp4a, "dp4a", "integer dot product (dp4a)"},
    CapabilityName{Capability::mma_f16, "mma_f16", "matrix units, binary16"},
    CapabilityName{Capability::mma_tf32, "mma_tf32", "matrix units, TF32"},
    CapabilityName{Capability::mma_s8, "mma_s8", "matrix units, s8"},
    CapabilityName{Capability::mma_b1, "mma_b1", "matrix units, bits"},
    CapabilityName{Capability::ldmatrix, "ldmatrix", "loads of matrices (ldmatrix)"},
    CapabilityName{Capability::cp_async, "cp_async", "asynchronous copies (cp.async)"},
    CapabilityName{Capability::large_local_memory, "large_local_memory",
                   "144 KiB of local memory in a work-group"}};
static_assert(capabilities.size() == all_capabilities.size());

const CapabilityName& row(Capability capability) {
    return capabilities[static_cast<std::size_t>(capability)];
}

}  // namespace

std::string_view name(DeviceKind kind) {
    return kinds[static_cast<std::size_t>(kind)].name;
}

std::optional<DeviceKind> parse_device_kind(std::string_view name) {
    for (const KindName& row : kinds)
        if (row.name == name) return row.kind;
    return std::nullopt;
}

std::string_view name(Capability capability) {
    return row(capability).name;
}

std::string_view title(Capability capability) {
    return row(capability).title;
}

std::optional<Capability> parse_capability(std::string_view name) {
    for (const CapabilityName& row : capabilities)
        if (row.name == name) return row.capability;
    return std::nullopt;
}

}  // namespace slimbench
