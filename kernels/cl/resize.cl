// Separable interpolation, one pixel and LANES channels at a time. `weights` holds the tables of
// the y axis and then of the x axis, 32-bit words each: start[size] as s32, weight[size][taps] as
// f32; taps = args.mode.
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

INLINE lanes_float interpolated(global const ELEMENT* image, int taps, axis_window vertical,
                                axis_window horizontal) {
    lanes_float sum = 0;
#pragma unroll
    for (int y = 0; y < MOST_TAPS; ++y) {
        if (y >= taps) continue;
        lanes_float row = 0;
#pragma unroll
        for (int x = 0; x < MOST_TAPS; ++x) {
            if (x >= taps) continue;
            const lanes_float value =
                TO_FLOAT(LOAD_ELEMENTS(image + vertical.offset[y] + horizontal.offset[x]));
            row = fma((lanes_float)(horizontal.weight[x]), value, row);
        }
        sum = fma((lanes_float)(vertical.weight[y]), row, sum);
    }
    return sum;
}

// Inlined with a constant number of taps.
INLINE void resize_share(const int taps, output_share share, global const ELEMENT* input,
                         global const WEIGHT* tables, global const float* channels,
                         global const ELEMENT* residual, global ELEMENT* output, step_args args) {
    if (share.x_begin >= share.x_end) return;
    const tensor_view from = args.input, to = args.output;
    global const WEIGHT* column_table = tables + (long)to.height * (1 + taps);
    global const ELEMENT* image = input + pixel_index(from, share.n, 0, 0);
    const axis_window vertical =
        window_at(tables, taps, to.height, share.y, from.height, row_pitch(from));
    const bool streamed = streams(output, to, 64 << 20);
    FOR_EACH_PIXEL(share) {
        const axis_window horizontal =
            window_at(column_table, taps, to.width, x, from.width, from.pitch);
        const long added = pixel_index(args.residual, share.n, share.y, x);
        const long out = pixel_index(to, share.n, share.y, x);
        FOR_EACH_CHANNEL(share) {
            const lanes_float sum = interpolated(image + c, taps, vertical, horizontal);
            const lanes_float value =
                activated(residual + added + c, args, scaled(channels, args, c, sum));
            store_or_stream(streamed, output + out + c, value);
        }
        fill_halo_of_share(output, args, share, x);
    }
}

KERNEL resize(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    if (args.mode == 2)
        resize_share(2, share, input, weights, channels, residual, output, args);
    else
        resize_share(4, share, input, weights, channels, residual, output, args);
}
