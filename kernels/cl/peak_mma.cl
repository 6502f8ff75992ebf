// Probe: matrix units on registers alone. PIXELS x VECTORS fragments of sums, each a chain of its
// own, so that no product waits for another; a pass adds one product of matrices to each. All that
// a row of windows or a filter holds is one number, its own of 8.
#include "mma.clh"
#include "peak.clh"

#define SUMS (PIXELS * VECTORS * MMA_SUMS)

INLINE void fill(uint* words, const int count, uint word) {
#pragma unroll
    for (int i = 0; i < count; ++i) words[i] = word;
}

KERNEL peak_mma(PEAK_ARGUMENTS) {
    const int own = get_local_id(0) % WARP / 4;  // row or filter of 8, of which lanes hold words
    uint window[PIXELS * MMA_WINDOW_WORDS], filter[VECTORS * MMA_FILTER_WORDS];
    fill(window, PIXELS * MMA_WINDOW_WORDS, ((global const uint*)input)[own]);
    fill(filter, VECTORS * MMA_FILTER_WORDS, ((global const uint*)weights)[own]);
    scalar_sum sum[SUMS];
#pragma unroll
    for (int i = 0; i < SUMS; ++i) sum[i] = 0;
    for (uint pass = 0; pass < passes; ++pass)
        multiply_fragments(PIXELS, VECTORS, sum, window, filter, 0);
#pragma unroll
    for (int i = 0; i < SUMS; ++i) output[get_global_id(0) * SUMS + i] = sum[i];
}
