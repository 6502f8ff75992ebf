// Probe: the inner loop of blocked convolutions on operands that the nearest cache holds. PIXELS
// broadcast activations meet VECTORS weight vectors, `length` times a pass. The operands change
// with every step, else a compiler could take the products out of the loop. What it cannot look
// into, VNNI's products, is repeated on registers: where a core is shared, loads are slower.
//
// Input [step][PIXELS][CHANNEL_GROUP], weights [step][VECTORS][LANES][CHANNEL_GROUP]. With NIBBLES
// a weight is 4 bits wide, 0 to 15, as a zero point leaves it, and is unpacked in the loop: a step
// has two groups of activations, [step][2][PIXELS][4], and each lane of weights holds the first
// group in its low half-bytes and the second in its high ones.
#include "dot.clh"
#include "peak.clh"

#define SUMS (PIXELS * VECTORS)
#if NIBBLES
#define GROUPS 2
#else
#define GROUPS 1
#endif
#define STEP_OF_INPUT (GROUPS * PIXELS * CHANNEL_GROUP)

INLINE void add_products(lanes_sum* sum, activation_pointer activations,
                         const dot_weights* weight) {
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) {
        const dot_activations activation = broadcast_activations(activations + p * CHANNEL_GROUP);
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            sum[p * VECTORS + v] = dot(activation, weight[v], sum[p * VECTORS + v]);
    }
}

INLINE void add_step(lanes_sum* sum, activation_pointer activations,
                     global const WEIGHT* weights) {
    dot_weights weight[VECTORS];
#if NIBBLES
    lanes_int packed[VECTORS];
#pragma unroll
    for (int v = 0; v < VECTORS; ++v) packed[v] = LOAD_INTS(weights + v * LANES * CHANNEL_GROUP);
#pragma unroll
    for (int v = 0; v < VECTORS; ++v) weight[v] = split_weights(packed[v] & 0x0f0f0f0f);
    add_products(sum, activations, weight);
#pragma unroll
    for (int v = 0; v < VECTORS; ++v) weight[v] = split_weights((packed[v] >> 4) & 0x0f0f0f0f);
    add_products(sum, activations + PIXELS * CHANNEL_GROUP, weight);
#else
#pragma unroll
    for (int v = 0; v < VECTORS; ++v)
        weight[v] = load_weights(weights + v * LANES * CHANNEL_GROUP);
    add_products(sum, activations, weight);
#endif
}

#if FP16
// As convolutions do: activations are widened once, weights whenever they are used.
#define MOST_STEPS 32
#define ACTIVATIONS(name, input, length)                                \
    float name[MOST_STEPS * STEP_OF_INPUT] __attribute__((aligned(64))); \
    for (uint i = 0; i < length * STEP_OF_INPUT; ++i)                   \
        name[i] = vload_half(i, (global const half*)input);
#else
#define ACTIVATIONS(name, input, length) activation_pointer name = input;
#endif

#if defined(DOT_VNNI) && !NIBBLES
INLINE void add_steps(lanes_sum* sum, activation_pointer activations,
                      global const WEIGHT* weights, uint passes, uint length) {
    for (uint step = 0; step < length; ++step) {
        dot_activations activation[PIXELS];
        dot_weights weight[VECTORS];
#pragma unroll
        for (int p = 0; p < PIXELS; ++p)
            activation[p] = broadcast_activations(activations + p * CHANNEL_GROUP);
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            weight[v] = load_weights(weights + v * LANES * CHANNEL_GROUP);
        for (uint pass = 0; pass < passes; ++pass)
#pragma unroll
            for (int i = 0; i < SUMS; ++i)
                sum[i] = dot(activation[i / VECTORS], weight[i % VECTORS], sum[i]);
        activations += STEP_OF_INPUT;
        weights += VECTORS * LANES * CHANNEL_GROUP;
    }
}
#else
INLINE void add_steps(lanes_sum* sum, activation_pointer activations,
                      global const WEIGHT* weights, uint passes, uint length) {
    for (uint pass = 0; pass < passes; ++pass)
        for (uint step = 0; step < length; ++step)
            add_step(sum, activations + step * STEP_OF_INPUT,
                     weights + step * (VECTORS * LANES * CHANNEL_GROUP));
}
#endif

KERNEL peak_dot(PEAK_ARGUMENTS) {
    ACTIVATIONS(activations, input, length)
    lanes_sum sum[SUMS];
#pragma unroll
    for (int i = 0; i < SUMS; ++i) sum[i] = (lanes_sum)(0);
    add_steps(sum, activations, weights, passes, length);
#pragma unroll
    for (int i = 0; i < SUMS; ++i) store_sum(output, SUMS, i, sum[i]);
}
