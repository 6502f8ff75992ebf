// What a device can do beyond plain OpenCL C, shown by small programs that it built and ran right,
// not by what it says of itself.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace slimbench {

enum class DeviceKind { cpu, integrated_gpu, discrete_gpu, accelerator };
std::string_view name(DeviceKind kind);  // "cpu", "integrated-gpu", "gpu", "accelerator"
std::optional<DeviceKind> parse_device_kind(std::string_view name);

enum class Capability {
    half_arithmetic,     // computes in binary16, not only stores it
    avx512_fp16,         // the same in vectors of 32, through inline assembly
    subgroups,           // cl_khr_subgroups: work-items exchange values without local memory
    shuffle,             // the same through inline PTX, in subgroups of 32
    vnni,                // vpdpbusd: four u8 x s8 and a sum in each lane, through inline assembly
    dot_extension,       // cl_khr_integer_dot_product: the same in one call
    dp4a,                // the same through inline PTX
    mma_f16,             // m16n8k16 matrices of binary16, sums in float, through inline PTX
    mma_tf32,            // m16n8k8 matrices of TF32, sums in float
    mma_s8,              // m16n8k32 matrices of u8 and s8, sums in s32
    mma_b1,              // m16n8k256 matrices of bits, counts of common ones in s32
    ldmatrix,            // loads such matrices from local memory
    cp_async,            // copies from global to local memory beside arithmetic
    large_local_memory,  // LARGE_LOCAL_BYTES (kernels/cl/abi.h) of it in a work-group
};
inline constexpr std::initializer_list<Capability> all_capabilities{Capability::half_arithmetic,
                                                                    Capability::avx512_fp16,
                                                                    Capability::subgroups,
                                                                    Capability::shuffle,
                                                                    Capability::vnni,
                                                                    Capability::dot_extension,
                                                                    Capability::dp4a,
                                                                    Capability::mma_f16,
                                                                    Capability::mma_tf32,
                                                                    Capability::mma_s8,
                                                                    Capability::mma_b1,
                                                                    Capability::ldmatrix,
                                                                    Capability::cp_async,
                                                                    Capability::large_local_memory};

std::string_view name(Capability capability);   // "half_arithmetic": the key in files
std::string_view title(Capability capability);  // "half arithmetic": in sentences
std::optional<Capability> parse_capability(std::string_view name);

// A set of them.
class Capabilities {
public:
    constexpr Capabilities() = default;
    constexpr Capabilities(std::initializer_list<Capability> list) {
        for (const Capability capability : list) add(capability);
    }
    constexpr void add(Capability capability) { bits_ |= bit(capability); }
    constexpr bool has(Capability capability) const { return (bits_ & bit(capability)) != 0; }
    bool operator==(const Capabilities&) const = default;

private:
    static constexpr std::uint32_t bit(Capability capability) {
        return std::uint32_t{1} << static_cast<unsigned>(capability);
    }
    std::uint32_t bits_ = 0;
};

// Whether a device that has them, or a row that needs them, adds products in binary16.
constexpr bool computes_in_halves(Capabilities capabilities) {
    return capabilities.has(Capability::half_arithmetic) ||
           capabilities.has(Capability::avx512_fp16);
}

}  // namespace slimbench
