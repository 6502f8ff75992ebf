#include "host/kernel/tier.h"

#include <array>

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace slimbench {
namespace {

struct TierName {
    Tier tier;
    std::string_view name;
};
constexpr std::array tier_names{TierName{Tier::portable, "portable"}, TierName{Tier::avx2, "avx2"},
                                TierName{Tier::avx512, "avx512"},
                                TierName{Tier::avx512_vnni, "avx512-vnni"},
                                TierName{Tier::amx, "amx"}};

#if defined(__x86_64__)
// Not every compiler's __builtin_cpu_supports knows it.
bool has_f16c() {
    unsigned int a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}

// Bits of EDX in leaf 7 of CPUID.
constexpr unsigned int avx512_fp16 = 1u << 23, amx_tile = 1u << 24, amx_int8 = 1u << 25;

bool has_features(unsigned int wanted) {
    constexpr unsigned int features = 7;
    unsigned int a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(features, 0, &a, &b, &c, &d) != 0 && (d & wanted) == wanted;
}

// Its registers are so large that Linux saves them only for processes that ask.
bool may_use_amx() {
#if defined(__linux__)
    constexpr long request_permission = 0x1023, tile_data = 18;  // asm/prctl.h, from Linux 5.16 on
    return has_features(amx_tile | amx_int8) &&
           syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return false;
#endif
}
#endif

}  // namespace

std::string_view name(Tier tier) {
    for (const TierName& row : tier_names)
        if (row.tier == tier) return row.name;
    return {};
}

std::optional<Tier> parse_tier(std::string_view name) {
    for (const TierName& row : tier_names)
        if (row.name == name) return row.tier;
    return std::nullopt;
}

Tier host_cpu_tier() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !has_f16c())
        return Tier::portable;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return Tier::avx2;
    if (!__builtin_cpu_supports("avx512vnni")) return Tier::avx512;
    return may_use_amx() ? Tier::amx : Tier::avx512_vnni;
#else
    return Tier::portable;
#endif
}

bool host_cpu_multiplies_halves() {
#if defined(__x86_64__)
    return host_cpu_tier() >= Tier::avx512 && has_features(avx512_fp16);
#else
    return false;
#endif
}

bool host_cpu_counts_bits() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512vpopcntdq") != 0;
#else
    return false;
#endif
}

}  // namespace slimbench
