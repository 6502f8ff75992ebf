// Probe: products of 1-bit activations and weights, 32 to a word: the differing bits are counted,
// from which an XNOR convolution has its sums. Otherwise like peak_dot.cl: PIXELS broadcast words
// meet VECTORS x LANES words, `length` times a pass.
//
// Input [step][PIXELS], weights [step][VECTORS][LANES], in words of 32 bits.
#include "peak.clh"

#define SUMS (PIXELS * VECTORS)

INLINE lanes_int count_bits(lanes_int word) {
#if defined(POPCOUNT_VPOPCNTD)
    // Not every compiler that can call popcount() knows that the processor has an instruction.
    lanes_int bits;
    __asm__("vpopcntd %1, %0" : "=v"(bits) : "v"(word));
    return bits;
#else
    return popcount(word);
#endif
}

KERNEL peak_bits(PEAK_ARGUMENTS) {
    global const int* input_words = (global const int*)input;
    global const int* weight_words = (global const int*)weights;
    lanes_int sum[SUMS];
#pragma unroll
    for (int i = 0; i < SUMS; ++i) sum[i] = (lanes_int)(0);
    for (uint pass = 0; pass < passes; ++pass)
        for (uint step = 0; step < length; ++step) {
            lanes_int weight[VECTORS];
#pragma unroll
            for (int v = 0; v < VECTORS; ++v)
                weight[v] = LOAD_INTS(weight_words + (step * VECTORS + v) * LANES);
#pragma unroll
            for (int p = 0; p < PIXELS; ++p) {
                const lanes_int activation = (lanes_int)(input_words[step * PIXELS + p]);
#pragma unroll
                for (int v = 0; v < VECTORS; ++v)
                    sum[p * VECTORS + v] += count_bits(activation ^ weight[v]);
            }
        }
#pragma unroll
    for (int i = 0; i < SUMS; ++i) store_sum(output, SUMS, i, sum[i]);
}
