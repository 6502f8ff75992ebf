// Dense convolution for CPUs with explicit vectors. A work-item computes PIXELS output pixels x
// VECTORS x LANES output channels: one broadcast activation meets VECTORS weight vectors, so that
// loads stay behind arithmetic and the accumulators fill the vector registers. Pixels are counted
// through the batch, rows and columns: each has its own address in the input, so that a tile
// crosses rows and images and only the last tile of a tensor can be partly idle.
//
// Global size: groups of pixel tiles, groups of blocks of output channels; or 1, groups of blocks,
// groups of pixel tiles, so that drivers which hand out work-groups in their order divide the
// pixels between threads, not the channels. A work-item computes all its blocks for one tile after
// the other.
//
// Weights [block][kernel row][kernel column][input channels / CHANNEL_GROUP][block
// width][CHANNEL_GROUP]. A block is VECTORS x LANES wide; vectors after the last whole block are
// blocks of their own. Of grouped convolutions a block reads `span` channels, which hold those of
// all groups that it touches; what is not of a filter's own group has zero weights. The input's
// halo covers the padding.
#if !defined(PIXELS) || !defined(VECTORS) || !defined(CHANNEL_GROUP)
#error "PIXELS, VECTORS and CHANNEL_GROUP come from the registry's row"
#endif

#include "blocked_finish.clh"
#include "blocked_spaced.clh"
#include "blocked_sum.clh"
#include "blocked_tile.clh"

// Tiles of at most this many pixels are computed as such.
#define HALF_TILE ((PIXELS + 1) / 2)

// Whether filters may end in less than a block.
#if defined(WHOLE_BLOCKS)
#define SINGLE_VECTORS 0
#else
#define SINGLE_VECTORS 1
#endif

// The first of `span` input channels that the block of output channels from `channel` on reads
// (host/kernel/packing.cpp).
INLINE int first_of_span(step_args args, int channel) {
    if (args.groups == 1) return 0;
    const int group = channel / (args.output.channels / args.groups);
    const int first = group * (args.input.channels / args.groups);
    return min(first / CHANNEL_GROUP * CHANNEL_GROUP,
               round_to_groups(args.input.channels) - round_to_groups(args.span));
}

// Computes a tile. Inlined with constant extents; the loops run to the tile's full size, for LLVM
// unrolls them before it knows the extents, and the sums stay in registers.
INLINE void compute_tile(const int pixels, const int vectors, global const ELEMENT** window,
                         global const ELEMENT* end, global const WEIGHT* weights,
                         global const float* channels, global const ELEMENT* residual,
                         global ELEMENT* output, step_args args, const places* tile, int channel,
                         int live, fetched_ahead* ahead) {
    lanes_sum sum[PIXELS * VECTORS];
    start_sums(pixels, vectors, sum, channels, args, channel);

    // Where pixels have no gap between their channels, a row of the kernel is one run through
    // memory.
    const int depth = round_to_groups(args.span), first = first_of_span(args, channel);
    const bool gapless = args.dilation_width == 1 && args.groups == 1 &&
                         (args.input.pitch == depth || is_image(args.input));
    const bool whole_rows = gapless && !tile->left && !tile->right;
    const int columns = whole_rows ? 1 : args.kernel_width;
    const int run = whole_rows ? args.kernel_width * args.input.pitch : depth;
    weights += (long)tile->first_row * args.kernel_width * depth * vectors * LANES;
    for (int ky = tile->first_row; ky < tile->end_row; ++ky) {
        for (int kx = 0; kx < columns; ++kx) {
            const long begin = first + ky * args.dilation_height * row_pitch(args.input) +
                               (long)(kx * args.dilation_width) * args.input.pitch;
            if (vectors == VECTORS && tile->left && kx == 0)
                weights = sum_run(1, pixels, vectors, sum, window, end, begin, run, weights,
                                  args.input, ahead);
            else if (vectors == VECTORS && tile->right && kx == 2)
                weights = sum_run(0, pixels - 1, vectors, sum, window, end, begin, run, weights,
                                  args.input, ahead);
#if EVENLY_SPACED
            else if (pixels == PIXELS && has_spaced_sums(vectors) && tile->step != 0)
                weights = sum_spaced(false, vectors, sum, window[0] + begin, tile->step, run,
                                     weights, ahead);
#endif
            else
                weights = sum_run(0, pixels, vectors, sum, window, end, begin, run, weights,
                                  args.input, ahead);
        }
    }

    finish_tile(pixels, vectors, sum, live, residual, output, channels, args, tile, channel);
}

INLINE void find_windows(global const ELEMENT* input, const places* tile,
                         global const ELEMENT** window) {
#pragma unroll
    for (int p = 0; p < PIXELS; ++p) window[p] = input + tile->window[p];
}

// Behind the last element of a tensor, halo included.
INLINE global const ELEMENT* end_of(global const ELEMENT* tensor, tensor_view view) {
    return tensor + pixel_index(view, view.batch, -view.halo, -view.halo);
}

