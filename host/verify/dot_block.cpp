#include "host/verify/dot_block.h"

#include <cstdint>
#include <cstring>

namespace slimbench {
namespace {

using EightDoubles [[gnu::vector_size(64)]] = double;
using EightFloats [[gnu::vector_size(32)]] = float;
using SixteenFloats [[gnu::vector_size(64)]] = float;
using SixteenBits [[gnu::vector_size(64)]] = std::int32_t;

template <class Vector>
[[gnu::always_inline]] inline void load(Vector& vector, const float* from) {
    std::memcpy(&vector, from, sizeof(Vector));
}

// Forced inline so that each caller below compiles it for its own instruction set.
template <bool with_magnitudes>
[[gnu::always_inline]] inline void multiply(const DotBlock& block) {
    EightDoubles low[dot_pixels] = {}, high[dot_pixels] = {};
    SixteenFloats magnitude[dot_pixels] = {};
    for (std::size_t k = 0; k < block.length; ++k) {
        const float* weights = block.weights + k * dot_channels;
        EightFloats low_weights, high_weights;
        load(low_weights, weights);
        load(high_weights, weights + 8);
        const auto low_doubles = __builtin_convertvector(low_weights, EightDoubles);
        const auto high_doubles = __builtin_convertvector(high_weights, EightDoubles);
        for (int p = 0; p < dot_pixels; ++p) {
            const double x = block.patch[k * dot_pixels + static_cast<std::size_t>(p)];
            low[p] += x * low_doubles;
            high[p] += x * high_doubles;
        }
        if constexpr (with_magnitudes) {
            SixteenFloats all;
            load(all, weights);
            all = (SixteenFloats)((SixteenBits)all & 0x7fffffff);
            for (int p = 0; p < dot_pixels; ++p)
                magnitude[p] +=
                    block.patch_magnitude[k * dot_pixels + static_cast<std::size_t>(p)] * all;
        }
    }
    for (int p = 0; p < dot_pixels; ++p) {
        double* sums = block.sums + p * dot_channels;
        std::memcpy(sums, &low[p], sizeof low[p]);
        std::memcpy(sums + 8, &high[p], sizeof high[p]);
        if constexpr (with_magnitudes)
            std::memcpy(block.magnitudes + p * dot_channels, &magnitude[p], sizeof magnitude[p]);
    }
}

[[gnu::always_inline]] inline void multiply_any(const DotBlock& block) {
    if (block.magnitudes != nullptr)
        multiply<true>(block);
    else
        multiply<false>(block);
}

void dot_baseline(const DotBlock& block) {
    multiply_any(block);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void dot_avx2(const DotBlock& block) {
    multiply_any(block);
}
[[gnu::target("avx512f")]] void dot_avx512(const DotBlock& block) {
    multiply_any(block);
}
#endif

}  // namespace

// By hand instead of target_clones, whose resolvers run before the sanitizers are ready.
std::vector<DotKernel> usable_dot_kernels() {
    std::vector<DotKernel> kernels;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) kernels.push_back({"avx512", dot_avx512});
    if (__builtin_cpu_supports("avx2")) kernels.push_back({"avx2", dot_avx2});
#endif
    kernels.push_back({"baseline", dot_baseline});
    return kernels;
}

void dot_block(const DotBlock& block) {
    static const DotKernel best = usable_dot_kernels().front();
    best.run(block);
}

}  // namespace slimbench
