// Depthwise convolution: LANES channels and PIXELS neighbouring pixels at a time, which share each
// tap's weights in a register.
//
// For CPUs a work-item computes output rows. Global size: groups of cache lines of channels
// (fastest: pixels of a row then come from the third-level cache once), groups of rows. For GPUs
// (several work-items in a work-group) it computes PIXELS pixels or what is left of their row, and
// neighbours compute neighbouring channels. Global size: channel vectors (fastest), runs of pixels,
// rows, rounded up.
//
// Weights [kernel row][kernel column][channels rounded up to LANES]. INT8 sums in float, from the
// zero point's share on: a product of u8 and s8 is below 2^15, so up to 2^9 products add exactly,
// and the sum of each tap costs one fma. The input's halo covers the padding.
#include "tensor.clh"

#if !defined(PIXELS)
#error "PIXELS comes from the registry's row"
#endif

#if HALF_RUN
typedef lanes_half lanes_factor;
typedef long_sum tap_sum;
#define LOAD_TAP(pointer) LOAD_NATIVE_HALVES(pointer)
#define LOAD_FACTOR(pointer) LOAD_NATIVE_HALVES(pointer)
#define FIRST_SUM(channels, args, c) NO_PRODUCTS
#else
typedef lanes_float lanes_factor, tap_sum;
#define LOAD_TAP(pointer) TO_FLOAT(LOAD_ELEMENTS(pointer))
#define LOAD_FACTOR(pointer) TO_FLOAT(LOAD_WEIGHTS(pointer))
#if INT8
#define FIRST_SUM(channels, args, c) TO_FLOAT(LOAD_INTS(channels + 2 * args.channel_stride + c))
#else
#define FIRST_SUM(channels, args, c) ((lanes_float)(0))
#endif

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

// A row of three taps without gaps: a column is loaded once for all pixels that read it.
INLINE void sum_row(const int pixels, const int stride, tap_sum* sum, global const ELEMENT* row,
                    const lanes_factor* factors, step_args args) {
#pragma unroll
    for (int column = 0; column < 2 * PIXELS + 1; ++column) {
        if (column >= (pixels - 1) * stride + 3) continue;
        const lanes_factor value = LOAD_TAP(row + column * (long)args.input.pitch);
#pragma unroll
        for (int kx = 0; kx < 3; ++kx) {
            const int p = (column - kx) / stride;
            if (column >= kx && (column - kx) % stride == 0 && p < pixels)
                add_product(&sum[p], value, factors[kx]);
        }
    }
}

INLINE void load_factors(const int taps, lanes_factor* factors, global const WEIGHT* weight,
                         step_args args) {
#pragma unroll
    for (int tap = 0; tap < 9; ++tap)
        if (tap < taps) factors[tap] = LOAD_FACTOR(weight + tap * args.channel_stride);
}

// A GPU's work-item computes one run, and its registers hold the factors of all 3x3 taps. On CPUs
// runs of one vector of channels after the other follow on each other, so that memory is read in
// order, and load the factors of a row of taps at a time. Where there are 16 registers, not 32, a
// loop over the rows keeps LLVM from loading first and spilling then; sums in halves, whose
// products are counted while compiling, have none.
#if defined(WORK_ITEMS)
#define KEEPS_FACTORS 1
#elif LANES == 16 || HALF_RUN
#define KEEPS_FACTORS 0
#define OVER_ROWS _Pragma("unroll")
#else
#define KEEPS_FACTORS 0
#define OVER_ROWS _Pragma("nounroll")
#endif

INLINE void sum_3x3(const int pixels, const int stride, tap_sum* sum,
                    global const ELEMENT* window, global const WEIGHT* weight,
                    const lanes_factor* factors, step_args args) {
#if KEEPS_FACTORS
#pragma unroll
    for (int ky = 0; ky < 3; ++ky)
        sum_row(pixels, stride, sum, window + ky * row_pitch(args.input), factors + ky * 3, args);
#else
    OVER_ROWS
    for (int ky = 0; ky < 3; ++ky) {
        lanes_factor of_row[3];
        load_factors(3, of_row, weight, args);
        sum_row(pixels, stride, sum, window, of_row, args);
        window += row_pitch(args.input);
        weight += 3 * args.channel_stride;
    }
#endif
}

INLINE void finish_run(const bool has_residual, const int pixels, const tap_sum* sum,
                       global const float* channels, global const ELEMENT* residual,
                       global ELEMENT* output, step_args args, int c) {
    const lanes_float scale = LOAD_FLOATS(channels + c);
    const lanes_float bias = LOAD_FLOATS(channels + args.channel_stride + c);
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) {
        if (p >= pixels) continue;
        lanes_float result = fma(total(&sum[p]), scale, bias);
        if (has_residual)
            result = fma(TO_FLOAT(LOAD_ELEMENTS(residual + p * (long)args.residual.pitch)),
                         (lanes_float)(args.residual_scale), result);
        store_result(output + p * (long)args.output.pitch, clamped(args, result));
    }
}

// Stores wait for their line, whose old contents come from a far cache: those of the next vector of
// channels, or behind the last one of the next pixels' first, are fetched for writing, in time.
// With vectors of 16.
INLINE void own_next_vector(const int pixels, global ELEMENT* output, step_args args) {
#if LANES == 16 && !defined(WORK_ITEMS)
    output += LANES;
#pragma unroll
    for (int p = 0; p < PIXELS; ++p)
        if (p < pixels)
            __builtin_prefetch((const void*)(size_t)(output + p * (long)args.output.pitch), 1, 3);
#endif
}

