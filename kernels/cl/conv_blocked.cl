// Dense convolution for CPUs with explicit vectors. A work-item computes PIXELS output pixels x VECTORS x LANES output
// channels: one broadcast activation meets VECTORS weight vectors, so that loads stay behind arithmetic and the accumulators
// fill the vector registers. Pixels are counted through the batch, rows and columns: each has its own address in the input,
// so that a tile crosses rows and images and only the last tile of a tensor can be partly idle.
// Global size: pixel tiles (fastest, so that a block of weights stays in cache), blocks of output channels.
// Weights [block][kernel row][kernel column][input channels / CHANNEL_GROUP][VECTORS x LANES][CHANNEL_GROUP]; the last block
// has as many vectors as it needs. The input's halo covers the padding.
#include "tensor.clh"
#include "dot.clh"

#if !defined(PIXELS) || !defined(VECTORS) || !defined(CHANNEL_GROUP)
#error "PIXELS, VECTORS and CHANNEL_GROUP come from the row of the registry (host/kernel/registry.cpp)"
#endif

typedef struct {
    int n, y, x;
} position;

static inline position position_of(tensor_view view, int pixel) {
    const int row = pixel / view.width;
    position at = {row / view.height, row % view.height, pixel % view.width};
    return at;
}

// The next pixel, or the same one when it is the last.
static inline position next_position(tensor_view view, position at) {
    if (at.x + 1 < view.width) {
        ++at.x;
    } else if (at.y + 1 < view.height) {
        ++at.y;
        at.x = 0;
    } else if (at.n + 1 < view.batch) {
        ++at.n;
        at.y = 0;
        at.x = 0;
    }
    return at;
}

static inline int round_to_groups(int channels) {
    return (channels + CHANNEL_GROUP - 1) / CHANNEL_GROUP * CHANNEL_GROUP;
}

// Sums of a tile of `vectors` vectors. Inlined with a constant, so that all loops over pixels and vectors unroll and the sums
// stay in registers; they leave through memory, so that the epilogue, which is long, is compiled once per tile and not per sum.
static inline __attribute__((always_inline)) void sum_tile(const int vectors, global const ELEMENT** window,
                                                           global const WEIGHT* weights,
                                                           global const float* channels, step_args args,
                                                           int channel, lanes_float* result) {
    lanes_sum sum[PIXELS][VECTORS];
    #pragma unroll
    for (int v = 0; v < vectors; ++v) {
        const lanes_sum start = INITIAL_SUM(channels + 2 * args.channel_stride + channel + v * LANES);
        #pragma unroll
        for (int p = 0; p < PIXELS; ++p) sum[p][v] = start;
    }

    // Where pixels have no gap between their channels, a row of the kernel is one run through memory.
    const int depth = round_to_groups(args.input.channels);
    const bool gapless = args.dilation_width == 1 && args.input.pitch == depth;
    const int columns = gapless ? 1 : args.kernel_width;
    const int run = gapless ? args.kernel_width * depth : depth;
    for (int ky = 0; ky < args.kernel_height; ++ky)
        for (int kx = 0; kx < columns; ++kx) {
            const long begin = ky * args.dilation_height * row_pitch(args.input) +
                               (long)(kx * args.dilation_width) * args.input.pitch;
            for (long k = begin; k < begin + run; k += CHANNEL_GROUP) {
                #pragma unroll
                for (int p = 0; p < PIXELS; ++p) {
                    const dot_activations activation = broadcast_activations(window[p] + k);
                    #pragma unroll
                    for (int v = 0; v < vectors; ++v)
                        sum[p][v] = dot(activation, load_weights(weights + v * LANES * CHANNEL_GROUP), sum[p][v]);
                }
                weights += vectors * LANES * CHANNEL_GROUP;
            }
        }

    #pragma unroll
    for (int p = 0; p < PIXELS; ++p)
        #pragma unroll
        for (int v = 0; v < vectors; ++v) result[p * vectors + v] = scaled(channels, args, channel + v * LANES, SUM_TO_FLOAT(sum[p][v]));
}

KERNEL conv_blocked(STEP_ARGUMENTS) {
    const position first = position_of(args.output, (int)get_global_id(0) * PIXELS);
    const int channel = (int)get_global_id(1) * VECTORS * LANES;
    const int vectors = min(VECTORS, (args.output.channels - channel + LANES - 1) / LANES);

    global const ELEMENT* window[PIXELS];
    position at = first;
    #pragma nounroll
    for (int p = 0; p < PIXELS; ++p) {
        window[p] = input + pixel_index(args.input, at.n, at.y * args.stride_height - args.pad_top,
                                        at.x * args.stride_width - args.pad_left);
        at = next_position(args.output, at);
    }

    lanes_float sum[PIXELS * VECTORS];
    const long products = (long)args.kernel_height * args.kernel_width * round_to_groups(args.input.channels);
    global const WEIGHT* block = weights + channel * products;
    if (vectors == VECTORS)
        sum_tile(VECTORS, window, block, channels, args, channel, sum);
#if VECTORS == 2
    else
        sum_tile(1, window, block, channels, args, channel, sum);
#elif VECTORS > 2
#error "a last block of fewer vectors is written for VECTORS up to 2"
#endif

    at = first;
    #pragma nounroll
    for (int p = 0; p < PIXELS; ++p) {
        for (int v = 0; v < vectors; ++v)
            finish(residual, output, args, at.n, at.y, at.x, channel + v * LANES, sum[p * vectors + v]);
        at = next_position(args.output, at);
    }
}
