// Dense convolution as an implicit matrix product on matrix units. A warp of 32 work-items keeps
// PIXELS output pixels x VECTORS x LANES output channels in registers, a work-group
// MEMBERS_ALONG_PIXELS x MEMBERS_ALONG_FILTERS warps. Local memory is a ring of STAGES slots: while
// the stage of DEPTH products in one is multiplied, the next ones are copied to the others.
//
// Global size: WORK_ITEMS for each tile; implicit.clh has the order of tiles, products and weights.
//
// A slot holds windows [pixel][chunk of 16 bytes], as they are copied: a pixel's chunks are one
// piece of global memory, and hardware writes one such piece at a time. A pixel's number decides
// the order of its chunks, so that no two of 8 neighbouring pixels have a chunk in the same bank.
// Filters are packed for it: [chunk][filter][16 bytes].
//
// The sums go back through local memory, so that the work-items that finish them read and write
// whole vectors of channels, each of the same channels for many pixels.
#include "implicit.clh"
#include "mma.clh"

#if !defined(STAGES) || STAGES < 2
#error "STAGES comes from the registry's row: two or more"
#endif

#define UNIT_BYTES (UNIT * (int)sizeof(ELEMENT))
#define STAGE_BYTES (DEPTH * (int)sizeof(ELEMENT))
#define STAGE_CHUNKS (STAGE_BYTES / ROW_BYTES)

#define WINDOW_BYTES (BLOCK_PIXELS * STAGE_BYTES)
#define FILTER_CHUNK (BLOCK_FILTERS * ROW_BYTES)
#define SLOT_BYTES (WINDOW_BYTES + STAGE_CHUNKS * FILTER_CHUNK)
#define FILTER_ROWS (STAGE_CHUNKS * BLOCK_FILTERS / WORK_ITEMS)

typedef char chunks_turn_evenly[MATRIX_ROWS % STAGE_CHUNKS == 0 ? 1 : -1];

// Fragments of a warp's tile.
#define ROWS (PIXELS / MMA_WINDOWS)
#define COLUMNS (VECTORS * LANES / MMA_FILTERS)

// Sums of one fragment of each warp along pixels, for all filters; 8 words of padding keep the
// rows that a warp writes together in different banks.
#define SUM_PITCH (BLOCK_FILTERS + 8)
#define SUM_ROWS (MEMBERS_ALONG_PIXELS * MMA_WINDOWS)
#define SUM_BYTES (SUM_ROWS * SUM_PITCH * 4)
#define ROW_VECTORS (BLOCK_FILTERS / LANES)
#define ROWS_TOGETHER (WORK_ITEMS / ROW_VECTORS)

#if WORK_ITEMS != 32 * MEMBERS_ALONG_PIXELS * MEMBERS_ALONG_FILTERS
#error "each member is a warp of 32 work-items"
#endif
#if WORK_ITEMS % ROW_VECTORS != 0 || SUM_ROWS % ROWS_TOGETHER != 0
#error "the sums of a fragment must divide evenly among the work-items"
#endif

// Where a pixel of the tile stands, found once for all its channels.
#define OUTSIDE 0
#define INSIDE 1
#define BORDER 2
typedef struct {
    long output, residual;
    int where;
} place;
typedef char finished_sums_fit[
    STAGES * SLOT_BYTES >= SUM_BYTES + BLOCK_PIXELS * (int)sizeof(place) ? 1 : -1];

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

// One of PARTS parts of a stage. Copies wait for their turn, and with them what their warp does
// next: between products they wait less, and other warps' products fill the time.
#define PARTS (STAGE_CHUNKS / MMA_CHUNKS)
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

// Adds the products of a stage and copies another one. `row` and `column` are the warp's place
// among the members.
INLINE void multiply_stage(scalar_sum* sum, local const uchar* slot, local uint* exchange, int row,
                           int column, int lane, const stage_copy* copy, const window_walk* walk,
                           int item) {
    local const uchar* windows = slot + row * PIXELS * STAGE_BYTES;
    local const uchar* filters = slot + WINDOW_BYTES + column * VECTORS * LANES * ROW_BYTES;
#pragma unroll
    for (int chunk = 0; chunk < STAGE_CHUNKS; chunk += MMA_CHUNKS) {
        uint window[ROWS * MMA_WINDOW_WORDS], filter[COLUMNS * MMA_FILTER_WORDS];
#pragma unroll
        for (int m = 0; m < ROWS; ++m)
            LOAD_MATRICES(window + m * MMA_WINDOW_WORDS, lane,
                          windows + m * MMA_WINDOWS * STAGE_BYTES +
                              window_place(matrix % 2 * MATRIX_ROWS + matrix_row,
                                           chunk + matrix / 2));
#pragma unroll
        for (int n = 0; n < COLUMNS; n += 2)
            LOAD_MATRICES(filter + n * MMA_FILTER_WORDS, lane,
                          filters + (chunk + matrix % 2) * FILTER_CHUNK +
                              ((n + matrix / 2) * MMA_FILTERS + matrix_row) * ROW_BYTES);
        copy_part(chunk / MMA_CHUNKS, copy, walk, item);
        round_factors(window, ROWS * MMA_WINDOW_WORDS);
        round_factors(filter, COLUMNS * MMA_FILTER_WORDS);
        multiply_fragments(ROWS, COLUMNS, sum, window, filter, exchange);
    }
}

