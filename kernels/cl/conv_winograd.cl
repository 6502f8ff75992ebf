// Dense 3x3 convolution of stride 1 by Winograd's minimal filtering F(4x4, 3x3) (A. Lavin and
// S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016), for CPUs with explicit
// vectors: an output tile of 4x4 pixels costs 36 products per pair of channels instead of 144. A
// work-item transforms the windows of PIXELS tiles and multiplies them, one of the 36 places at a
// time, as conv_blocked.cl does pixels: PIXELS tiles x VECTORS x LANES output channels.
//
// Global size: groups of PIXELS tiles (fastest), groups of blocks of output channels.
//
// Weights, transformed by the host, are floats in every precision: [block][place][input channels
// rounded up to 16][VECTORS x LANES]. The input's halo covers the padding; what a window at the
// right or lower end reads beyond it counts as zero, and only outputs that are not there use it.
// Vectors of the last block that have no output channels are not multiplied.
#include "tensor.clh"

#if !defined(PIXELS) || !defined(VECTORS)
#error "PIXELS and VECTORS come from the registry's row"
#endif

#define TILES PIXELS
#define PLACES 36
// Of the input; more would not fit a driver thread's stack. host/kernel/registry.cpp knows it too.
#define MOST_CHANNELS 512

// The upper left output pixel of a tile.
INLINE position tile_at(step_args args, int tile) {
    const int columns = divide_up(args.output.width, 4), rows = divide_up(args.output.height, 4);
    const int row = tile / columns;
    position at = {row / rows, row % rows * 4, tile % columns * 4};
    return at;
}

// B^T of one row or column of a window.
INLINE void transform_six(const lanes_float* d, lanes_float* to) {
    const lanes_float two = 2.0f, four = 4.0f, minus_four = -4.0f, minus_five = -5.0f;
    const lanes_float even = fma(minus_four, d[2], d[4]), odd = fma(minus_four, d[1], d[3]);
    const lanes_float far = d[4] - d[2], near = two * (d[3] - d[1]);
    to[0] = fma(four, d[0], fma(minus_five, d[2], d[4]));
    to[1] = even + odd;
    to[2] = even - odd;
    to[3] = far + near;
    to[4] = far - near;
    to[5] = fma(four, d[1], fma(minus_five, d[3], d[5]));
}

// A^T of one row or column of products.
INLINE void transform_back(const lanes_float* m, lanes_float* to) {
    const lanes_float two = 2.0f, four = 4.0f, eight = 8.0f;
    const lanes_float sum = m[1] + m[2], difference = m[1] - m[2];
    const lanes_float far_sum = m[3] + m[4], far_difference = m[3] - m[4];
    to[0] = m[0] + sum + far_sum;
    to[1] = fma(two, far_difference, difference);
    to[2] = fma(four, far_sum, sum);
    to[3] = fma(eight, far_difference, difference) + m[5];
}

// From one place to the next of transformed windows. A line more than they need: else all places of
// a tile would fall into the same few sets of the first-level cache.
INLINE int place_pitch(int depth) {
    return TILES * depth + 16;
}

// A window of which `rows` and `columns` can be read, to [place][tile][channel].
INLINE void transform_channels(global const ELEMENT* window, long down, long right, int rows,
                               int columns, int depth, float* transformed) {
#pragma nounroll
    for (int c = 0; c < depth; c += LANES) {
        lanes_float half_done[PLACES];
#pragma unroll
        for (int x = 0; x < 6; ++x) {
            lanes_float column[6], done[6];
#pragma unroll
            for (int y = 0; y < 6; ++y)
                column[y] = y < rows && x < columns
                                ? LOAD_ELEMENTS(window + y * down + x * right + c)
                                : (lanes_float)(0.0f);
            transform_six(column, done);
#pragma unroll
            for (int y = 0; y < 6; ++y) half_done[y * 6 + x] = done[y];
        }
#pragma unroll
        for (int y = 0; y < 6; ++y) {
            lanes_float done[6];
            transform_six(half_done + y * 6, done);
#pragma unroll
            for (int x = 0; x < 6; ++x)
                *(lanes_float*)(transformed + (y * 6 + x) * place_pitch(depth) + c) = done[x];
        }
    }
}

INLINE void transform_window(global const ELEMENT* input, step_args args, position at, int depth,
                             float* transformed) {
    const int top = at.y - args.pad_top, left = at.x - args.pad_left;
    const int rows = args.input.height + args.input.halo - top;
    const int columns = args.input.width + args.input.halo - left;
    const long down = row_pitch(args.input), right = args.input.pitch;
    global const ELEMENT* window = input + pixel_index(args.input, at.n, top, left);
    if (rows >= 6 && columns >= 6)
        transform_channels(window, down, right, 6, 6, depth, transformed);
    else
        transform_channels(window, down, right, rows, columns, depth, transformed);
}

