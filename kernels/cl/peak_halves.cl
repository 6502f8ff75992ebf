// Probe: multiply-adds in binary16 on registers alone, by AVX-512 FP16. PIXELS registers of sums,
// each a chain of its own; a pass adds so many products to each that widening their sums, which
// keeps them exact, counts for nothing.
#include "half_avx512.clh"
#include "peak.clh"

KERNEL peak_halves(PEAK_ARGUMENTS) {
    const halves factor = load_some_halves(HALVES, input);
    const halves weight = load_some_halves(HALVES, weights);
    lanes_float sum[PIXELS * VECTORS];
#pragma unroll
    for (int i = 0; i < PIXELS * VECTORS; ++i) sum[i] = (lanes_float)(i);
    for (uint pass = 0; pass < passes; ++pass) {
        halves part[PIXELS];
#pragma unroll
        for (int p = 0; p < PIXELS; ++p) part[p] = (halves)(0);
        for (int k = 0; k < CHANNEL_GROUP; ++k)
#pragma unroll
            for (int p = 0; p < PIXELS; ++p)
                __asm__("vfmadd231ph %1, %2, %0" : "+v"(part[p]) : "v"(factor), "v"(weight));
#pragma unroll
        for (int p = 0; p < PIXELS; ++p) {
            keep_in_memory(part + p);
#pragma unroll
            for (int v = 0; v < VECTORS; ++v)
                sum[p * VECTORS + v] += widened(v, part + p);
        }
    }
#pragma unroll
    for (int i = 0; i < PIXELS * VECTORS; ++i) store_sum(output, PIXELS * VECTORS, i, sum[i]);
}
