// Dense 3x3 convolution of stride 1 by Winograd's minimal filtering F(4x4, 3x3) (A. Lavin and
// S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016), for CPUs with explicit
// vectors: an output tile of 4x4 pixels costs 36 products per pair of channels instead of 144. A
// work-item transforms the windows of groups of PIXELS tiles and multiplies them, one of the 36
// places at a time, as conv_blocked.cl does pixels: PIXELS tiles x VECTORS x LANES output channels.
// All its groups use a place's weights before the next place's come.
//
// Global size: shares of the groups of tiles (fastest), shares of the blocks of output channels.
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

#if LANES == 16
#define REGISTERS VECTORS
#define WRITTEN_FACTORS
#include "spaced_products.clh"
#endif

// Of the input, whose transformed tiles lie on the driver thread's stack. host/kernel/refusal.cpp
// knows it too.
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

// Adds the products of `channels` input channels of one place of all tiles with the weights of the
// first `vectors` of a block; fetches weights meanwhile. Inlined with a constant.
INLINE void multiply_vectors(const int vectors, const float* transformed,
                             global const WEIGHT* weights, int depth, int channels, bool first,
                             lanes_float* product, fetched_lines* ahead) {
    lanes_float sum[TILES * VECTORS];
#pragma unroll
    for (int t = 0; t < TILES; ++t)
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            if (v < vectors)
                sum[t * VECTORS + v] = first ? (lanes_float)(0.0f) : product[t * VECTORS + v];
    fetched_lines near = *ahead;
    int c = 0;
#if LANES == 16
    if (vectors == VECTORS) {
        const size_t tile = depth * sizeof(float);
        size_t from[ANCHORS];
        find_anchors((size_t)transformed, tile, from);
#pragma nounroll
        for (; c + 4 <= channels; c += 4) {
            weights = add_spaced_steps(REGISTERS, 4, sum, from, tile, 4 * CHANNEL_BYTES, weights, 2,
                                       2, near, 0, near);
            near.next += 4 * near.step;
        }
    }
#endif
#pragma nounroll
    for (; c < channels; ++c) {
#pragma unroll
        for (int t = 0; t < TILES; ++t) {
            const lanes_float value = transformed[t * depth + c];
#pragma unroll
            for (int v = 0; v < VECTORS; ++v)
                if (v < vectors)
                    sum[t * VECTORS + v] =
                        fma(value, LOAD_FLOATS(weights + v * LANES), sum[t * VECTORS + v]);
        }
        __builtin_prefetch((const void*)near.next, 0, 2);
        near.next += near.step;
        weights += VECTORS * LANES;
    }
    *ahead = near;
#pragma unroll
    for (int t = 0; t < TILES; ++t)
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            if (v < vectors) product[t * VECTORS + v] = sum[t * VECTORS + v];
}

INLINE void multiply(int vectors, const float* transformed, global const WEIGHT* weights, int depth,
                     int channels, bool first, lanes_float* product, fetched_lines* ahead) {
    if (vectors >= VECTORS)
        multiply_vectors(VECTORS, transformed, weights, depth, channels, first, product, ahead);
#if VECTORS > 3
    else if (vectors == 3)
        multiply_vectors(3, transformed, weights, depth, channels, first, product, ahead);
#endif
#if VECTORS > 2
    else if (vectors == 2)
        multiply_vectors(2, transformed, weights, depth, channels, first, product, ahead);
#endif
    else
        multiply_vectors(1, transformed, weights, depth, channels, first, product, ahead);
}

