// Depthwise convolution for CPUs: a work-item computes one output row of LANES channels, PIXELS
// pixels at a time, which share each tap's weights in a register. Global size: rows (fastest),
// channel vectors.
//
// Weights [kernel row][kernel column][channels rounded up to LANES]. INT8 sums in float: a product
// of u8 and s8 is below 2^15, so up to 2^9 products add exactly, and the sum of each tap costs one
// fma. The input's halo covers the padding.
#include "tensor.clh"

#if !defined(PIXELS)
#error "PIXELS comes from the registry's row"
#endif

// `pixels` neighbours from column x on; inlined with a constant.
INLINE void compute_run(const int pixels, global const ELEMENT* input, global const WEIGHT* weights,
                        global const float* channels, global const ELEMENT* residual,
                        global ELEMENT* output, step_args args, int n, int y, int x, int c) {
    lanes_float sum[PIXELS];
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) sum[p] = 0;

    const long step = (long)args.stride_width * args.input.pitch;
    global const WEIGHT* weight = weights + c;
    for (int ky = 0; ky < args.kernel_height; ++ky) {
        global const ELEMENT* pixel =
            input + c +
            pixel_index(args.input, n,
                        y * args.stride_height - args.pad_top + ky * args.dilation_height,
                        x * args.stride_width - args.pad_left);
        for (int kx = 0; kx < args.kernel_width; ++kx) {
            const lanes_float factor = TO_FLOAT(LOAD_WEIGHTS(weight));
#pragma unroll
            for (int p = 0; p < PIXELS; ++p)
                if (p < pixels)
                    sum[p] = fma(TO_FLOAT(LOAD_ELEMENTS(pixel + p * step)), factor, sum[p]);
            pixel += (long)args.dilation_width * args.input.pitch;
            weight += args.channel_stride;
        }
    }

    residual += pixel_index(args.residual, n, y, x) + c;
    global ELEMENT* to = output + pixel_index(args.output, n, y, x) + c;
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) {
        if (p >= pixels) continue;
#if INT8
        const lanes_int init = LOAD_INTS(channels + 2 * args.channel_stride + c);
        sum[p] = TO_FLOAT(LANES_OF(convert_int)(sum[p]) + init);
#endif
        finish(residual + p * (long)args.residual.pitch, to + p * (long)args.output.pitch, args,
               scaled(channels, args, c, sum[p]));
    }
}

KERNEL depthwise_vector(STEP_ARGUMENTS) {
    const int row = get_global_id(0);
    const int n = row / args.output.height, y = row % args.output.height;
    const int c = (int)get_global_id(1) * LANES;
    const int width = args.output.width;
    int x = 0;
    for (; x + PIXELS <= width; x += PIXELS)
        compute_run(PIXELS, input, weights, channels, residual, output, args, n, y, x, c);
    for (; x < width; ++x)
        compute_run(1, input, weights, channels, residual, output, args, n, y, x, c);

    if (args.output.halo == 0) return;
    const bool whole_row = y == 0 || y == args.output.height - 1;
    for (x = 0; x < width; x += whole_row || x == width - 1 ? 1 : width - 1)
        fill_halo(output, args, n, y, x, c);
}