// One place of all tiles times the weights of the first `vectors` of a block. Inlined with a
// constant.
INLINE void multiply_vectors(const int vectors, const float* transformed,
                             global const WEIGHT* weights, int depth, int channels,
                             lanes_float* product) {
    lanes_float sum[TILES * VECTORS];
#pragma unroll
    for (int i = 0; i < TILES * VECTORS; ++i) sum[i] = 0;
    for (int c = 0; c < channels; ++c) {
#pragma unroll
        for (int t = 0; t < TILES; ++t) {
            const lanes_float value = transformed[t * depth + c];
#pragma unroll
            for (int v = 0; v < VECTORS; ++v)
                if (v < vectors)
                    sum[t * VECTORS + v] =
                        fma(value, LOAD_FLOATS(weights + v * LANES), sum[t * VECTORS + v]);
        }
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            if (v < vectors) prefetch_weights(weights + v * LANES);
        weights += VECTORS * LANES;
    }
#pragma unroll
    for (int t = 0; t < TILES; ++t)
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            if (v < vectors) product[t * VECTORS + v] = sum[t * VECTORS + v];
}

INLINE void multiply(int vectors, const float* transformed, global const WEIGHT* weights, int depth,
                     int channels, lanes_float* product) {
    if (vectors >= VECTORS)
        multiply_vectors(VECTORS, transformed, weights, depth, channels, product);
#if VECTORS > 3
    else if (vectors == 3)
        multiply_vectors(3, transformed, weights, depth, channels, product);
#endif
#if VECTORS > 2
    else if (vectors == 2)
        multiply_vectors(2, transformed, weights, depth, channels, product);
#endif
    else
        multiply_vectors(1, transformed, weights, depth, channels, product);
}

// One tile's products to LANES channels of its 4x4 pixels, or as many as the output has.
INLINE void finish_tile(const lanes_float* product, global const float* channels,
                        global const ELEMENT* residual, global ELEMENT* output, step_args args,
                        position at, int c) {
    lanes_float half_done[4 * 6];
#pragma unroll
    for (int x = 0; x < 6; ++x) {
        lanes_float column[6], done[4];
#pragma unroll
        for (int y = 0; y < 6; ++y) column[y] = product[(y * 6 + x) * TILES * VECTORS];
        transform_back(column, done);
#pragma unroll
        for (int y = 0; y < 4; ++y) half_done[y * 6 + x] = done[y];
    }
#pragma unroll
    for (int y = 0; y < 4; ++y) {
        lanes_float done[4];
        transform_back(half_done + y * 6, done);
        if (at.y + y >= args.output.height) continue;
        const long from = pixel_index(args.residual, at.n, at.y + y, at.x) + c;
        const long to = pixel_index(args.output, at.n, at.y + y, at.x) + c;
#pragma unroll
        for (int x = 0; x < 4; ++x)
            if (at.x + x < args.output.width)
                finish(residual + from + x * (long)args.residual.pitch,
                       output + to + x * (long)args.output.pitch, args,
                       scaled(channels, args, c, done[x]));
    }
}

INLINE void fill_halo_of_tile(global ELEMENT* output, step_args args, position at, int c) {
    const int bottom = min(at.y + 4, args.output.height), right = min(at.x + 4, args.output.width);
    if (at.y > 0 && at.x > 0 && bottom < args.output.height && right < args.output.width) return;
#pragma nounroll
    for (int y = at.y; y < bottom; ++y)
#pragma nounroll
        for (int x = at.x; x < right; ++x)
            if (on_border(args.output, y, x)) fill_halo(output, args, at.n, y, x, c, c + LANES);
}

KERNEL conv_winograd(STEP_ARGUMENTS) {
    float transformed[PLACES * (TILES * MOST_CHANNELS + 16)] __attribute__((aligned(64)));
    lanes_float product[PLACES * TILES * VECTORS];
    const int tiles =
        args.output.batch * divide_up(args.output.height, 4) * divide_up(args.output.width, 4);
    const int first = (int)get_global_id(0) * TILES, live = min(TILES, tiles - first);
    const int depth = divide_up(args.input.channels, 16) * 16;
#pragma nounroll
    for (int t = 0; t < TILES; ++t)  // the last one again where there are no more
        transform_window(input, args, tile_at(args, first + min(t, live - 1)), depth,
                         transformed + t * depth);

    const int blocks = divide_up(args.output.channels, VECTORS * LANES);
    const int groups = get_global_size(1), group = get_global_id(1);
    const int end_block = share_begin(blocks, groups, group + 1);
#pragma nounroll
    for (int block = share_begin(blocks, groups, group); block < end_block; ++block) {
        global const WEIGHT* place = weights + (long)block * PLACES * depth * VECTORS * LANES;
        const int vectors = divide_up(args.output.channels, LANES) - block * VECTORS;
#pragma nounroll
        for (int i = 0; i < PLACES; ++i) {
            multiply(vectors, transformed + i * place_pitch(depth), place, depth,
                     args.input.channels, product + i * TILES * VECTORS);
            place += depth * VECTORS * LANES;
        }
#pragma nounroll
        for (int t = 0; t < live; ++t) {
            const position at = tile_at(args, first + t);
            for (int v = 0; v < VECTORS; ++v) {
                const int c = (block * VECTORS + v) * LANES;
                if (c >= args.output.channels) continue;
                finish_tile(product + t * VECTORS + v, channels, residual, output, args, at, c);
                if (args.output.halo > 0) fill_halo_of_tile(output, args, at, c);
            }
        }
    }
}