// The halo beside the tile's pixels. Of a tile within an inner row only its ends can lie on a
// border.
INLINE void fill_halos(global ELEMENT* output, step_args args, int first_pixel, position first,
                       int pixels, int channel, int end) {
    const bool inner_row =
        first.y > 0 && first.y + 1 < args.output.height && first.x + pixels <= args.output.width;
    const int step = inner_row ? max(pixels - 1, 1) : 1;
#pragma nounroll
    for (int p = 0; p < pixels; p += step) {
        const position at = position_of(args, first_pixel + p);
        if (on_border(args.output, at.y, at.x))
            fill_halo(output, args, at.n, at.y, at.x, channel, end);
    }
}

// Computes the vectors of output channels [first_vector, end_vector) for a tile of `extent` pixels.
INLINE void compute_blocks(STEP_ARGUMENTS, int first_pixel, int extent, int first_vector,
                           int end_vector, fetched_ahead* ahead) {
    const int pixels_left =
        args.output.batch * args.output.height * args.output.width - first_pixel;
    const int pixels = min(extent, pixels_left);
    const position at = position_of(args, first_pixel);
    places tile;
    place_tile(args, at, extent, &tile);
    global const ELEMENT* window[PIXELS];
    find_windows(input, &tile, window);
    global const ELEMENT* end = end_of(input, args.input);
    const long products =
        (long)args.kernel_height * args.kernel_width * round_to_groups(args.span);

    // Each branch has sums and an epilogue of its own: LLVM merges what is alike and then keeps the
    // sums in memory.
#pragma nounroll
    for (int vector = first_vector; vector < end_vector;) {
        const int channel = vector * LANES;
        global const WEIGHT* block = weights + channel * products;
        if (SINGLE_VECTORS && vector + VECTORS > end_vector) {
            compute_tile(PIXELS, 1, window, end, block, channels, residual, output, args, &tile,
                         channel, pixels, ahead);
            ++vector;
            continue;
        }
        if (pixels > HALF_TILE)
            compute_tile(PIXELS, VECTORS, window, end, block, channels, residual, output, args,
                         &tile, channel, pixels, ahead);
        else
            compute_tile(HALF_TILE, VECTORS, window, end, block, channels, residual, output, args,
                         &tile, channel, pixels, ahead);
        vector += VECTORS;
    }
    if (__builtin_expect(args.output.halo > 0, 0))
        fill_halos(output, args, first_pixel, at, pixels, first_vector * LANES,
                   end_vector * LANES);
}

INLINE void sum_kept(const bool image, const int vectors, lanes_sum* sum, const kept_windows* kept,
                     step_args args, const places* tile, global const WEIGHT* weights,
                     fetched_ahead* ahead) {
#if EVENLY_SPACED
    // Of pointwise kernels two vectors of FP32 are quicker as LLVM has them.
    if (has_spaced_sums(vectors) && (FP16 || image || vectors < VECTORS) && tile->step != 0) {
        if (!image) {
            sum_spaced(true, vectors, sum, kept->window[0], tile->step, args.span, weights, ahead);
            return;
        }
        const int column = args.dilation_width * args.input.pitch;
        const long row = args.dilation_height * row_pitch(args.input);
#pragma nounroll
        for (int y = tile->first_row; y < tile->end_row; ++y)
            weights = sum_spaced_image(vectors, sum, kept->window[0] + y * row, tile->step,
                                       column, args.kernel_width, weights);
        return;
    }
#endif
    sum_windows(image, vectors, sum, kept, args, tile->first_row, tile->end_row, weights, ahead);
}

// What is added to the tile comes while its products are summed.
INLINE void fetch_residual(global const ELEMENT* residual, step_args args, const places* tile) {
    if (!args.has_residual) return;
#pragma unroll
    for (int p = 0; p < PIXELS; ++p)
        __builtin_prefetch((const void*)(size_t)(residual + tile->residual[p]), 0, 3);
}

INLINE void compute_kept_block(const bool image, const int vectors, const kept_windows* kept,
                               global const WEIGHT* weights, global const float* channels,
                               global const ELEMENT* residual, global ELEMENT* output,
                               step_args args, const places* tile, int channel,
                               fetched_ahead* ahead) {
    const long row = (long)args.kernel_width * round_to_groups(args.span);
    weights += channel * args.kernel_height * row + tile->first_row * row * vectors * LANES;
#if !FP16 && !INT8 && LANES == 8
    fetch_residual(residual + channel, args, tile);
#endif
    lanes_sum sum[PIXELS * VECTORS];
    start_sums(PIXELS, vectors, sum, channels, args, channel);
    sum_kept(image, vectors, sum, kept, args, tile, weights, ahead);
    finish_tile(PIXELS, vectors, sum, PIXELS, residual, output, channels, args, tile, channel);
}