// `pixels` neighbours from column x on; `stride` 1 or 2 says that 3x3 taps lie without gaps, 0
// anything else. Inlined with constants.
INLINE void compute_run(const int pixels, const int stride, global const ELEMENT* input,
                        global const WEIGHT* weights, const lanes_factor* factors,
                        global const float* channels, global const ELEMENT* residual,
                        global ELEMENT* output, step_args args, int n, int y, int x, int c) {
    const tap_sum first = FIRST_SUM(channels, args, c);
    tap_sum sum[PIXELS];
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) sum[p] = first;
    global const ELEMENT* window = input + c +
                                   pixel_index(args.input, n, y * args.stride_height - args.pad_top,
                                               x * args.stride_width - args.pad_left);
    if (stride == 0)
        sum_taps(pixels, sum, window, weights + c, args);
    else
        sum_3x3(pixels, stride, sum, window, weights + c, factors, args);

    residual += pixel_index(args.residual, n, y, x) + c;
    output += pixel_index(args.output, n, y, x) + c;
    own_next_vector(pixels, output, args);
    if (args.has_residual)
        finish_run(true, pixels, sum, channels, residual, output, args, c);
    else
        finish_run(false, pixels, sum, channels, residual, output, args, c);
}

// Rows of output pixels, through the batch, columns and channels of them.
typedef struct {
    int row, row_end, x, x_end, c, c_end;
} output_area;

INLINE void compute_vectors(const int pixels, const int stride, global const ELEMENT* input,
                            global const WEIGHT* weights, const lanes_factor* factors,
                            global const float* channels, global const ELEMENT* residual,
                            global ELEMENT* output, step_args args, output_area area, int n, int y,
                            int x) {
#if KEEPS_FACTORS  // one vector
    compute_run(pixels, stride, input, weights, factors, channels, residual, output, args, n, y, x,
                area.c);
#else
#pragma nounroll
    for (int c = area.c; c < area.c_end; c += LANES)
        compute_run(pixels, stride, input, weights, factors, channels, residual, output, args, n, y,
                    x, c);
#endif
}

INLINE void compute_rows(const int stride, global const ELEMENT* input,
                         global const WEIGHT* weights, global const float* channels,
                         global const ELEMENT* residual, global ELEMENT* output, step_args args,
                         output_area area) {
    lanes_factor factors[9];
#if KEEPS_FACTORS
    if (stride != 0) load_factors(9, factors, weights + area.c, args);
#endif
    for (int row = area.row; row < area.row_end; ++row) {
        const int n = row / args.output.height, y = row % args.output.height;
        int x = area.x;
        for (; x + PIXELS <= area.x_end; x += PIXELS)
            compute_vectors(PIXELS, stride, input, weights, factors, channels, residual, output,
                            args, area, n, y, x);
        for (; x < area.x_end; ++x)
            compute_vectors(1, stride, input, weights, factors, channels, residual, output, args,
                            area, n, y, x);
        if (args.output.halo > 0)
            fill_halo_of_row(output, args, n, y, area.x, area.x_end, area.c, area.c_end);
    }
}

INLINE void compute_area(STEP_ARGUMENTS, output_area area) {
    const bool is_3x3 = args.kernel_height == 3 && args.kernel_width == 3 &&
                        args.dilation_height == 1 && args.dilation_width == 1;
    if (is_3x3 && args.stride_width == 1)
        compute_rows(1, input, weights, channels, residual, output, args, area);
    else if (is_3x3 && args.stride_width == 2)
        compute_rows(2, input, weights, channels, residual, output, args, area);
    else
        compute_rows(0, input, weights, channels, residual, output, args, area);
}

#if !defined(WORK_ITEMS)
// Channels of all rows before the next ones: all of them, but with 8 lanes and fewer as few as fill
// whole cache lines where the first-level cache keeps these lines of the rows that windows share.
INLINE int channels_at_once(step_args args, output_area area) {
    if (LANES == 16) return area.c_end - area.c;
    const int input_rows = (area.row_end - area.row - 1) * args.stride_height + args.kernel_height;
    return input_rows * args.input.width * 64 > (16 << 10) ? area.c_end - area.c : LINE;
}
#endif

KERNEL depthwise_vector(STEP_ARGUMENTS) {
    const int rows = args.output.batch * args.output.height;
    const int vectors = divide_up(args.output.channels, LANES);
#if defined(WORK_ITEMS)
    const int runs = divide_up(args.output.width, PIXELS);
    const long index = get_global_id(0);
    const int c = (int)(index % vectors) * LANES, row = (int)(index / vectors / runs);
    const int x = (int)(index / vectors % runs) * PIXELS;
    if (row >= rows) return;
    const output_area run = {row, row + 1, x, min(x + PIXELS, args.output.width), c, c + LANES};
    compute_area(input, weights, channels, residual, output, args, run);
#else
    const int row_groups = get_global_size(1), row_group = get_global_id(1);
    const int groups = get_global_size(0), group = get_global_id(0);
    const int in_line = max(LINE / LANES, 1), lines = divide_up(vectors, in_line);
    output_area area = {share_begin(rows, row_groups, row_group),
                        share_begin(rows, row_groups, row_group + 1), 0, args.output.width,
                        share_begin(lines, groups, group) * in_line * LANES,
                        min(share_begin(lines, groups, group + 1) * in_line, vectors) * LANES};
    const int end = area.c_end, at_once = channels_at_once(args, area);
#pragma nounroll
    for (; area.c < end; area.c += at_once) {
        area.c_end = min(area.c + at_once, end);
        compute_area(input, weights, channels, residual, output, args, area);
    }
#endif
}
