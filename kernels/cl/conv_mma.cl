// Dense convolution as an implicit matrix product on matrix units. A warp of 32 work-items keeps
// PIXELS output pixels x VECTORS x LANES output channels in registers, a work-group
// MEMBERS_ALONG_PIXELS x MEMBERS_ALONG_FILTERS warps. Local memory is a ring of STAGES slots: while
// the stage of DEPTH products in one is multiplied, the next ones are copied to the others. A stage
// is multiplied in steps, whose factors are loaded while those of the step before are multiplied.
//
// Global size: WORK_ITEMS for each tile; implicit.clh has the order of tiles, products and weights.
//
// A slot holds windows [pixel][chunk of 16 bytes], as they are copied: a pixel's chunks are one
// piece of global memory, and hardware writes one such piece at a time. A pixel's number decides
// the order of its chunks, so that no two of 8 neighbouring pixels have a chunk in the same bank.
// Filters are packed for it: [chunk][filter][16 bytes].
#include "mma_tile.clh"
#include "window_walk.clh"

#if !defined(STAGES) || STAGES < 2
#error "STAGES comes from the registry's row: two or more"
#endif

#define UNIT_BYTES (UNIT * (int)sizeof(ELEMENT))
#define STAGE_BYTES (DEPTH * (int)sizeof(ELEMENT))
#define STAGE_CHUNKS (STAGE_BYTES / ROW_BYTES)

#define WINDOW_BYTES (BLOCK_PIXELS * STAGE_BYTES)
#define SLOT_BYTES (WINDOW_BYTES + STAGE_CHUNKS * FILTER_CHUNK)
#define FILTER_ROWS (STAGE_CHUNKS * BLOCK_FILTERS / WORK_ITEMS)

// Factors take turns in two sets of registers, so there is an even number of steps.
#define STEPS (STAGE_CHUNKS / MMA_CHUNKS)
typedef char steps_are_even[STEPS % 2 == 0 ? 1 : -1];
typedef char chunks_turn_evenly[MATRIX_ROWS % STAGE_CHUNKS == 0 ? 1 : -1];
typedef char finished_sums_fit[STAGES * SLOT_BYTES >= FINISH_BYTES ? 1 : -1];

INLINE int window_place(int pixel, int chunk) {
    const int turned = chunk ^ pixel * STAGE_CHUNKS / MATRIX_ROWS % STAGE_CHUNKS;
    return pixel * STAGE_BYTES + turned * ROW_BYTES;
}

// Where the next stage is copied from and to; beyond the last one there is nothing to copy.
typedef struct {
    global const ELEMENT* tap;
    global const uchar* filters;
    local uchar* slot;
    bool has_windows, has_filters;
} stage_copy;

INLINE stage_copy next_stage(global const ELEMENT* input, global const WEIGHT* weights,
                             step_args args, const window_walk* walk, local uchar* slot,
                             bool is_there) {
    stage_copy copy;
    copy.has_filters = is_there;
    copy.has_windows = is_there && in_window(args, walk);
    copy.tap = input + (copy.has_windows ? walk->tap : 0);
    copy.filters = (global const uchar*)weights;
    copy.slot = slot;
    return copy;
}

// One of PARTS parts of a stage, beside all steps but the last. Copies wait for their turn, and
// with them what their warp does next: between products they wait less, and other warps' products
// fill the time.
#define PARTS (STEPS - 1)
INLINE void copy_part(const int part, const stage_copy* copy, const window_walk* walk, int item) {
    const int byte = unit_in_stage(item) * UNIT_BYTES;
#pragma unroll
    for (int u = part * WINDOW_UNITS / PARTS; u < (part + 1) * WINDOW_UNITS / PARTS; ++u)
        copy_ahead(UNIT_BYTES,
                   copy->slot + window_place(pixel_of_unit(item, u), byte / ROW_BYTES) +
                       byte % ROW_BYTES,
                   copy->tap + walk->window[u], copy->has_windows);
    local uchar* filters = copy->slot + WINDOW_BYTES;
#pragma unroll
    for (int row = part * FILTER_ROWS / PARTS; row < (part + 1) * FILTER_ROWS / PARTS; ++row) {
        const int at = (item + row * WORK_ITEMS) * ROW_BYTES;
        copy_ahead(ROW_BYTES, filters + at, copy->filters + at, copy->has_filters);
    }
}