// The same for a whole tile of a pointwise kernel or of an image. Its reductions may be so short
// that asking for all that compute_blocks() has to would take longer than the products.
INLINE void compute_kept(const bool image, STEP_ARGUMENTS, int first_pixel, int first_vector,
                         int end_vector, bool first_tile, fetched_ahead* ahead) {
    const position at = position_of(args, first_pixel);
    places tile;
    place_tile(args, at, PIXELS, &tile);
    global const ELEMENT* window[PIXELS];
    find_windows(input, &tile, window);
    kept_windows kept;
    keep_windows(image, window, end_of(input, args.input), args, &kept);
    ahead->near =
        fetch_for_pointwise(args, first_tile, window[0],
                            weights + (long)first_vector * LANES * round_to_groups(args.span),
                            end_vector - first_vector);
    int vector = first_vector;
#pragma nounroll
    for (; vector + VECTORS <= end_vector; vector += VECTORS)
        compute_kept_block(image, VECTORS, &kept, weights, channels, residual, output, args, &tile,
                           vector * LANES, ahead);
#pragma nounroll
    for (; SINGLE_VECTORS && vector < end_vector; ++vector)
        compute_kept_block(image, 1, &kept, weights, channels, residual, output, args, &tile,
                           vector * LANES, ahead);
    if (__builtin_expect(args.output.halo > 0, 0))
        fill_halos(output, args, first_pixel, at, PIXELS, first_vector * LANES,
                   end_vector * LANES);
}

// Pixels of a tile. Of maps as wide as half a tile, which are the smallest, each row has its own
// where that leaves out rows of the kernel. Single vectors have no half tiles.
INLINE int pixels_of_tile(step_args args) {
    const bool whole_blocks = divide_up(args.output.channels, LANES) % VECTORS == 0;
    const bool rows_left_out = args.kernel_height > 1 && args.input_pad == 0;
    return args.output.width == HALF_TILE && whole_blocks && rows_left_out ? HALF_TILE : PIXELS;
}

// Of the weights of the next share of blocks, which ends at vector `next_end`, the part that falls
// to share `tile_group` of the tiles, so many of which each take the vectors [first, end).
INLINE fetched_lines fetch_next_blocks(step_args args, global const WEIGHT* weights,
                                       int tile_groups, int tile_group, int tiles, int first,
                                       int end, int next_end) {
    const size_t products =
        (size_t)args.kernel_height * args.kernel_width * round_to_groups(args.span);
    const size_t vector = LANES * products * sizeof(WEIGHT);
    const size_t part = (next_end - end) * vector / tile_groups;
    const size_t steps = tiles * divide_up(end - first, VECTORS) * products / CHANNEL_GROUP;
    fetched_lines far = {(size_t)weights + end * vector + tile_group * part,
                   min(part / steps, (size_t)64)};
    return far;
}

// Share `tile_group` of the tiles, `group` of the blocks.
COMPILED_ONCE void compute_share(PASSED_ARGUMENTS, int tile_groups, int tile_group, int groups,
                                 int group) {
    step_args args = passed;
#if defined(POINTWISE)  // spares the compiler all else
    args.kernel_height = args.kernel_width = args.groups = 1;
#endif
    const int extent = pixels_of_tile(args);
    const int tiles =
        divide_up(args.output.batch * args.output.height * args.output.width, extent);
    const int end_tile = share_begin(tiles, tile_groups, tile_group + 1);
    const int vectors = divide_up(args.output.channels, LANES);
    const int blocks = divide_up(vectors, VECTORS);
    const int first_vector = share_begin(blocks, groups, group) * VECTORS;
    const int end_vector = min(share_begin(blocks, groups, group + 1) * VECTORS, vectors);
    int tile = share_begin(tiles, tile_groups, tile_group);
    fetched_ahead ahead;
    if (FAR_LINES > 0)
        ahead.far =
            fetch_next_blocks(args, weights, tile_groups, tile_group, end_tile - tile, first_vector,
                              end_vector,
                              min(share_begin(blocks, groups, group + 2) * VECTORS, vectors));
    const int pixels = args.output.batch * args.output.height * args.output.width;
    const int end_whole = extent == PIXELS ? min(end_tile, pixels / PIXELS) : 0;
    if (args.kernel_height * args.kernel_width == 1 && args.groups == 1 && keeps_channels(args)) {
#pragma nounroll
        for (const int first = tile; tile < end_whole; ++tile)
            compute_kept(false, input, weights, channels, residual, output, args, tile * PIXELS,
                         first_vector, end_vector, tile == first, &ahead);
    } else if (keeps_image(args)) {
#pragma nounroll
        for (; tile < end_whole; ++tile)
            compute_kept(true, input, weights, channels, residual, output, args, tile * PIXELS,
                         first_vector, end_vector, true, &ahead);
    }
#pragma nounroll
    for (; tile < end_tile; ++tile)
        compute_blocks(input, weights, channels, residual, output, args, tile * extent, extent,
                       first_vector, end_vector, &ahead);
}

KERNEL conv_blocked(STEP_ARGUMENTS) {
    compute_share(input, weights, channels, residual, output, args,
                  get_global_size(0) * get_global_size(2), get_global_id(0) + get_global_id(2),
                  get_global_size(1), get_global_id(1));
}
