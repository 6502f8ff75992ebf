// Dense convolution as an implicit matrix product, for GPUs. A work-item keeps PIXELS output pixels
// x VECTORS x LANES output channels in registers, a work-group MEMBERS_ALONG_PIXELS x
// MEMBERS_ALONG_FILTERS of such tiles side by side: each value that the group copies to local
// memory once is used by a whole row or column of its work-items. While a stage of DEPTH products
// is multiplied, the next one is already on its way into registers.
//
// Global size: WORK_ITEMS for each tile; implicit.clh has the order of tiles, products and weights.
//
// A word of local memory holds a float, in binary16 arithmetic a half or, in INT8, the four
// channels that one dot product takes. The vectors of a work-item stand apart, so that neighbours
// read and write neighbouring ones.
#include "dot.clh"
#include "window_walk.clh"

#if UNIT != 4 || LANES != 4 || PIXELS % 4 != 0
#error "conv_igemm copies and computes four channels at a time, of four pixels at a time"
#endif

#if INT8
typedef int word, window_unit;
typedef int4 four_words;
#define UNIT_WORDS 1
#define LOAD_WINDOW(pointer) (*(global const int*)(pointer))
#define LOAD_FILTERS(pointer) LOAD_INTS(pointer)
#elif HALF_RUN
typedef half_number word;
typedef lanes_half window_unit, four_words;
#define UNIT_WORDS 4
#define LOAD_WINDOW(pointer) LOAD_NATIVE_HALVES(pointer)
#define LOAD_FILTERS(pointer) LOAD_NATIVE_HALVES(pointer)
#else
typedef float word;
typedef float4 window_unit, four_words;
#define UNIT_WORDS 4
#define LOAD_WINDOW(pointer) LOAD_ELEMENTS(pointer)
#define LOAD_FILTERS(pointer) LOAD_WEIGHTS(pointer)
#endif

#define STAGE_WORDS (STAGE_UNITS * UNIT_WORDS)
// Four words of padding keep the units of a pixel, which are stored together, in different banks.
#define WINDOW_PITCH (BLOCK_PIXELS + 4)
#define FILTER_VECTORS (STAGE_WORDS * BLOCK_FILTERS / 4 / WORK_ITEMS)
#if FILTER_VECTORS * 4 * WORK_ITEMS != STAGE_WORDS * BLOCK_FILTERS
#error "a stage of weights must divide evenly among the work-items"
#endif

typedef struct {
    window_unit window[WINDOW_UNITS];
    four_words filters[FILTER_VECTORS];
} fetched;

INLINE fetched fetch(global const ELEMENT* input, global const WEIGHT* stage_weights,
                     step_args args, const window_walk* walk, int item) {
    fetched next;
    const bool live = in_window(args, walk);
    global const ELEMENT* tap = input + (live ? walk->tap : 0);
#pragma unroll
    for (int u = 0; u < WINDOW_UNITS; ++u)
        next.window[u] =
            live ? LOAD_WINDOW(tap + walk->window[u]) : (window_unit)(0);
#pragma unroll
    for (int v = 0; v < FILTER_VECTORS; ++v)
        next.filters[v] =
            LOAD_FILTERS(stage_weights + (item + v * WORK_ITEMS) * 4 * CHANNEL_GROUP);
    return next;
}

INLINE void keep(local word* windows, local word* filters, fetched next, int item) {
#pragma unroll
    for (int u = 0; u < WINDOW_UNITS; ++u) {
        local word* to = windows + unit_in_stage(item) * UNIT_WORDS * WINDOW_PITCH +
                         pixel_of_unit(item, u);
#if INT8
        *to = next.window[u];
#else
        to[0] = next.window[u].s0;
        to[WINDOW_PITCH] = next.window[u].s1;
        to[2 * WINDOW_PITCH] = next.window[u].s2;
        to[3 * WINDOW_PITCH] = next.window[u].s3;
#endif
    }
#pragma unroll
    for (int v = 0; v < FILTER_VECTORS; ++v)
        *(local four_words*)(filters + (item + v * WORK_ITEMS) * 4) = next.filters[v];
}

