// Separable interpolation, one pixel and LANES channels at a time. `weights` holds the tables of the y axis and then of the
// x axis, 32-bit words each: start[size] as s32, weight[size][taps] as f32; taps = args.mode.
// Integers are exact because the order is fixed: each row of the window is summed from 0 in rising x by fma(weight, value,
// sum), then the rows' sums in rising y in the same way. Coordinates are clamped to the image.
#include "share.clh"

typedef struct {
    global const float *start, *weight;
} axis_table;

INLINE axis_table table_at(global const WEIGHT* words, int size) {
    axis_table table = {words, words + size};
    return table;
}

INLINE lanes_float row_sum(global const ELEMENT* row, step_args args, int start,
                                  global const float* weight) {
    lanes_float sum = 0;
    for (int tap = 0; tap < args.mode; ++tap) {
        const int x = clamp(start + tap, 0, args.input.width - 1);
        sum = fma((lanes_float)(weight[tap]), TO_FLOAT(LOAD_ELEMENTS(row + (long)x * args.input.pitch)), sum);
    }
    return sum;
}

KERNEL resize(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    const int taps = args.mode;
    const axis_table vertical = table_at(weights, args.output.height);
    const axis_table horizontal =
        table_at(vertical.weight + (long)args.output.height * taps, args.output.width);
    if (share.x_begin >= share.x_end) return;

    const int top = as_int(vertical.start[share.y]);
    FOR_EACH_PIXEL(share) {
        const int left = as_int(horizontal.start[x]);
        FOR_EACH_CHANNEL(share) {
            lanes_float sum = 0;
            for (int tap = 0; tap < taps; ++tap) {
                const int y = clamp(top + tap, 0, args.input.height - 1);
                const lanes_float row =
                    row_sum(input + pixel_index(args.input, share.n, y, 0) + c, args, left,
                            horizontal.weight + (long)x * taps);
                sum = fma((lanes_float)(vertical.weight[share.y * taps + tap]), row, sum);
            }
            finish(residual, output, args, share.n, share.y, x, c, scaled(channels, args, c, sum));
        }
    }
}
