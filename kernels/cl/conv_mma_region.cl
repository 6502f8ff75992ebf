// Dense 3x3 convolution of stride 1 on matrix units, for which windows overlap: what the windows of
// a tile cover, its region, is copied to local memory once for all of a kernel's taps. A tap's
// windows are then rows of local memory that stand a few positions further.
//
// Warps, tiles and steps are conv_mma.cl's. A region is a run of REGION positions at most of the
// padded image, [position][UNIT channels]; there are two, one of which is multiplied while the next
// channels are copied to the other. Filters go through a ring of STAGES slots of a kernel row each.
//
// Global size: WORK_ITEMS for each tile. Products are ordered [unit of channels][kernel row]
// [kernel column][channel], weights [block of filters][product / CHANNEL_GROUP][BLOCK_FILTERS]
// [CHANNEL_GROUP].
#include "mma_tile.clh"

#if !defined(REGION) || !defined(STAGES) || STAGES < 2 || STAGES > 4
#error "REGION and STAGES, 2 to 4 of them, come from the registry's row"
#endif
#if DEPTH != UNIT
#error "a tap of a region is as deep as its unit of channels"
#endif

#define TAPS 3  // along each axis
#define UNIT_BYTES (UNIT * (int)sizeof(ELEMENT))
#define UNIT_CHUNKS (UNIT_BYTES / ROW_BYTES)
#define CHUNK_CHANNELS (UNIT / UNIT_CHUNKS)

#define REGION_BYTES (REGION * UNIT_BYTES)
#define TAP_BYTES (UNIT_CHUNKS * FILTER_CHUNK)
#define SLOT_BYTES (TAPS * TAP_BYTES)
#define LOCAL_BYTES (2 * REGION_BYTES + STAGES * SLOT_BYTES)

// Steps of a kernel row, an even number: factors take turns in two sets of registers.
#define STEPS_OF_TAP (UNIT_CHUNKS / MMA_CHUNKS)
#define STEPS (TAPS * STEPS_OF_TAP)

// What a work-item copies for a tap; regions are copied beside the first REGION_TURNS kernel rows
// of the region before, so that their copies are among those that are awaited in time.
#define FILTER_COPIES (TAP_BYTES / ROW_BYTES / WORK_ITEMS)
#define REGION_TURNS (5 - STAGES)
#define REGION_COPIES (REGION * UNIT_CHUNKS / WORK_ITEMS / REGION_TURNS)

typedef char filters_divide_evenly[FILTER_COPIES * ROW_BYTES * WORK_ITEMS == TAP_BYTES ? 1 : -1];
typedef char regions_divide_evenly
    [REGION_COPIES * REGION_TURNS * ROW_BYTES * WORK_ITEMS == REGION_BYTES ? 1 : -1];
typedef char items_keep_their_chunk[WORK_ITEMS % UNIT_CHUNKS == 0 ? 1 : -1];
typedef char steps_are_even[STEPS % 2 == 0 ? 1 : -1];
typedef char chunks_turn_evenly[MATRIX_ROWS % UNIT_CHUNKS == 0 ? 1 : -1];
typedef char finished_sums_fit[LOCAL_BYTES >= FINISH_BYTES ? 1 : -1];

// Position decides the order of its chunks, so that no two of 8 neighbours have a chunk in the same
// bank.
INLINE int region_place(int position, int chunk) {
    const int turned = chunk ^ position * UNIT_CHUNKS / MATRIX_ROWS % UNIT_CHUNKS;
    return position * UNIT_BYTES + turned * ROW_BYTES;
}

// Of the first tap of an output pixel's window, in the input with its halo; behind the last pixel,
// that one's.
INLINE int first_tap(step_args args, int pixel) {
    const position at = position_of(args, min(pixel, pixel_count(args) - 1));
    const int row = at.n * (args.input.height + 2 * args.input.halo) + at.y - args.pad_top +
                    args.input.halo;
    return row * (args.input.width + 2 * args.input.halo) + at.x - args.pad_left + args.input.halo;
}

// The tile's region in global memory: `channels` of its first position are left from `first` on.
typedef struct {
    global const ELEMENT* first;
    int positions, pitch, channels;
} region_source;

// Turn `turn` of REGION_TURNS, part `part` of TAPS.
INLINE void copy_region(int turn, const int part, const region_source* from, local uchar* region,
                        int item) {
    const int chunk = item % UNIT_CHUNKS;
    const bool is_there = chunk * CHUNK_CHANNELS < from->channels;
    const int first = item / UNIT_CHUNKS + turn * (REGION / REGION_TURNS);
#pragma unroll
    for (int u = part * REGION_COPIES / TAPS; u < (part + 1) * REGION_COPIES / TAPS; ++u) {
        const int position = first + u * (WORK_ITEMS / UNIT_CHUNKS);
        copy_ahead(ROW_BYTES, region + region_place(position, chunk),
                   from->first + (long)position * from->pitch + chunk * CHUNK_CHANNELS,
                   is_there && position < from->positions);
    }
}

INLINE void copy_filters(const int tap, global const uchar* from, local uchar* slot, bool is_there,
                         int item) {
#pragma unroll
    for (int u = 0; u < FILTER_COPIES; ++u) {
        const int at = tap * TAP_BYTES + (item + u * WORK_ITEMS) * ROW_BYTES;
        copy_ahead(ROW_BYTES, slot + at, from + at, is_there);
    }
}

