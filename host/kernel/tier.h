// Kernel tiers of CPU devices: instruction sets that vector kernels are written for.
#pragma once

#include <optional>
#include <string_view>

namespace slimbench {

// In rising order: a device of one tier runs all kernels of the tiers before it.
enum class Tier { portable, avx2, avx512, avx512_vnni, amx };

std::string_view name(Tier tier);  // "portable", "avx2", "avx512", "avx512-vnni", "amx"
std::optional<Tier> parse_tier(std::string_view name);

// The best tier of the CPU this process runs on, by CPUID (operating-system support included). AMX
// counts from when Linux allows this process its registers, which this asks for.
Tier host_cpu_tier();

// Whether that CPU counts the bits of vectors in one instruction (AVX-512 VPOPCNTDQ).
bool host_cpu_counts_bits();

// Whether it multiplies vectors of binary16 (AVX-512 FP16).
bool host_cpu_multiplies_halves();

}  // namespace slimbench
