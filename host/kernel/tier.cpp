#include "host/kernel/tier.h"

#include <array>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace slimbench {
namespace {

struct TierName {
    Tier tier;
    std::string_view name;
};
constexpr std::array tier_names{TierName{Tier::portable, "portable"}, TierName{Tier::avx2, "avx2"},
                                TierName{Tier::avx512, "avx512"},
                                TierName{Tier::avx512_vnni, "avx512-vnni"}};

#if defined(__x86_64__)
// Not every compiler's __builtin_cpu_supports knows it.
bool has_f16c() {
    unsigned int a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
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
    return __builtin_cpu_supports("avx512vnni") ? Tier::avx512_vnni : Tier::avx512;
#else
    return Tier::portable;
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
