// Dense convolution of bytes on tiles of AMX. A row of a tile is a pixel: its window's bytes at one
// tap of the kernel times those of 16 filters are one instruction. A work-item computes two tiles
// of pixels x VECTORS x LANES output channels at once, so that each operand that is loaded is used
// twice.
//
// A tile is a part of a row of the output, or several whole rows where they are short: a load takes
// rows that stand a constant distance apart, and what lies between two rows of the image is then
// computed for nothing. All tiles are alike. The last one of a row or column begins early enough to
// end with it and leaves what both have to the one before. Pixels that follow on each other
// throughout a tensor are one row.
//
// Global size: groups of pairs of tiles, groups of blocks of output channels.
//
// Weights [block][kernel row][products / 4][block width][4]. The taps of a row are one run through
// memory where a pixel's channels are all that lies between them, else a run each; runs are divided
// into steps of `depth` products (host/kernel/amx.cpp). As in conv_blocked.cl, vectors after the
// last whole block are blocks of their own, and the input's halo covers the padding.
#include "amx.clh"
#include "tensor.clh"
#include "vnni.clh"

#if PIXELS != TILE_ROWS || VECTORS != 2 || LANES != 16
#error "a pair of tiles has four registers of sums"
#endif

// What all tiles of a launch have in common.
typedef struct {
    int pixels, rows;  // of the output: so many pixels of so many rows
    int line;          // rows of a tile from one row of the output to the next
    int along_row, along_column;  // tiles
    int runs, steps, depth;       // a row of the kernel: so many runs of so many steps
    long pixel, row, column;  // in the input, from a pixel, kernel row, kernel column to the next
} tiling;

// How a row of the kernel is divided into runs through memory, and these into steps.
INLINE void divide_row(step_args args, tiling* all) {
    const int channels = args.input.channels, taps = args.kernel_width;
    const bool image = channels <= CHANNEL_GROUP;
    const int unit = image ? CHANNEL_GROUP : LANES, pitch = divide_up(channels, unit) * unit;
    const bool follow = all->column == pitch && (!image || taps * pitch <= TILE_BYTES);
    const bool fewer = divide_up(taps * pitch, TILE_BYTES) < taps * divide_up(channels, TILE_BYTES);
    const bool together = follow && fewer;
    const int run = together ? taps * pitch : channels;
    all->runs = together ? 1 : taps;
    all->steps = divide_up(run, TILE_BYTES);
    all->depth = divide_up(divide_up(run, all->steps), CHANNEL_GROUP) * CHANNEL_GROUP;
}

// This too as in host/kernel/amx.cpp.
INLINE tiling tiling_of(step_args args) {
    tiling all;
    const int width = args.output.width;
    all.pixel = (long)args.stride_width * args.input.pitch;
    all.row = args.dilation_height * row_pitch(args.input);
    all.column = (long)args.dilation_width * args.input.pitch;
    divide_row(args, &all);

    const long row_step = args.stride_height * row_pitch(args.input);
    all.along_row = divide_up(width, TILE_ROWS);
    all.pixels = divide_up(width, all.along_row);
    all.line = (int)(row_step / all.pixel);
    all.rows = 1;
    if (all.along_row == 1 && row_step % all.pixel == 0)
        all.rows = min((TILE_ROWS - width) / all.line + 1, args.output.height);
    all.along_column = divide_up(args.output.height, all.rows);
    return all;
}

// A tensor whose pixels follow on each other, batch and all, is one row; every view of it then is.
INLINE void as_one_row(step_args* args) {
    const bool pointwise = args->kernel_height * args->kernel_width == 1 &&
                           args->stride_height * args->stride_width == 1;
    if (!pointwise || args->input.halo > 0 || args->output.halo > 0) return;
    if (args->has_residual && args->residual.halo > 0) return;
    const int pixels = args->output.batch * args->output.height * args->output.width;
    tensor_view* views[] = {&args->input, &args->residual, &args->output};
#pragma unroll
    for (int i = 0; i < 3; ++i) {
        views[i]->batch = views[i]->height = 1;
        views[i]->width = pixels;
    }
}

