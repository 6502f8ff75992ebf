// Depthwise convolution: LANES channels and PIXELS neighbouring pixels at a time, which share each
// tap's weights in a register.
//
// For CPUs a work-item computes output rows. Global size: groups of rows (fastest), groups of
// channel vectors. For GPUs (several work-items in a work-group) it computes PIXELS pixels or what
// is left of their row, and neighbours compute neighbouring channels. Global size: channel vectors
// (fastest), runs of pixels, rows, rounded up.
//
// Weights [kernel row][kernel column][channels rounded up to LANES]. INT8 sums in float: a product
// of u8 and s8 is below 2^15, so up to 2^9 products add exactly, and the sum of each tap costs one
// fma. The input's halo covers the padding.
#include "tensor.clh"

#if !defined(PIXELS)
#error "PIXELS comes from the registry's row"
#endif

#if HALF_RUN
typedef lanes_half lanes_factor;
typedef long_sum tap_sum;
#define LOAD_TAP(pointer) LOAD_NATIVE_HALVES(pointer)
#define LOAD_FACTOR(pointer) LOAD_NATIVE_HALVES(pointer)
#else
typedef lanes_float lanes_factor, tap_sum;
#define LOAD_TAP(pointer) TO_FLOAT(LOAD_ELEMENTS(pointer))
#define LOAD_FACTOR(pointer) TO_FLOAT(LOAD_WEIGHTS(pointer))
#define NO_PRODUCTS ((lanes_float)(0))

INLINE void add_product(tap_sum* sum, lanes_factor tap, lanes_factor factor) {
    *sum = fma(tap, factor, *sum);
}

INLINE lanes_float total(const tap_sum* sum) {
    return *sum;
}
#endif

// Adds the taps of `pixels` neighbours, whose first window begins at `window`.
INLINE void sum_taps(const int pixels, tap_sum* sum, global const ELEMENT* window,
                     global const WEIGHT* weight, step_args args) {
    const long step = (long)args.stride_width * args.input.pitch;
    for (int ky = 0; ky < args.kernel_height; ++ky) {
        global const ELEMENT* pixel = window + ky * args.dilation_height * row_pitch(args.input);
        for (int kx = 0; kx < args.kernel_width; ++kx) {
            const lanes_factor factor = LOAD_FACTOR(weight);
#pragma unroll
            for (int p = 0; p < PIXELS; ++p)
                if (p < pixels) add_product(&sum[p], LOAD_TAP(pixel + p * step), factor);
            pixel += (long)args.dilation_width * args.input.pitch;
            weight += args.channel_stride;
        }
    }
}

// The same for 3x3 taps without gaps: a column is loaded once for all pixels that read it.
INLINE void sum_3x3(const int pixels, const int stride, tap_sum* sum,
                    global const ELEMENT* window, const lanes_factor* factors, step_args args) {
#pragma unroll
    for (int ky = 0; ky < 3; ++ky) {
        global const ELEMENT* row = window + ky * row_pitch(args.input);
#pragma unroll
        for (int column = 0; column < 2 * PIXELS + 1; ++column) {
            if (column >= (pixels - 1) * stride + 3) continue;
            const lanes_factor value = LOAD_TAP(row + column * (long)args.input.pitch);
#pragma unroll
            for (int kx = 0; kx < 3; ++kx) {
                const int p = (column - kx) / stride;
                if (column >= kx && (column - kx) % stride == 0 && p < pixels)
                    add_product(&sum[p], value, factors[ky * 3 + kx]);
            }
        }
    }
}