// Adds the products of a stage. `row` and `column` are the work-item's place among the members.
INLINE void multiply(dot_sum* sum, local const word* windows, local const word* filters, int row,
                     int column) {
    windows += row * PIXELS;
    filters += column * LANES;
#pragma unroll
    for (int k = 0; k < STAGE_WORDS; ++k, windows += WINDOW_PITCH, filters += BLOCK_FILTERS) {
        dot_weights weight[VECTORS];
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            weight[v] = split_weights(
                *(local const four_words*)(filters + v * MEMBERS_ALONG_FILTERS * LANES));
        four_words four[PIXELS / 4];
#pragma unroll
        for (int p = 0; p < PIXELS / 4; ++p) four[p] = ((local const four_words*)windows)[p];
#pragma unroll
        for (int p = 0; p < PIXELS; ++p) {
            const dot_activations activation = (dot_activations)(((const word*)four)[p]);
#pragma unroll
            for (int v = 0; v < VECTORS; ++v)
                sum[p * VECTORS + v] = dot(activation, weight[v], sum[p * VECTORS + v]);
        }
    }
}

#if HALF_RUN

#if DEPTH > HALF_RUN
#error "a stage is a run in binary16: no more than HALF_RUN products"
#endif

INLINE void add_stage(lanes_sum* sum, local const word* windows, local const word* filters, int row,
                      int column) {
    dot_sum run[PIXELS * VECTORS];
#pragma unroll
    for (int i = 0; i < PIXELS * VECTORS; ++i) run[i] = (dot_sum)(0);
    multiply(run, windows, filters, row, column);
#pragma unroll
    for (int i = 0; i < PIXELS * VECTORS; ++i) sum[i] += HALVES_TO_FLOAT(run[i]);
}

#else
#define add_stage multiply
#endif

KERNEL conv_igemm(STEP_ARGUMENTS) {
    local word windows[2][STAGE_WORDS * WINDOW_PITCH] __attribute__((aligned(16)));
    local word filters[2][STAGE_WORDS * BLOCK_FILTERS] __attribute__((aligned(16)));
    const int item = get_local_id(0);
    const int row = item / MEMBERS_ALONG_FILTERS, column = item % MEMBERS_ALONG_FILTERS;
    const output_block block = block_of_group(args);
    const int first_channel = block.filter + column * LANES;
    global const WEIGHT* stage_weights = weights + block.weights;
    window_walk walk = begin_walk(args, block.pixel, item);

    lanes_sum sum[PIXELS * VECTORS];
#pragma unroll
    for (int v = 0; v < VECTORS; ++v) {
        const lanes_sum start =
            INITIAL_SUM(channels + 2 * args.channel_stride + first_channel +
                        v * MEMBERS_ALONG_FILTERS * LANES);
#pragma unroll
        for (int p = 0; p < PIXELS; ++p) sum[p * VECTORS + v] = start;
    }

    fetched next = fetch(input, stage_weights, args, &walk, item);
    keep(windows[0], filters[0], next, item);
    barrier(CLK_LOCAL_MEM_FENCE);
    const int stages = stage_count(args);
    for (int stage = 0; stage < stages; ++stage) {
        const bool more = stage + 1 < stages;
        if (more) {
            stage_weights += DEPTH * BLOCK_FILTERS;
            advance(args, &walk, STAGE_UNITS);
            next = fetch(input, stage_weights, args, &walk, item);
        }
        add_stage(sum, windows[stage % 2], filters[stage % 2], row, column);
        // Nobody reads the other half: all have passed the barrier behind its last use.
        if (more) keep(windows[(stage + 1) % 2], filters[(stage + 1) % 2], next, item);
        barrier(CLK_LOCAL_MEM_FENCE);
    }

#pragma unroll
    for (int p = 0; p < PIXELS; ++p)
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            finish_vector(SUM_TO_FLOAT(sum[p * VECTORS + v]), block.pixel + row * PIXELS + p,
                          first_channel + v * MEMBERS_ALONG_FILTERS * LANES, channels, residual,
                          output, args);
}
