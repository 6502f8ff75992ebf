// Dense convolution for CPUs with explicit vectors. A work-item computes PIXELS output pixels x
// VECTORS x LANES output channels: one broadcast activation meets VECTORS weight vectors, so that
// loads stay behind arithmetic and the accumulators fill the vector registers. Pixels are counted
// through the batch, rows and columns: each has its own address in the input, so that a tile
// crosses rows and images and only the last tile of a tensor can be partly idle.
//
// Global size: pixel tiles (fastest, so that a block of weights stays in cache), blocks of output
// channels.
//
// Weights [block][kernel row][kernel column][input channels / CHANNEL_GROUP][block
// width][CHANNEL_GROUP]. A block is VECTORS x LANES wide; vectors after the last whole block are
// blocks of their own. The input's halo covers the padding.
#include "dot.clh"
#include "tensor.clh"

#if !defined(PIXELS) || !defined(VECTORS) || !defined(CHANNEL_GROUP)
#error "PIXELS, VECTORS and CHANNEL_GROUP come from the registry's row"
#endif

// Tiles of at most this many pixels are computed as such.
#define HALF_TILE ((PIXELS + 1) / 2)

// An output pixel, and where channel 0 of it and of the window below it stand.
typedef struct {
    int n, y, x;
    long window, residual, output;
} cursor;

INLINE cursor cursor_at(step_args args, int n, int y, int x) {
    cursor at = {n, y, x};
    at.window = pixel_index(args.input, n, y * args.stride_height - args.pad_top,
                            x * args.stride_width - args.pad_left);
    at.residual = pixel_index(args.residual, n, y, x);
    at.output = pixel_index(args.output, n, y, x);
    return at;
}

INLINE cursor cursor_at_pixel(step_args args, int pixel) {
    const int row = pixel / args.output.width;
    return cursor_at(args, row / args.output.height, row % args.output.height,
                     pixel % args.output.width);
}

// The next pixel, or the same one when it is the last.
INLINE cursor next_pixel(step_args args, cursor at) {
    if (at.x + 1 < args.output.width) {
        at.x += 1;
        at.window += (long)args.stride_width * args.input.pitch;
        at.residual += args.residual.pitch;
        at.output += args.output.pitch;
        return at;
    }
    if (at.y + 1 < args.output.height) return cursor_at(args, at.n, at.y + 1, 0);
    if (at.n + 1 < args.output.batch) return cursor_at(args, at.n + 1, 0, 0);
    return at;
}

INLINE int round_to_groups(int channels) {
    return (channels + CHANNEL_GROUP - 1) / CHANNEL_GROUP * CHANNEL_GROUP;
}

// Adds `run` input channels of each pixel, from `begin` of its window on; returns the weights
// behind those used.
INLINE global const WEIGHT* sum_channels(const int pixels, const int vectors, lanes_sum* sum,
                                         const activation_pointer* activations, long begin, int run,
                                         global const WEIGHT* weights) {
    for (long k = begin; k < begin + run; k += CHANNEL_GROUP) {
#pragma unroll
        for (int p = 0; p < PIXELS; ++p) {
            if (p >= pixels) continue;
            const dot_activations activation = broadcast_activations(activations[p] + k);
#pragma unroll
            for (int v = 0; v < VECTORS; ++v)
                if (v < vectors)
                    sum[p * VECTORS + v] =
                        dot(activation, load_weights(weights + v * LANES * CHANNEL_GROUP),
                            sum[p * VECTORS + v]);
        }
        weights += vectors * LANES * CHANNEL_GROUP;
    }
    return weights;
}

#if FP16

// Widening a broadcast would cost as much as using it, so activations are widened in vectors, into
// memory that the first cache holds, and broadcast from there: 16 channels at a time or, of images,
// which stand 4 channels apart, up to 8 pixels with the gaps between them.
#define WIDENED 32

INLINE bool is_image(tensor_view view) {
    return view.pitch % 16 != 0;
}

// `length` elements of each window; where vectors would pass the end of the input, in fours.
INLINE void widen(const int pixels, global const ELEMENT** window, global const ELEMENT* end,
                  long begin, int length, float* widened) {
    const int padded = (length + LANES - 1) / LANES * LANES;
    if (window[pixels - 1] + begin + padded <= end) {
        for (int k = 0; k < length; k += LANES)
#pragma unroll
            for (int p = 0; p < PIXELS; ++p)
                if (p < pixels)
                    *(lanes_float*)(widened + p * WIDENED + k) =
                        LOAD_ELEMENTS(window[p] + begin + k);
        return;
    }
    for (int k = 0; k < length; k += 4)
#pragma unroll
        for (int p = 0; p < PIXELS; ++p)
            if (p < pixels)
                vstore4(load_four_halves(window[p] + begin + k), 0, widened + p * WIDENED + k);
}

INLINE global const WEIGHT* sum_run(const int pixels, const int vectors, lanes_sum* sum,
                                    global const ELEMENT** window, global const ELEMENT* end,
                                    long begin, int run, global const WEIGHT* weights,
                                    tensor_view view) {
    float widened[PIXELS * WIDENED] __attribute__((aligned(64)));
    activation_pointer activations[PIXELS];
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) activations[p] = widened + p * WIDENED;
    const int at_once = is_image(view) ? WIDENED : 16;
    const int pitch = is_image(view) ? view.pitch : 16;
    for (int done = 0; done < run; done += at_once) {
        const int length = min(at_once, run - done);
        widen(pixels, window, end, begin + done, length, widened);
        for (int k = 0; k < length; k += pitch)
            weights = sum_channels(pixels, vectors, sum, activations, k,
                                   min(length - k, view.channels), weights);
    }
    return weights;
}