// `positions` are those of the warp's windows, as LOAD_MATRICES wants them, of which the tap's
// stand `offset` further; `filters` are the warp's of the tap.
INLINE void load_step(factors* to, local const uchar* region, local const uchar* filters,
                      const int step, const int* positions, int offset, int lane) {
    const int chunk = step % STEPS_OF_TAP * MMA_CHUNKS;
#pragma unroll
    for (int m = 0; m < ROWS; ++m)
        LOAD_MATRICES(to->window + m * MMA_WINDOW_WORDS, lane,
                      region + region_place(
                                   positions[m * LOADED_ROWS + LOADED_ROW(matrix)] + offset,
                                   chunk + matrix / 2));
    round_factors(to->window, ROWS * MMA_WINDOW_WORDS);
    load_filters(to, filters + step / STEPS_OF_TAP * TAP_BYTES + chunk * FILTER_CHUNK, lane);
}

KERNEL conv_mma_region(STEP_ARGUMENTS) {
    local uchar memory[LOCAL_BYTES] __attribute__((aligned(16)));
    EXCHANGE(exchange, ROWS, COLUMNS);
    const int item = get_local_id(0), lane = item % WARP, warp = item / WARP;
    const int row = warp / MEMBERS_ALONG_FILTERS, column = warp % MEMBERS_ALONG_FILTERS;
    const output_block block = block_of_group(args);
    const int row_positions = args.input.width + 2 * args.input.halo;
    const int next_row = args.dilation_height * row_positions, next_column = args.dilation_width;

    const int first = first_tap(args, block.pixel);
    const int behind = first_tap(args, block.pixel + BLOCK_PIXELS - 1) +
                       (TAPS - 1) * (next_row + next_column) + 1;
    region_source from = {input + (long)first * args.input.pitch, behind - first, args.input.pitch,
                          args.input.channels};
    int positions[ROWS * LOADED_ROWS];
#pragma unroll
    for (int m = 0; m < ROWS; ++m)
#pragma unroll
        for (int loaded = 0; loaded < LOADED_ROWS; ++loaded)
            positions[m * LOADED_ROWS + loaded] =
                first_tap(args, block.pixel + row * PIXELS + m * MMA_WINDOWS +
                                    loaded_row(lane, loaded)) -
                first;

    scalar_sum sum[ROWS * COLUMNS * MMA_SUMS];
    start_sums(sum,
               channels + 2 * args.channel_stride + block.filter + column * VECTORS * LANES,
               lane);

    const int units = divide_up(args.input.channels, UNIT), stages = units * TAPS;
    global const uchar* next_filters = (global const uchar*)(weights + block.weights);
    local uchar* const slots = memory + 2 * REGION_BYTES;
#pragma unroll
    for (int turn = 0; turn < REGION_TURNS; ++turn)
#pragma unroll
        for (int part = 0; part < TAPS; ++part) copy_region(turn, part, &from, memory, item);
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; ++stage) {
#pragma unroll
        for (int tap = 0; tap < TAPS; ++tap)
            copy_filters(tap, next_filters, slots + stage * SLOT_BYTES, stage < stages, item);
        end_copies();
        next_filters += SLOT_BYTES;
    }
    await_copies(STAGES - 2);
    barrier(CLK_LOCAL_MEM_FENCE);
    local uchar* const own_filters = slots + column * VECTORS * LANES * ROW_BYTES;
    factors loaded[2];
    load_step(&loaded[0], memory, own_filters, 0, positions, 0, lane);
    int full = 0, empty = STAGES - 1, kernel_row = 0, region = 0;
#pragma unroll 1
    for (int stage = 0; stage < stages; ++stage) {
        if (kernel_row == 0) {
            from.first += UNIT;
            from.channels -= UNIT;
        }
        const bool has_filters = stage + STAGES - 1 < stages;
        const bool last_row = kernel_row + 1 == TAPS;
        const int next = full + 1 == STAGES ? 0 : full + 1;
#pragma unroll
        for (int step = 0; step < STEPS; ++step) {
            factors* ahead = &loaded[(step + 1) % 2];
            if (step + 1 < STEPS) {
                load_step(ahead, memory + region * REGION_BYTES, own_filters + full * SLOT_BYTES,
                          step + 1, positions,
                          kernel_row * next_row + (step + 1) / STEPS_OF_TAP * next_column, lane);
            } else {
                // Behind the barrier the next stage is there, and nobody reads this one any more.
                end_copies();
                await_copies(STAGES - 2);
                barrier(CLK_LOCAL_MEM_FENCE);
                if (last_row) region ^= 1;
                load_step(ahead, memory + region * REGION_BYTES, own_filters + next * SLOT_BYTES,
                          0, positions, last_row ? 0 : (kernel_row + 1) * next_row, lane);
            }
            if (step % STEPS_OF_TAP == 0) {
                const int tap = step / STEPS_OF_TAP;
                copy_filters(tap, next_filters, slots + empty * SLOT_BYTES, has_filters, item);
                if (kernel_row < REGION_TURNS)
                    copy_region(kernel_row, tap, &from, memory + (region ^ 1) * REGION_BYTES,
                                item);
            }
            multiply(sum, &loaded[step % 2], exchange);
        }
        next_filters += SLOT_BYTES;
        empty = full;
        full = next;
        kernel_row = last_row ? 0 : kernel_row + 1;
    }

    // Copies of what is not there write zeros, and may still be under way.
    await_copies(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    finish_sums(sum, memory, block, row, column, channels, residual, output, args);
}