// `pixels` neighbours from column x on; `stride` 1 or 2 says that 3x3 taps lie without gaps, 0
// anything else. Inlined with constants.
INLINE void compute_run(const int pixels, const int stride, global const ELEMENT* input,
                        global const WEIGHT* weights, const lanes_factor* factors,
                        global const float* channels, global const ELEMENT* residual,
                        global ELEMENT* output, step_args args, int n, int y, int x, int c) {
    tap_sum sum[PIXELS];
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) sum[p] = NO_PRODUCTS;
    global const ELEMENT* window = input + c +
                                   pixel_index(args.input, n, y * args.stride_height - args.pad_top,
                                               x * args.stride_width - args.pad_left);
    if (stride == 0)
        sum_taps(pixels, sum, window, weights + c, args);
    else
        sum_3x3(pixels, stride, sum, window, factors, args);

    residual += pixel_index(args.residual, n, y, x) + c;
    global ELEMENT* to = output + pixel_index(args.output, n, y, x) + c;
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) {
        if (p >= pixels) continue;
        lanes_float result = total(&sum[p]);
#if INT8
        const lanes_int init = LOAD_INTS(channels + 2 * args.channel_stride + c);
        result = TO_FLOAT(LANES_OF(convert_int)(result) + init);
#endif
        finish(residual + p * (long)args.residual.pitch, to + p * (long)args.output.pitch, args,
               scaled(channels, args, c, result));
    }
}

// Rows of output pixels, through the batch, and columns of them.
typedef struct {
    int row, row_end, x, x_end;
} output_area;

INLINE void compute_area(const int stride, global const ELEMENT* input,
                         global const WEIGHT* weights, const lanes_factor* factors,
                         global const float* channels, global const ELEMENT* residual,
                         global ELEMENT* output, step_args args, output_area area, int c) {
    for (int row = area.row; row < area.row_end; ++row) {
        const int n = row / args.output.height, y = row % args.output.height;
        int x = area.x;
        for (; x + PIXELS <= area.x_end; x += PIXELS)
            compute_run(PIXELS, stride, input, weights, factors, channels, residual, output, args,
                        n, y, x, c);
        for (; x < area.x_end; ++x)
            compute_run(1, stride, input, weights, factors, channels, residual, output, args, n, y,
                        x, c);
        if (args.output.halo > 0)
            fill_halo_of_row(output, args, n, y, area.x, area.x_end, c, c + LANES);
    }
}

// The LANES channels from c on.
INLINE void compute_channels(global const ELEMENT* input, global const WEIGHT* weights,
                             global const float* channels, global const ELEMENT* residual,
                             global ELEMENT* output, step_args args, output_area area, int c) {
    const bool is_3x3 = args.kernel_height == 3 && args.kernel_width == 3 &&
                        args.dilation_height == 1 && args.dilation_width == 1;
    lanes_factor factors[9];
    if (is_3x3)
        for (int tap = 0; tap < 9; ++tap)
            factors[tap] = LOAD_FACTOR(weights + tap * args.channel_stride + c);
    if (is_3x3 && args.stride_width == 1)
        compute_area(1, input, weights, factors, channels, residual, output, args, area, c);
    else if (is_3x3 && args.stride_width == 2)
        compute_area(2, input, weights, factors, channels, residual, output, args, area, c);
    else
        compute_area(0, input, weights, factors, channels, residual, output, args, area, c);
}

KERNEL depthwise_vector(STEP_ARGUMENTS) {
    const int rows = args.output.batch * args.output.height;
    const int vectors = divide_up(args.output.channels, LANES);
#if defined(WORK_ITEMS)
    const int runs = divide_up(args.output.width, PIXELS);
    const long index = get_global_id(0);
    const int vector = (int)(index % vectors), row = (int)(index / vectors / runs);
    const int x = (int)(index / vectors % runs) * PIXELS;
    if (row >= rows) return;
    const output_area run = {row, row + 1, x, min(x + PIXELS, args.output.width)};
    compute_channels(input, weights, channels, residual, output, args, run, vector * LANES);
#else
    const int row_groups = get_global_size(0), row_group = get_global_id(0);
    const int vector_groups = get_global_size(1), vector_group = get_global_id(1);
    const output_area area = {share_begin(rows, row_groups, row_group),
                              share_begin(rows, row_groups, row_group + 1), 0, args.output.width};
    const int end = share_begin(vectors, vector_groups, vector_group + 1);
#pragma nounroll
    for (int v = share_begin(vectors, vector_groups, vector_group); v < end; ++v)
        compute_channels(input, weights, channels, residual, output, args, area, v * LANES);
#endif
}
