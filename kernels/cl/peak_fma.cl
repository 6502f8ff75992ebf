// Probe: fused multiply-adds on registers alone. PIXELS x VECTORS vectors of LANES sums, each a
// chain of its own, so that no multiply-add waits for another; a pass adds one product to each.
//
// The factors come from memory: a compiler that knew them could fold the chain.
#include "peak.clh"

#define SUMS (PIXELS * VECTORS)

KERNEL peak_fma(PEAK_ARGUMENTS) {
    const lanes_float factor = LOAD_FLOATS(input), weight = LOAD_FLOATS(weights);
    lanes_float sum[SUMS];
#pragma unroll
    for (int i = 0; i < SUMS; ++i) sum[i] = (lanes_float)(i);
    for (uint pass = 0; pass < passes; ++pass)
#pragma unroll
        for (int i = 0; i < SUMS; ++i) sum[i] = fma(factor, weight, sum[i]);
#pragma unroll
    for (int i = 0; i < SUMS; ++i) store_sum(output, SUMS, i, sum[i]);
}