typedef struct {
    global const ELEMENT* window;   // of the tile's first pixel
    position first;                 // that pixel
    int skipped_rows, skipped_pixels;  // which the tile before has too
    int first_row, end_row;  // of the kernel: those that do not lie in the padding for all pixels
} tile_place;

INLINE void place(global const ELEMENT* input, step_args args, const tiling* all, int tile,
                  tile_place* placed) {
    const int of_column = tile / all->along_row, x = tile % all->along_row * all->pixels;
    const int y = of_column % all->along_column * all->rows;
    placed->first.n = of_column / all->along_column;
    placed->first.y = min(y, args.output.height - all->rows);
    placed->first.x = min(x, args.output.width - all->pixels);
    placed->skipped_rows = y - placed->first.y;
    placed->skipped_pixels = x - placed->first.x;
    const int top = placed->first.y * args.stride_height - args.pad_top;
    placed->window = input + pixel_index(args.input, placed->first.n, top,
                                         placed->first.x * args.stride_width - args.pad_left);
    placed->first_row = 0;
    placed->end_row = args.kernel_height;
    if (args.input_pad != 0) return;
    const int last_top = top + (all->rows - 1) * args.stride_height;
    placed->first_row =
        min(divide_up(max(-last_top, 0), args.dilation_height), args.kernel_height);
    placed->end_row = min(divide_up(max(args.input.height - top, 0), args.dilation_height),
                          args.kernel_height);
}

INLINE void add_step(const int tiles, const int vectors, global const ELEMENT* first,
                     global const ELEMENT* second, long pixel, global const WEIGHT* weights) {
    const int row = vectors * LANES * 4;
    LOAD_TILE(6, weights, row);
    LOAD_TILE(4, first, pixel);
    ADD_PRODUCTS(0, 4, 6);
    if (vectors == 2) {
        LOAD_TILE(7, weights + LANES * 4, row);
        ADD_PRODUCTS(1, 4, 7);
    }
    if (tiles == 1) return;
    LOAD_TILE(5, second, pixel);
    ADD_PRODUCTS(2, 5, 6);
    if (vectors == 2) ADD_PRODUCTS(3, 5, 7);
}

// The sums of a block, [tile][row][VECTORS].
INLINE void sum_block(const int tiles, const int vectors, lanes_sum* sum, const tile_place* placed,
                      const tiling* all, global const WEIGHT* weights,
                      global const float* start) {
    LOAD_TILE(0, start, 0);
    if (vectors == 2) LOAD_TILE(1, start + LANES, 0);
    if (tiles == 2) LOAD_TILE(2, start, 0);
    if (tiles == 2 && vectors == 2) LOAD_TILE(3, start + LANES, 0);

    const int step_of_weights = all->depth * vectors * LANES;
    const int begin = min(placed[0].first_row, placed[tiles - 1].first_row);
    const int end = max(placed[0].end_row, placed[tiles - 1].end_row);
    weights += (long)begin * all->runs * all->steps * step_of_weights;
#pragma nounroll
    for (int ky = begin; ky < end; ++ky)
#pragma nounroll
        for (int kx = 0; kx < all->runs; ++kx) {
            const long at = ky * all->row + kx * all->column;
            global const ELEMENT* first = placed[0].window + at;
            global const ELEMENT* second = placed[tiles - 1].window + at;
#pragma nounroll
            for (int step = 0; step < all->steps; ++step) {
                add_step(tiles, vectors, first, second, all->pixel, weights);
                first += all->depth;
                second += all->depth;
                weights += step_of_weights;
            }
        }

    const int row = VECTORS * LANES * 4;
    STORE_TILE(0, sum, row);
    if (vectors == 2) STORE_TILE(1, sum + 1, row);
    if (tiles == 2) STORE_TILE(2, sum + PIXELS * VECTORS, row);
    if (tiles == 2 && vectors == 2) STORE_TILE(3, sum + PIXELS * VECTORS + 1, row);
}

