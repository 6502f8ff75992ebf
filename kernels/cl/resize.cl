// Separable interpolation, LANES channels at a time. `weights` holds the tables of the y axis and
// then of the x axis, 32-bit words each: start[size] as s32, weight[size][taps] as f32; taps =
// args.mode.
//
// Integers are exact because the order is fixed: each row of the window is summed from 0 in rising
// x by fma(weight, value, sum), then the rows' sums in rising y in the same way. Coordinates are
// clamped to the image.
#include "share.clh"

// An axis at one output coordinate: offsets of the clamped source coordinates, and their weights.
#define MOST_TAPS 4
typedef struct {
    long offset[MOST_TAPS];
    float weight[MOST_TAPS];
} axis_window;

INLINE axis_window window_at(global const WEIGHT* table, int taps, int size, int at,
                             int source_size, long source_pitch) {
    axis_window window;
    const int start = as_int(table[at]);
#pragma unroll
    for (int tap = 0; tap < MOST_TAPS; ++tap) {
        if (tap >= taps) continue;
        window.offset[tap] = clamp(start + tap, 0, source_size - 1) * source_pitch;
        window.weight[tap] = table[size + (long)at * taps + tap];
    }
    return window;
}

INLINE lanes_float interpolated(global const ELEMENT* row, int taps, axis_window horizontal) {
    lanes_float sum = 0;
#pragma unroll
    for (int x = 0; x < MOST_TAPS; ++x) {
        if (x >= taps) continue;
        const lanes_float value = TO_FLOAT(LOAD_ELEMENTS(row + horizontal.offset[x]));
        sum = fma((lanes_float)(horizontal.weight[x]), value, sum);
    }
    return sum;
}

// Inlined with a constant number of taps.
INLINE void resize_share(const int taps, output_share share, STEP_ARGUMENTS) {
    if (share.x_begin >= share.x_end) return;
    const tensor_view from = args.input, to = args.output;
    global const ELEMENT* image = input + pixel_index(from, share.n, 0, 0);
    const axis_window vertical =
        window_at(weights, taps, to.height, share.y, from.height, row_pitch(from));
    const bool streamed = streams(output, to, 64 << 20);
    FOR_EACH_PIXEL(share) {
        const axis_window horizontal = window_at(weights + (long)to.height * (1 + taps), taps,
                                                 to.width, x, from.width, from.pitch);
        const long added = pixel_index(args.residual, share.n, share.y, x);
        const long out = pixel_index(to, share.n, share.y, x);
        FOR_EACH_CHANNEL(share) {
            lanes_float sum = 0;
#pragma unroll
            for (int y = 0; y < MOST_TAPS; ++y)
                if (y < taps)
                    sum = fma((lanes_float)(vertical.weight[y]),
                              interpolated(image + c + vertical.offset[y], taps, horizontal), sum);
            store_or_stream(streamed, output + out + c,
                            activated(residual + added + c, args, scaled(channels, args, c, sum)));
        }
        fill_halo_of_share(output, args, share, x);
    }
}

#if LANES > 1 && !defined(WORK_ITEMS)

// Rows of the input, interpolated to some columns of the output and as many channels as a share
// says, which output rows that follow on each other read. That pays with two taps, enlarging four
// times and more.
#define KEPT_FROM 4
#define KEPT_FLOATS 2048
typedef struct {
    float sums[2][KEPT_FLOATS] __attribute__((aligned(64)));
    int row[2];  // which one, through the batch
} kept_rows;

INLINE void interpolate_row(float* sums, global const ELEMENT* row, global const WEIGHT* table,
                            step_args args, output_share share) {
    const int channels = share.c_end - share.c_begin;
#pragma nounroll
    FOR_EACH_PIXEL(share) {
        const axis_window horizontal =
            window_at(table, 2, args.output.width, x, args.input.width, args.input.pitch);
        float* pixel = sums + (x - share.x_begin) * channels - share.c_begin;
#pragma nounroll
        FOR_EACH_CHANNEL(share)
            *(lanes_float*)(pixel + c) = interpolated(row + c, 2, horizontal);
    }
}

