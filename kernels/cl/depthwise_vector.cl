// Depthwise convolution for CPUs: a work-item computes one output row of LANES channels, PIXELS pixels at a time, which
// share each tap's weights in a register. Global size: rows (fastest), channel vectors.
// Weights [kernel row][kernel column][channels rounded up to LANES]. INT8 sums in float: a product of u8 and s8 is below 2^15,
// so up to 2^9 products add exactly, and the sum of each tap costs one fma. The input's halo covers the padding.
#include "tensor.clh"

#if !defined(PIXELS)
#error "PIXELS comes from the row of the registry (host/kernel/registry.cpp)"
#endif

INLINE void compute_run(global const ELEMENT* window, global const WEIGHT* weights, step_args args,
                               const int* column, lanes_float* sum) {
    const long step = (long)args.stride_width * args.input.pitch;
    for (int ky = 0; ky < args.kernel_height; ++ky)
        for (int kx = 0; kx < args.kernel_width; ++kx) {
            global const ELEMENT* pixel = window + ky * args.dilation_height * row_pitch(args.input) +
                                          (long)(kx * args.dilation_width) * args.input.pitch;
            const lanes_float weight = TO_FLOAT(LOAD_WEIGHTS(weights));
            weights += args.channel_stride;
            #pragma unroll
            for (int p = 0; p < PIXELS; ++p)
                sum[p] = fma(TO_FLOAT(LOAD_ELEMENTS(pixel + column[p] * step)), weight, sum[p]);
        }
}

KERNEL depthwise_vector(STEP_ARGUMENTS) {
    const int row = get_global_id(0);
    const int n = row / args.output.height, y = row % args.output.height;
    const int c = (int)get_global_id(1) * LANES;
    global const ELEMENT* window =
        input + pixel_index(args.input, n, y * args.stride_height - args.pad_top, -args.pad_left) + c;

    for (int left = 0; left < args.output.width; left += PIXELS) {
        int column[PIXELS];
        lanes_float sum[PIXELS];
        #pragma unroll
        for (int p = 0; p < PIXELS; ++p) {
            column[p] = min(left + p, args.output.width - 1);
            sum[p] = 0;
        }
        compute_run(window, weights + c, args, column, sum);
        #pragma unroll
        for (int p = 0; p < PIXELS; ++p) {
#if INT8
            const lanes_int init = LOAD_INTS(channels + 2 * args.channel_stride + c);
            sum[p] = TO_FLOAT(LANES_OF(convert_int)(sum[p]) + init);
#endif
            const int x = column[p];
            finish(residual + pixel_index(args.residual, n, y, x) + c,
                   output + pixel_index(args.output, n, y, x) + c, args, scaled(channels, args, c, sum[p]));
            if (args.output.halo > 0 && on_border(args.output, y, x)) fill_halo(output, args, n, y, x, c);
        }
    }
}