typedef int ints_of_block_at_any __attribute__((ext_vector_type(8), aligned(1)));
typedef int ints_of_vector_at_any __attribute__((ext_vector_type(4), aligned(1)));

// Four results as bytes: those of one pixel after the other, `live` pixels.
INLINE void store_packed(const int vectors, const lanes_int* whole, global ELEMENT* output,
                         int pitch, int live) {
    const lanes_int bytes = packed(whole[0], whole[1], whole[2], whole[3]);
    if (vectors == 2) {
        *(global ints_of_block_at_any*)output = bytes.lo;
        if (live > 1) *(global ints_of_block_at_any*)(output + pitch) = bytes.hi;
        return;
    }
    *(global ints_of_vector_at_any*)output = bytes.lo.lo;
    if (live > 1) *(global ints_of_vector_at_any*)(output + pitch) = bytes.lo.hi;
    if (live > 2) *(global ints_of_vector_at_any*)(output + 2 * pitch) = bytes.hi.lo;
    if (live > 3) *(global ints_of_vector_at_any*)(output + 3 * pitch) = bytes.hi.hi;
}

// As many pixels as four results are; those from `live` on are none.
INLINE void finish_four(const bool adds, const int vectors, const lanes_sum* sum,
                        const lanes_float* scale, const lanes_float* bias,
                        global const ELEMENT* residual, global ELEMENT* output, step_args args,
                        int live) {
    lanes_int whole[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        const int p = i / vectors, v = i % vectors;
        lanes_float result = fma(SUM_TO_FLOAT(sum[p * VECTORS + v]), scale[v], bias[v]);
        if (adds && p < live)
            result = fma(TO_FLOAT(LOAD_ELEMENTS(residual + p * args.residual.pitch + v * LANES)),
                         (lanes_float)(args.residual_scale), result);
        whole[i] = rounded(result);
    }
    store_packed(vectors, whole, output, args.output.pitch, live);
}

// From the sums of `pixels` pixels of a row to the output.
INLINE void finish_packed(const bool adds, const int vectors, const lanes_sum* sum,
                          const lanes_float* scale, const lanes_float* bias,
                          global const ELEMENT* residual, global ELEMENT* output, step_args args,
                          int pixels) {
    const int together = 4 / vectors;
#pragma nounroll
    for (; pixels >= together; pixels -= together) {
        finish_four(adds, vectors, sum, scale, bias, residual, output, args, together);
        sum += together * VECTORS;
        residual += together * args.residual.pitch;
        output += together * args.output.pitch;
    }
    if (pixels > 0)
        finish_four(adds, vectors, sum, scale, bias, residual, output, args, pixels);
}

INLINE void finish_pixels(const int vectors, const lanes_sum* sum, const lanes_float* scale,
                          const lanes_float* bias, global const ELEMENT* residual,
                          global ELEMENT* output, step_args args, int pixels) {
    if (args.saturates && !args.has_residual) {
        finish_packed(false, vectors, sum, scale, bias, residual, output, args, pixels);
        return;
    }
    if (args.saturates) {
        finish_packed(true, vectors, sum, scale, bias, residual, output, args, pixels);
        return;
    }
#pragma nounroll
    for (int p = 0; p < pixels; ++p)
#pragma unroll
        for (int v = 0; v < VECTORS; ++v)
            if (v < vectors)
                finish(residual + p * args.residual.pitch + v * LANES,
                       output + p * args.output.pitch + v * LANES, args,
                       fma(SUM_TO_FLOAT(sum[p * VECTORS + v]), scale[v], bias[v]));
}

