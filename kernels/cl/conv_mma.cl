// Dense convolution as an implicit matrix product on matrix units. A warp of 32 work-items keeps
// PIXELS output pixels x VECTORS x LANES output channels in registers, a work-group
// MEMBERS_ALONG_PIXELS x MEMBERS_ALONG_FILTERS warps. While a stage of DEPTH products is
// multiplied, the next one is copied to the other half of local memory.
//
// Global size: WORK_ITEMS for each tile; implicit.clh has the order of tiles, products and weights.
//
// Local memory: [chunk of 16 bytes along the products][pixel or filter][16 bytes], which makes any
// 8 neighbouring rows of a chunk a matrix that the units take as it stands, without two of its rows
// in one bank. The sums go back through local memory, so that the work-items that finish them read
// and write whole vectors of channels.
#include "implicit.clh"
#include "mma.clh"

#define UNIT_BYTES (UNIT * (int)sizeof(ELEMENT))
#define STAGE_BYTES (DEPTH * (int)sizeof(ELEMENT))
#define STAGE_CHUNKS (STAGE_BYTES / ROW_BYTES)

// Two rows of padding keep chunks of a pixel, which are copied together, in different banks.
#define WINDOW_CHUNK ((BLOCK_PIXELS + 2) * ROW_BYTES)
#define FILTER_CHUNK (BLOCK_FILTERS * ROW_BYTES)
#define HALF_BYTES (STAGE_CHUNKS * (WINDOW_CHUNK + FILTER_CHUNK))
#define FILTER_ROWS (STAGE_CHUNKS * BLOCK_FILTERS / WORK_ITEMS)

// Fragments of a warp's tile.
#define ROWS (PIXELS / MMA_WINDOWS)
#define COLUMNS (VECTORS * LANES / MMA_FILTERS)

// Sums of one fragment of each warp along pixels, for all filters.
#define SUM_PITCH (BLOCK_FILTERS + 4)
#define SUM_ROWS (MEMBERS_ALONG_PIXELS * MMA_WINDOWS)
#define FINISHED_VECTORS (SUM_ROWS * BLOCK_FILTERS / LANES / WORK_ITEMS)

typedef char finished_sums_fit[2 * HALF_BYTES >= SUM_ROWS * SUM_PITCH * 4 ? 1 : -1];

#if WORK_ITEMS != 32 * MEMBERS_ALONG_PIXELS * MEMBERS_ALONG_FILTERS || LANES != 4
#error "each member is a warp of 32 work-items, and sums are finished four channels at a time"
#endif

INLINE void copy_stage(global const ELEMENT* input, global const WEIGHT* stage_weights,
                       step_args args, const window_walk* walk, local uchar* to, int item) {
    const bool is_there = in_window(args, walk);
    const int byte = unit_in_stage(item) * UNIT_BYTES;
    local uchar* windows = to + byte / ROW_BYTES * WINDOW_CHUNK + byte % ROW_BYTES;
#pragma unroll
    for (int u = 0; u < WINDOW_UNITS; ++u)
        copy_ahead(UNIT_BYTES, windows + pixel_of_unit(item, u) * ROW_BYTES,
                   input + (is_there ? unit_index(args, walk, u) : 0), is_there);
    local uchar* filters = to + STAGE_CHUNKS * WINDOW_CHUNK;
#pragma unroll
    for (int row = 0; row < FILTER_ROWS; ++row) {
        const int at = (item + row * WORK_ITEMS) * ROW_BYTES;
        copy_ahead(ROW_BYTES, filters + at, (global const uchar*)stage_weights + at, true);
    }
}

// Adds the products of a stage. `row` and `column` are the warp's place among the members.
INLINE void multiply_stage(scalar_sum* sum, local const uchar* stage, local uint* exchange, int row,
                           int column, int lane) {
    local const uchar* windows = stage + row * PIXELS * ROW_BYTES;
    local const uchar* filters =
        stage + STAGE_CHUNKS * WINDOW_CHUNK + column * VECTORS * LANES * ROW_BYTES;
#pragma unroll
    for (int chunk = 0; chunk < STAGE_CHUNKS; chunk += MMA_BYTES / ROW_BYTES) {
        uint window[ROWS * MMA_WINDOW_WORDS], filter[COLUMNS * MMA_FILTER_WORDS];
#pragma unroll
        for (int m = 0; m < ROWS; ++m)
            load_matrices(window + m * MMA_WINDOW_WORDS,
                          windows + chunk * WINDOW_CHUNK + m * 2 * MATRIX_BYTES, MATRIX_BYTES,
                          WINDOW_CHUNK, lane);
#pragma unroll
        for (int n = 0; n < COLUMNS; n += 2)
            load_matrices(filter + n * MMA_FILTER_WORDS,
                          filters + chunk * FILTER_CHUNK + n * MATRIX_BYTES, FILTER_CHUNK,
                          MATRIX_BYTES, lane);
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

KERNEL conv_mma(STEP_ARGUMENTS) {
    local uchar halves[2 * HALF_BYTES] __attribute__((aligned(16)));
    local uint exchange[EXCHANGE_WORDS(ROWS, COLUMNS)];
    const int item = get_local_id(0), lane = item % WARP, warp = item / WARP;
    const int row = warp / MEMBERS_ALONG_FILTERS, column = warp % MEMBERS_ALONG_FILTERS;
    const output_block block = block_of_group(args);
    global const WEIGHT* stage_weights = weights + block.weights;
    window_walk walk = begin_walk(args, block.pixel, item);

    scalar_sum sum[ROWS * COLUMNS * MMA_SUMS];
    start_sums(sum,
               channels + 2 * args.channel_stride + block.filter + column * VECTORS * LANES,
               lane);

    copy_stage(input, stage_weights, args, &walk, halves, item);
    const int stages = stage_count(args);
    for (int stage = 0; stage < stages; ++stage) {
        // Behind the barrier the stage is there, and nobody reads the other half any more.
        await_copies();
        barrier(CLK_LOCAL_MEM_FENCE);
        if (stage + 1 < stages) {
            stage_weights += DEPTH * BLOCK_FILTERS;
            advance(args, &walk, STAGE_UNITS);
            copy_stage(input, stage_weights, args, &walk, halves + (stage + 1) % 2 * HALF_BYTES,
                       item);
        }
        multiply_stage(sum, halves + stage % 2 * HALF_BYTES, exchange, row, column, lane);
    }

    local float* finished = (local float*)halves;
#pragma unroll
    for (int m = 0; m < ROWS; ++m) {
        barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
        for (int n = 0; n < COLUMNS; ++n)
#pragma unroll
            for (int index = 0; index < MMA_SUMS; ++index)
                finished[(row * MMA_WINDOWS + sum_row(lane, index)) * SUM_PITCH +
                         (column * COLUMNS + n) * MMA_FILTERS + sum_column(lane, index)] =
                    convert_float(sum[(m * COLUMNS + n) * MMA_SUMS + index]);
        barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll 1
        for (int v = 0; v < FINISHED_VECTORS; ++v) {
            const int vector = item + v * WORK_ITEMS;
            const int from = vector / (BLOCK_FILTERS / LANES);
            const int c = vector % (BLOCK_FILTERS / LANES) * LANES;
            const int pixel = from / MMA_WINDOWS * PIXELS + m * MMA_WINDOWS + from % MMA_WINDOWS;
            finish_vector(*(local const lanes_float*)(finished + from * SUM_PITCH + c),
                          block.pixel + pixel, block.filter + c, channels, residual, output, args);
        }
    }
}