// `row` and `column` are the warp's place among the members.
INLINE void load_step(factors* to, local const uchar* slot, const int step, int row, int column,
                      int lane) {
    const int chunk = step * MMA_CHUNKS;
    local const uchar* windows = slot + row * PIXELS * STAGE_BYTES;
#pragma unroll
    for (int m = 0; m < ROWS; ++m)
        LOAD_MATRICES(to->window + m * MMA_WINDOW_WORDS, lane,
                      windows + m * MMA_WINDOWS * STAGE_BYTES +
                          window_place(matrix % 2 * MATRIX_ROWS + matrix_row, chunk + matrix / 2));
    round_factors(to->window, ROWS * MMA_WINDOW_WORDS);
    load_filters(to,
                 slot + WINDOW_BYTES + chunk * FILTER_CHUNK + column * VECTORS * LANES * ROW_BYTES,
                 lane);
}

KERNEL conv_mma(STEP_ARGUMENTS) {
    local uchar memory[STAGES * SLOT_BYTES] __attribute__((aligned(16)));
    EXCHANGE(exchange, ROWS, COLUMNS);
    const int item = get_local_id(0), lane = item % WARP, warp = item / WARP;
    const int row = warp / MEMBERS_ALONG_FILTERS, column = warp % MEMBERS_ALONG_FILTERS;
    const output_block block = block_of_group(args);
    global const WEIGHT* stage_weights = weights + block.weights;
    window_walk walk = begin_walk(args, block.pixel, item);

    scalar_sum sum[ROWS * COLUMNS * MMA_SUMS];
    start_sums(sum,
               channels + 2 * args.channel_stride + block.filter + column * VECTORS * LANES,
               lane);

    const int stages = stage_count(args);
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; ++stage) {
        const stage_copy copy = next_stage(input, stage_weights, args, &walk,
                                           memory + stage * SLOT_BYTES, stage < stages);
#pragma unroll
        for (int part = 0; part < PARTS; ++part) copy_part(part, &copy, &walk, item);
        end_copies();
        stage_weights += DEPTH * BLOCK_FILTERS;
        advance(args, &walk, STAGE_UNITS);
    }
    await_copies(STAGES - 2);
    barrier(CLK_LOCAL_MEM_FENCE);
    factors loaded[2];
    load_step(&loaded[0], memory, 0, row, column, lane);
    int full = 0, empty = STAGES - 1;  // slots
#pragma unroll 1
    for (int stage = 0; stage < stages; ++stage) {
        const stage_copy copy =
            next_stage(input, stage_weights, args, &walk, memory + empty * SLOT_BYTES,
                       stage + STAGES - 1 < stages);
        const int next = full + 1 == STAGES ? 0 : full + 1;
#pragma unroll
        for (int step = 0; step < STEPS; ++step) {
            factors* ahead = &loaded[(step + 1) % 2];
            if (step + 1 < STEPS) {
                load_step(ahead, memory + full * SLOT_BYTES, step + 1, row, column, lane);
                copy_part(step, &copy, &walk, item);
            } else {
                // Behind the barrier the next stage is there, and nobody reads this one any more.
                end_copies();
                await_copies(STAGES - 2);
                barrier(CLK_LOCAL_MEM_FENCE);
                load_step(ahead, memory + next * SLOT_BYTES, 0, row, column, lane);
            }
            multiply(sum, &loaded[step % 2], exchange);
        }
        stage_weights += DEPTH * BLOCK_FILTERS;
        advance(args, &walk, STAGE_UNITS);
        empty = full;
        full = next;
    }

    // Copies of what is not there write zeros, and may still be under way.
    await_copies(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    finish_sums(sum, memory, block, row, column, channels, residual, output, args);
}