#else

INLINE bool is_image(tensor_view view) {
    return false;
}

INLINE global const WEIGHT* sum_run(const int pixels, const int vectors, lanes_sum* sum,
                                    global const ELEMENT** window, global const ELEMENT* end,
                                    long begin, int run, global const WEIGHT* weights,
                                    tensor_view view) {
    return sum_channels(pixels, vectors, sum, window, begin, run, weights);
}

#endif

// Scaled sums of a tile. Inlined with constant extents; the loops run to the tile's full size, for
// LLVM unrolls them before it knows the extents, and the sums stay in registers. They leave through
// memory, so that the epilogue, which is long, is compiled once and not per sum.
INLINE void sum_tile(const int pixels, const int vectors, lanes_sum* sum,
                     global const ELEMENT** window, global const ELEMENT* end,
                     global const WEIGHT* weights, global const float* channels, step_args args,
                     int channel, lanes_float* result) {
#pragma unroll
    for (int v = 0; v < VECTORS; ++v) {
        if (v >= vectors) continue;
        const lanes_sum start =
            INITIAL_SUM(channels + 2 * args.channel_stride + channel + v * LANES);
#pragma unroll
        for (int p = 0; p < PIXELS; ++p)
            if (p < pixels) sum[p * VECTORS + v] = start;
    }

    // Where pixels have no gap between their channels, a row of the kernel is one run through
    // memory.
    const int depth = round_to_groups(args.input.channels);
    const bool gapless =
        args.dilation_width == 1 && (args.input.pitch == depth || is_image(args.input));
    const int columns = gapless ? 1 : args.kernel_width;
    const int run = gapless ? args.kernel_width * args.input.pitch : depth;
    for (int ky = 0; ky < args.kernel_height; ++ky)
        for (int kx = 0; kx < columns; ++kx) {
            const long begin = ky * args.dilation_height * row_pitch(args.input) +
                               (long)(kx * args.dilation_width) * args.input.pitch;
            weights = sum_run(pixels, vectors, sum, window, end, begin, run, weights, args.input);
        }

#pragma unroll
    for (int p = 0; p < PIXELS; ++p)
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            if (p < pixels && v < vectors)
                result[p * VECTORS + v] =
                    scaled(channels, args, channel + v * LANES, SUM_TO_FLOAT(sum[p * VECTORS + v]));
}

// The tile's results to memory, its halo in a second pass: it is rarely there and would crowd the
// registers of the first.
INLINE void finish_tile(int pixels, int vectors, global const ELEMENT* residual,
                        global ELEMENT* output, step_args args, cursor first, int channel,
                        const lanes_float* result) {
    cursor at = first;
#pragma nounroll
    for (int p = 0; p < pixels; ++p) {
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            if (v < vectors)
                finish(residual + at.residual + channel + v * LANES,
                       output + at.output + channel + v * LANES, args, result[p * VECTORS + v]);
        at = next_pixel(args, at);
    }
    const bool inside = first.y > 0 && first.y + 1 < args.output.height && first.x > 0 &&
                        first.x + pixels < args.output.width;
    if (args.output.halo == 0 || inside) return;
    at = first;
#pragma nounroll
    for (int p = 0; p < pixels; ++p) {
#pragma nounroll
        for (int v = 0; v < vectors; ++v)
            if (on_border(args.output, at.y, at.x))
                fill_halo(output, args, at.n, at.y, at.x, channel + v * LANES);
        at = next_pixel(args, at);
    }
}

KERNEL conv_blocked(STEP_ARGUMENTS) {
    const int first_pixel = (int)get_global_id(0) * PIXELS;
    const cursor first = cursor_at_pixel(args, first_pixel);
    const int pixels_left =
        args.output.batch * args.output.height * args.output.width - first_pixel;
    const int pixels = min(PIXELS, pixels_left);
    const int channel = (int)get_global_id(1) * VECTORS * LANES;
    const int vectors = min(VECTORS, (args.output.channels - channel + LANES - 1) / LANES);

    global const ELEMENT* window[PIXELS];
    const int halo = args.input.halo;
    global const ELEMENT* end = input + pixel_index(args.input, args.input.batch, -halo, -halo);
    cursor at = first;
#pragma nounroll
    for (int p = 0; p < PIXELS; ++p) {
        window[p] = input + at.window;
        at = next_pixel(args, at);
    }

    // Each branch has sums and an epilogue of its own: LLVM merges what is alike and then keeps the
    // sums in memory.
    lanes_float result[PIXELS * VECTORS];
    const long products =
        (long)args.kernel_height * args.kernel_width * round_to_groups(args.input.channels);
    global const WEIGHT* block = weights + channel * products;
    if (vectors < VECTORS) {
        for (int v = 0; v < vectors; ++v) {
            lanes_sum sum[PIXELS * VECTORS];
            sum_tile(PIXELS, 1, sum, window, end, block + v * LANES * products, channels, args,
                     channel + v * LANES, result + v);
        }
        finish_tile(pixels, vectors, residual, output, args, first, channel, result);
    } else if (pixels > HALF_TILE) {
        lanes_sum sum[PIXELS * VECTORS];
        sum_tile(PIXELS, VECTORS, sum, window, end, block, channels, args, channel, result);
        finish_tile(pixels, VECTORS, residual, output, args, first, channel, result);
    } else {
        lanes_sum sum[PIXELS * VECTORS];
        sum_tile(HALF_TILE, VECTORS, sum, window, end, block, channels, args, channel, result);
        finish_tile(pixels, VECTORS, residual, output, args, first, channel, result);
    }
}