// Integers start where the zero points leave them.
INLINE void start_sums(scalar_sum* sum, global const float* init, int lane) {
#pragma unroll
    for (int n = 0; n < COLUMNS; ++n)
#pragma unroll
        for (int index = 0; index < MMA_SUMS; ++index) {
            const scalar_sum start =
                INT8 ? as_int(init[n * MMA_FILTERS + sum_column(lane, index)]) : 0;
#pragma unroll
            for (int m = 0; m < ROWS; ++m) sum[(m * COLUMNS + n) * MMA_SUMS + index] = start;
        }
}

INLINE void find_places(local place* places, step_args args, int first_pixel, int item) {
    for (int pixel = item; pixel < BLOCK_PIXELS; pixel += WORK_ITEMS) {
        const position at = position_of(args, first_pixel + pixel);
        const bool border = args.output.halo > 0 && on_border(args.output, at.y, at.x);
        places[pixel].output = pixel_index(args.output, at.n, at.y, at.x);
        places[pixel].residual = pixel_index(args.residual, at.n, at.y, at.x);
        places[pixel].where = first_pixel + pixel >= pixel_count(args) ? OUTSIDE
                              : border                                 ? BORDER
                                                                       : INSIDE;
    }
}

// The sums of row `m` of each warp's fragments, in the accumulators' type made floats.
INLINE void spread_sums(local float* sums, const scalar_sum* sum, const int m, int row, int column,
                        int lane) {
#pragma unroll
    for (int n = 0; n < COLUMNS; ++n)
#pragma unroll
        for (int index = 0; index < MMA_SUMS; index += 2) {
            const scalar_sum* pair = sum + (m * COLUMNS + n) * MMA_SUMS + index;
            *(local float2*)(sums + (row * MMA_WINDOWS + sum_row(lane, index)) * SUM_PITCH +
                             (column * COLUMNS + n) * MMA_FILTERS + sum_column(lane, index)) =
                (float2)(convert_float(pair[0]), convert_float(pair[1]));
        }
}

// The sums of the whole tile, to global memory. Nobody uses `memory` any more but for this.
INLINE void finish_sums(const scalar_sum* sum, local uchar* memory, output_block block, int row,
                        int column, global const float* channels, global const ELEMENT* residual,
                        global ELEMENT* output, step_args args) {
    const int item = get_local_id(0), lane = item % WARP;
    local float* sums = (local float*)memory;
    local place* places = (local place*)(memory + SUM_BYTES);
    const int c = block.filter + item % ROW_VECTORS * LANES;
    const lanes_float scale = LOAD_FLOATS(channels + c);
    const lanes_float bias = LOAD_FLOATS(channels + args.channel_stride + c);
    find_places(places, args, block.pixel, item);
#pragma unroll
    for (int m = 0; m < ROWS; ++m) {
        if (m > 0) barrier(CLK_LOCAL_MEM_FENCE);
        spread_sums(sums, sum, m, row, column, lane);
        barrier(CLK_LOCAL_MEM_FENCE);
        if (c >= args.output.channels) continue;
#pragma unroll
        for (int together = 0; together < SUM_ROWS; together += ROWS_TOGETHER) {
            const int from = together + item / ROW_VECTORS;
            const int pixel = from / MMA_WINDOWS * PIXELS + m * MMA_WINDOWS + from % MMA_WINDOWS;
            const place at = places[pixel];
            if (at.where == OUTSIDE) continue;
            const lanes_float value = *(local const lanes_float*)(
                sums + from * SUM_PITCH + item % ROW_VECTORS * LANES);
            finish(residual + at.residual + c, output + at.output + c, args,
                   fma(value, scale, bias));
            if (at.where == BORDER) fill_halo_of_pixel(output, args, block.pixel + pixel, c);
        }
    }
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
    int full = 0, empty = STAGES - 1;  // slots
#pragma unroll 1
    for (int stage = 0; stage < stages; ++stage) {
        const stage_copy copy =
            next_stage(input, stage_weights, args, &walk, memory + empty * SLOT_BYTES,
                       stage + STAGES - 1 < stages);
        // Behind the barrier the stage is there, and nobody reads the slot before it any more.
        await_copies(STAGES - 2);
        barrier(CLK_LOCAL_MEM_FENCE);
        multiply_stage(sum, memory + full * SLOT_BYTES, exchange, row, column, lane, &copy, &walk,
                       item);
        end_copies();
        stage_weights += DEPTH * BLOCK_FILTERS;
        advance(args, &walk, STAGE_UNITS);
        full = full + 1 == STAGES ? 0 : full + 1;
        empty = empty + 1 == STAGES ? 0 : empty + 1;
    }

    // Copies of what is not there write zeros, and may still be under way.
    await_copies(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    finish_sums(sum, memory, block, row, column, channels, residual, output, args);
}
