// The windows of a convolution as rows of a matrix, [output pixel][kernel row][kernel column]
// [channel], for a library that multiplies it with weights in the same order. A work-item copies
// PIXELS windows, LANES channels at a time, or one element: neighbours then write neighbours.
#include "tensor.clh"

// What lies under one tap of an output pixel's window; the halo stands for the padding.
INLINE global const ELEMENT* under_tap(global const ELEMENT* input, step_args args, int pixel,
                                       int tap) {
    const int row = pixel / args.output.width, x = pixel - row * args.output.width;
    const int n = row / args.output.height, y = row - n * args.output.height;
    const int ky = tap / args.kernel_width, kx = tap - ky * args.kernel_width;
    return input + pixel_index(args.input, n,
                               y * args.stride_height - args.pad_top + ky * args.dilation_height,
                               x * args.stride_width - args.pad_left + kx * args.dilation_width);
}

KERNEL im2col(STEP_ARGUMENTS) {
    const int taps = args.kernel_height * args.kernel_width;
    const int depth = args.input.channels;
#if LANES == 1
    const long products = (long)taps * depth, index = get_global_id(0);
    const long row = index / products;
    if (row >= args.pixels) return;
    const int product = (int)(index - row * products), tap = product / depth;
    output[row * args.window_pitch + product] =
        under_tap(input, args, args.first_pixel + (int)row, tap)[product - tap * depth];
#else
    const int begin = get_global_id(0) * PIXELS, end = min(begin + PIXELS, args.pixels);
    for (int row = begin; row < end; ++row) {
        // A tap's last vector may reach into the next tap, which is written after it.
        global ELEMENT* window = output + (long)row * args.window_pitch;
        for (int tap = 0; tap < taps; ++tap, window += depth) {
            global const ELEMENT* pixel = under_tap(input, args, args.first_pixel + row, tap);
            for (int c = 0; c < depth; c += LANES)
                *(global lanes_element_at_any*)(window + c) =
                    *(global const lanes_element_at_any*)(pixel + c);
        }
    }
#endif
}