// One tile's products to LANES channels of its 4x4 pixels, or as many as the output has.
INLINE void finish_tile(const lanes_float* product, global const float* channels,
                        global const ELEMENT* residual, global ELEMENT* output, step_args args,
                        position at, int c) {
    const bool streaming = streams_lines(output, args.output);
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
                store_or_stream(streaming, output + to + x * (long)args.output.pitch,
                                activated(residual + from + x * (long)args.residual.pitch, args,
                                          scaled(channels, args, c, done[x])));
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

// Whether the maps are too large for the caches to have the windows of the next tiles. With more
// channels, what is multiplied needs the second-level cache for itself.
INLINE bool is_far(step_args args) {
    return args.input.channels <= 64 && bytes_of(args.input) + bytes_of(args.output) > (4 << 20);
}

// Of how many groups at most.
#define MOST_FAR 2

INLINE void find_windows(global const ELEMENT* input, step_args args, int tile, int tiles,
                         global const ELEMENT** window) {
#pragma nounroll
    for (int t = 0; t < tiles; ++t) {
        const position at = tile_at(args, tile + t);
        window[t] =
            input + pixel_index(args.input, at.n, at.y - args.pad_top, at.x - args.pad_left);
    }
}

// The pixel of each window that is transformed to this place, to the second-level cache. Its first
// two columns belong to the tile before, too.
INLINE void prefetch_pixel(global const ELEMENT** window, int tiles, step_args args, int place) {
    const int line = 64 / (int)sizeof(ELEMENT), y = place / 6, x = place % 6;
    if (x < 2) return;
    const long pixel = y * row_pitch(args.input) + x * (long)args.input.pitch;
#pragma nounroll
    for (int t = 0; t < tiles; ++t)
#pragma nounroll
        for (int c = 0; c < args.input.channels; c += line)
            __builtin_prefetch((const void*)(size_t)(window[t] + pixel + c), 0, 2);
}

#define MOST_GROUPS 4
#define PLACE_PRODUCTS (TILES * VECTORS)

// A place of all groups. Several of them take a chunk of the weights one after the other while the
// first-level cache holds it, and fetch the next place's, which a single group would have to wait
// for.
INLINE void multiply_place(int vectors, int groups, const float* transformed, int group_pitch,
                           global const WEIGHT* weights, int depth, int channels,
                           lanes_float* product) {
    const int block_width = VECTORS * LANES, chunk = groups == 1 ? channels : 64;
    fetched_lines ahead = {weights_ahead(weights), block_width * sizeof(WEIGHT) / groups};
    if (groups > 1) ahead.next = (size_t)(weights + depth * block_width);
#pragma nounroll
    for (int c = 0; c < channels; c += chunk)
#pragma nounroll
        for (int g = 0; g < groups; ++g)
            multiply(vectors, transformed + g * group_pitch + c, weights + c * block_width, depth,
                     min(chunk, channels - c), c == 0, product + g * PLACES * PLACE_PRODUCTS,
                     &ahead);
}

// Up to MOST_GROUPS groups: `tiles` tiles from `first` on, of share `share` of the blocks.
INLINE void compute_groups(STEP_ARGUMENTS, int first, int tiles, int shares, int share,
                           float* transformed, lanes_float* product) {
    const int depth = divide_up(args.input.channels, 16) * 16;
    const int groups = divide_up(tiles, TILES), group_pitch = PLACES * place_pitch(depth);
#pragma nounroll
    for (int t = 0; t < groups * TILES; ++t)  // the last one again where there are no more
        transform_window(input, args, tile_at(args, first + min(t, tiles - 1)), depth,
                         transformed + t / TILES * group_pitch + t % TILES * depth);
    const bool far = groups <= MOST_FAR && is_far(args);
    global const ELEMENT* next[MOST_FAR * TILES];
    if (far) find_windows(input, args, first + groups * TILES, groups * TILES, next);

    const int blocks = divide_up(args.output.channels, VECTORS * LANES);
    const int first_block = share_begin(blocks, shares, share);
    const int end_block = share_begin(blocks, shares, share + 1);
#pragma nounroll
    for (int block = first_block; block < end_block; ++block) {
        global const WEIGHT* place = weights + (long)block * PLACES * depth * VECTORS * LANES;
        const int vectors = divide_up(args.output.channels, LANES) - block * VECTORS;
#pragma nounroll
        for (int i = 0; i < PLACES; ++i) {
            multiply_place(vectors, groups, transformed + i * place_pitch(depth), group_pitch,
                           place, depth, args.input.channels, product + i * PLACE_PRODUCTS);
            if (far && block == first_block) prefetch_pixel(next, groups * TILES, args, i);
            place += depth * VECTORS * LANES;
        }
#pragma nounroll
        for (int t = 0; t < tiles; ++t) {
            const position at = tile_at(args, first + t);
            const lanes_float* of_tile =
                product + t / TILES * PLACES * PLACE_PRODUCTS + t % TILES * VECTORS;
            for (int v = 0; v < VECTORS; ++v) {
                const int c = (block * VECTORS + v) * LANES;
                if (c >= args.output.channels) continue;
                finish_tile(of_tile + v, channels, residual, output, args, at, c);
                if (args.output.halo > 0) fill_halo_of_tile(output, args, at, c);
            }
        }
    }
}

// Share `share` of the groups, `block_share` of the blocks.
COMPILED_ONCE void compute_share(PASSED_ARGUMENTS, int shares, int share, int block_shares,
                                 int block_share) {
    const step_args args = passed;
    float transformed[MOST_GROUPS * PLACES * (TILES * MOST_CHANNELS + 16)]
        __attribute__((aligned(64)));
    lanes_float product[MOST_GROUPS * PLACES * PLACE_PRODUCTS];
    const int tiles =
        args.output.batch * divide_up(args.output.height, 4) * divide_up(args.output.width, 4);
    const int groups = divide_up(tiles, TILES);
    const int end = min(share_begin(groups, shares, share + 1) * TILES, tiles);
#pragma nounroll
    for (int first = share_begin(groups, shares, share) * TILES; first < end;
         first += MOST_GROUPS * TILES)
        compute_groups(input, weights, channels, residual, output, args, first,
                       min(MOST_GROUPS * TILES, end - first), block_shares, block_share,
                       transformed, product);
}

KERNEL conv_winograd(STEP_ARGUMENTS) {
    compute_share(input, weights, channels, residual, output, args, get_global_size(0),
                  get_global_id(0), get_global_size(1), get_global_id(1));
}