// Some columns of a row of the output.
INLINE void finish_row(const bool has_residual, const float* upper, const float* lower,
                       const axis_window* vertical, global const float* channels,
                       global const ELEMENT* residual, global ELEMENT* output, step_args args,
                       output_share share, bool streamed) {
    const int pitch = share.c_end - share.c_begin;
    args.has_residual = has_residual;
#pragma nounroll
    FOR_EACH_PIXEL(share) {
        const int pixel = (x - share.x_begin) * pitch - share.c_begin;
        const long added = pixel_index(args.residual, share.n, share.y, x);
        const long out = pixel_index(args.output, share.n, share.y, x);
#pragma nounroll
        FOR_EACH_CHANNEL(share) {
            const lanes_float first = fma((lanes_float)(vertical->weight[0]),
                                          *(const lanes_float*)(upper + pixel + c),
                                          (lanes_float)(0));
            const lanes_float sum = fma((lanes_float)(vertical->weight[1]),
                                        *(const lanes_float*)(lower + pixel + c), first);
            store_or_stream(streamed, output + out + c,
                            activated(residual + added + c, args, scaled(channels, args, c, sum)));
        }
        fill_halo_of_share(output, args, share, x);
    }
}

// The columns and channels of a share of output rows [begin, end), through the batch.
INLINE void resize_columns(STEP_ARGUMENTS, int begin, int end, output_share share,
                           kept_rows* kept) {
    const tensor_view from = args.input, to = args.output;
    const bool streamed = streams(output, to, 64 << 20);
    kept->row[0] = kept->row[1] = -1;
#pragma nounroll
    for (int row = begin; row < end; ++row) {
        share.n = row / to.height;
        share.y = row % to.height;
        const axis_window vertical = window_at(weights, 2, to.height, share.y, from.height, 1);
        int slot[2];
#pragma nounroll
        for (int tap = 0; tap < 2; ++tap) {
            const int y = (int)vertical.offset[tap], through_batch = share.n * from.height + y;
            slot[tap] = y % 2;
            if (kept->row[slot[tap]] == through_batch) continue;
            kept->row[slot[tap]] = through_batch;
            interpolate_row(kept->sums[slot[tap]], input + pixel_index(from, share.n, y, 0),
                            weights + (long)to.height * 3, args, share);
        }
        if (args.has_residual)
            finish_row(true, kept->sums[slot[0]], kept->sums[slot[1]], &vertical, channels,
                       residual, output, args, share, streamed);
        else
            finish_row(false, kept->sums[slot[0]], kept->sums[slot[1]], &vertical, channels,
                       residual, output, args, share, streamed);
    }
}

// Rows [begin, end), through the batch.
INLINE void resize_kept_rows(STEP_ARGUMENTS, int begin, int end) {
    kept_rows kept;
    const int channels_end = divide_up(args.output.channels, LANES) * LANES;
    const int at_once = min(channels_end, KEPT_FLOATS), columns = KEPT_FLOATS / at_once;
#pragma nounroll
    for (int c = 0; c < channels_end; c += at_once)
#pragma nounroll
        for (int x = 0; x < args.output.width; x += columns) {
            const output_share share = {0, 0, x, min(x + columns, args.output.width), c,
                                        min(c + at_once, channels_end)};
            resize_columns(input, weights, channels, residual, output, args, begin, end, share,
                           &kept);
        }
}

KERNEL resize(STEP_ARGUMENTS) {
    const int rows = args.output.batch * args.output.height;
    const int begin = share_begin(rows, get_global_size(0), get_global_id(0));
    const int end = share_begin(rows, get_global_size(0), get_global_id(0) + 1);
    if (args.mode == 2 && args.output.height >= KEPT_FROM * args.input.height) {
        resize_kept_rows(input, weights, channels, residual, output, args, begin, end);
        return;
    }
#pragma nounroll
    for (int row = begin; row < end; ++row) {
        const output_share share = {row / args.output.height, row % args.output.height, 0,
                                    args.output.width,        0,  args.output.channels};
        if (args.mode == 2)
            resize_share(2, share, input, weights, channels, residual, output, args);
        else
            resize_share(4, share, input, weights, channels, residual, output, args);
    }
}

#else

KERNEL resize(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    if (args.mode == 2)
        resize_share(2, share, input, weights, channels, residual, output, args);
    else
        resize_share(4, share, input, weights, channels, residual, output, args);
}

#endif