INLINE void compute_block(const int tiles, const int vectors, const tile_place* placed,
                          const tiling* all, global const WEIGHT* weights,
                          global const float* channels, global const ELEMENT* residual,
                          global ELEMENT* output, step_args args, int channel) {
    // Four results are finished together, whether there are as many or not.
    lanes_sum sum[(2 * PIXELS + 3) * VECTORS] __attribute__((aligned(64)));
    channels += channel;
    sum_block(tiles, vectors, sum, placed, all, weights, channels + 2 * args.channel_stride);
    lanes_float scale[VECTORS], bias[VECTORS];
#pragma unroll
    for (int v = 0; v < VECTORS; ++v) {
        if (v >= vectors) continue;
        scale[v] = LOAD_FLOATS(channels + v * LANES);
        bias[v] = LOAD_FLOATS(channels + args.channel_stride + v * LANES);
    }
#pragma nounroll
    for (int t = 0; t < tiles; ++t)
#pragma nounroll
        for (int row = placed[t].skipped_rows; row < all->rows; ++row) {
            const position first = placed[t].first;
            const int y = first.y + row, skipped = placed[t].skipped_pixels;
            const lanes_sum* of_row = sum + (t * PIXELS + row * all->line + skipped) * VECTORS;
            finish_pixels(
                vectors, of_row, scale, bias,
                residual + pixel_index(args.residual, first.n, y, first.x + skipped) + channel,
                output + pixel_index(args.output, first.n, y, first.x + skipped) + channel, args,
                all->pixels - skipped);
        }
}

INLINE void compute_blocks(const int tiles, const tile_place* placed, const tiling* all,
                           global const WEIGHT* weights, global const float* channels,
                           global const ELEMENT* residual, global ELEMENT* output, step_args args,
                           int first_vector, int end_vector) {
    const long products = (long)args.kernel_height * all->runs * all->steps * all->depth;
    int vector = first_vector;
#pragma nounroll
    for (; vector + VECTORS <= end_vector; vector += VECTORS)
        compute_block(tiles, VECTORS, placed, all, weights + vector * LANES * products, channels,
                      residual, output, args, vector * LANES);
    if (vector < end_vector)
        compute_block(tiles, 1, placed, all, weights + vector * LANES * products, channels,
                      residual, output, args, vector * LANES);
}

INLINE void fill_halos(global ELEMENT* output, step_args args, const tiling* all,
                       const tile_place* placed, int channel, int end) {
    const position first = placed->first;
#pragma nounroll
    for (int row = placed->skipped_rows; row < all->rows; ++row)
        fill_halo_of_row(output, args, first.n, first.y + row, first.x + placed->skipped_pixels,
                         first.x + all->pixels, channel, end);
}

// Share `pair_group` of the pairs of tiles, `group` of the blocks.
COMPILED_ONCE void compute_share(PASSED_ARGUMENTS, int pair_groups, int pair_group, int groups,
                                 int group) {
    step_args args = passed;
    as_one_row(&args);
    const tiling all = tiling_of(args);
    const int tiles = args.output.batch * all.along_column * all.along_row;
    const int pairs = divide_up(tiles, 2);
    const int end_pair = share_begin(pairs, pair_groups, pair_group + 1);
    const int vectors = divide_up(args.output.channels, LANES);
    const int blocks = divide_up(vectors, VECTORS);
    const int first_vector = share_begin(blocks, groups, group) * VECTORS;
    const int end_vector = min(share_begin(blocks, groups, group + 1) * VECTORS, vectors);
    shape_tiles((all.rows - 1) * all.line + all.pixels, all.depth);
#pragma nounroll
    for (int pair = share_begin(pairs, pair_groups, pair_group); pair < end_pair; ++pair) {
        const int both = min(tiles - 2 * pair, 2);
        tile_place placed[2];
        place(input, args, &all, 2 * pair, &placed[0]);
        place(input, args, &all, 2 * pair + both - 1, &placed[1]);
        if (both == 2)
            compute_blocks(2, placed, &all, weights, channels, residual, output, args,
                           first_vector, end_vector);
        else
            compute_blocks(1, placed, &all, weights, channels, residual, output, args,
                           first_vector, end_vector);
        if (args.output.halo == 0) continue;
        for (int t = 0; t < both; ++t)
            fill_halos(output, args, &all, &placed[t], first_vector * LANES, end_vector * LANES);
    }
    release_tiles();
}

KERNEL conv_amx(STEP_ARGUMENTS) {
    compute_share(input, weights, channels, residual, output, args, get_global_size(0),
                  get_global_id(0), get_global_size(1), get_global_id(1));
}
