// Depthwise 3x3 convolution of u8 through dot products, 64 channels at a time. A dot product takes
// four neighbours of a row for one channel: two columns are interleaved byte by byte, two such
// pairs word by word. At stride 1 the four serve two output pixels, w0 w1 w2 0 and 0 w0 w1 w2, at
// stride 2 one; a pair of columns serves two runs of four.
//
// Global size: groups of 64 channels (fastest), groups of rows. The last 64 channels begin where
// they end with the tensor's; of those that they share with the ones before nothing is stored.
//
// Weights [kernel row][kernel column][channels rounded up to LANES]. The input's halo covers the
// padding. No residual.
#include "tensor.clh"
#include "vnni.clh"

#if LANES != 16
#error "16 sums to a vector"
#endif

#define CHUNK (4 * LANES)
typedef uchar bytes __attribute__((ext_vector_type(CHUNK)));
typedef uchar bytes_at_any __attribute__((ext_vector_type(CHUNK), aligned(1)));
typedef ushort words __attribute__((ext_vector_type(CHUNK / 2)));
typedef ulong8 eights;
typedef ulong4 half_chunk_at_any __attribute__((aligned(1)));
typedef ulong2 quarter_chunk_at_any __attribute__((aligned(1)));

// Of each 16 channels the lower and the upper half, two bytes a channel.
typedef struct {
    words lower, upper;
} column_pair;

#define BYTES_OF_8(i) \
    (i), 64 + (i), (i) + 1, 65 + (i), (i) + 2, 66 + (i), (i) + 3, 67 + (i), (i) + 4, 68 + (i), \
        (i) + 5, 69 + (i), (i) + 6, 70 + (i), (i) + 7, 71 + (i)
#define WORDS_OF_4(i) (i), 32 + (i), (i) + 1, 33 + (i), (i) + 2, 34 + (i), (i) + 3, 35 + (i)
#define INTERLEAVED_BYTES(a, b, i) \
    __builtin_astype(__builtin_shufflevector(a, b, BYTES_OF_8(i), BYTES_OF_8(16 + (i)), \
                                             BYTES_OF_8(32 + (i)), BYTES_OF_8(48 + (i))), \
                     words)
#define INTERLEAVED_WORDS(a, b, i) \
    __builtin_astype(__builtin_shufflevector(a, b, WORDS_OF_4(i), WORDS_OF_4(8 + (i)), \
                                             WORDS_OF_4(16 + (i)), WORDS_OF_4(24 + (i))), \
                     lanes_int)

INLINE column_pair pair(bytes a, bytes b) {
    column_pair both = {INTERLEAVED_BYTES(a, b, 0), INTERLEAVED_BYTES(a, b, 8)};
    return both;
}

// Four bytes a channel: channels 4j to 4j + 3 of each 16 in vector j.
INLINE void fours(column_pair first, column_pair second, lanes_int* four) {
    four[0] = INTERLEAVED_WORDS(first.lower, second.lower, 0);
    four[1] = INTERLEAVED_WORDS(first.lower, second.lower, 4);
    four[2] = INTERLEAVED_WORDS(first.upper, second.upper, 0);
    four[3] = INTERLEAVED_WORDS(first.upper, second.upper, 4);
}

// What a chunk's channels have of their own, in the order of `fours`.
typedef struct {
    lanes_int left[3][4], right[3][4];  // taps of a kernel row with a zero behind, before them
    lanes_float scale[4], bias[4];
    lanes_int init[4];
} chunk_constants;

INLINE bytes load_bytes(global const uchar* pointer) {
    return *(global const bytes_at_any*)pointer;
}

INLINE float16 every_sixteenth(global const float* channels) {
    return (float16)(vload4(0, channels), vload4(4, channels), vload4(8, channels),
                     vload4(12, channels));
}

INLINE void load_constants(global const WEIGHT* weights, global const float* channels,
                           step_args args, int c, chunk_constants* chunk) {
    const int stride = divide_up(args.output.channels, LANES) * LANES;
    global const uchar* tap = (global const uchar*)weights + c;
#pragma unroll
    for (int ky = 0; ky < 3; ++ky, tap += 3 * stride) {
        const bytes none = (bytes)(0);
        const bytes a = load_bytes(tap), b = load_bytes(tap + stride);
        const bytes d = load_bytes(tap + 2 * stride);
        fours(pair(a, b), pair(d, none), chunk->left[ky]);
        fours(pair(none, a), pair(b, d), chunk->right[ky]);
    }
#pragma unroll
    for (int j = 0; j < 4; ++j) {
        global const float* from = channels + c + 4 * j;
        chunk->scale[j] = every_sixteenth(from);
        chunk->bias[j] = every_sixteenth(from + args.channel_stride);
        chunk->init[j] = as_int16(every_sixteenth(from + 2 * args.channel_stride));
    }
}

// The last `fresh` of a pixel's 64 channels.
INLINE void store_pixel(global ELEMENT* output, step_args args, const lanes_int* sum,
                        const chunk_constants* chunk, int fresh) {
    lanes_int result[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) {
        const lanes_float value = fma(TO_FLOAT(sum[j]), chunk->scale[j], chunk->bias[j]);
        result[j] = rounded(args.saturates ? value : clamped(args, value));
    }
    const bytes_at_any all =
        __builtin_astype(interleaved(result[0], result[1], result[2], result[3]), bytes);
    if (fresh == CHUNK) {
        *(global bytes_at_any*)output = all;
        return;
    }
    // 16, 32 or 48: through memory they would wait for each other.
    const eights parts = __builtin_astype(all, eights);
    if (fresh & 32) *(global half_chunk_at_any*)(output + 32) = parts.s4567;
    if (fresh & 16)
        *(global quarter_chunk_at_any*)(output + CHUNK - fresh) =
            fresh == 16 ? parts.s67 : parts.s23;
}

// A row of output pixels at stride 1.
INLINE void compute_dense_row(global const uchar* window, global ELEMENT* output, step_args args,
                              const chunk_constants* chunk, int fresh) {
    const long down = row_pitch(args.input), right = args.input.pitch;
    const int last = args.output.width + 1;
    column_pair before[3];
#pragma unroll
    for (int ky = 0; ky < 3; ++ky)
        before[ky] = pair(load_bytes(window + ky * down), load_bytes(window + ky * down + right));
#pragma nounroll
    for (int x = 0; x < args.output.width; x += 2) {
        lanes_int first[4], second[4];
#pragma unroll
        for (int j = 0; j < 4; ++j) first[j] = second[j] = chunk->init[j];
        global const uchar* third = window + (x + 2) * right;
        global const uchar* fourth = window + min(x + 3, last) * right;
#pragma unroll
        for (int ky = 0; ky < 3; ++ky) {
            const column_pair next =
                pair(load_bytes(third + ky * down), load_bytes(fourth + ky * down));
            lanes_int four[4];
            fours(before[ky], next, four);
#pragma unroll
            for (int j = 0; j < 4; ++j) {
                first[j] = dot_of_fours(four[j], chunk->left[ky][j], first[j]);
                second[j] = dot_of_fours(four[j], chunk->right[ky][j], second[j]);
            }
            before[ky] = next;
        }
        global ELEMENT* to = output + x * (long)args.output.pitch;
        store_pixel(to, args, first, chunk, fresh);
        if (x + 1 < args.output.width)
            store_pixel(to + args.output.pitch, args, second, chunk, fresh);
    }
}

// A row of output pixels at stride 2.
INLINE void compute_sparse_row(global const uchar* window, global ELEMENT* output, step_args args,
                               const chunk_constants* chunk, int fresh) {
    const long down = row_pitch(args.input), right = args.input.pitch;
    const int last = 2 * args.output.width;
    column_pair before[3];
#pragma unroll
    for (int ky = 0; ky < 3; ++ky)
        before[ky] = pair(load_bytes(window + ky * down), load_bytes(window + ky * down + right));
#pragma nounroll
    for (int x = 0; x < args.output.width; ++x) {
        lanes_int sum[4];
#pragma unroll
        for (int j = 0; j < 4; ++j) sum[j] = chunk->init[j];
        global const uchar* third = window + (2 * x + 2) * right;
        global const uchar* fourth = window + min(2 * x + 3, last) * right;
#pragma unroll
        for (int ky = 0; ky < 3; ++ky) {
            const column_pair next =
                pair(load_bytes(third + ky * down), load_bytes(fourth + ky * down));
            lanes_int four[4];
            fours(before[ky], next, four);
#pragma unroll
            for (int j = 0; j < 4; ++j)
                sum[j] = dot_of_fours(four[j], chunk->left[ky][j], sum[j]);
            before[ky] = next;
        }
        store_pixel(output + x * (long)args.output.pitch, args, sum, chunk, fresh);
    }
}

KERNEL depthwise_dot(STEP_ARGUMENTS) {
    const int rows = args.output.batch * args.output.height;
    const int row_groups = get_global_size(1), row_group = get_global_id(1);
    const int end_row = share_begin(rows, row_groups, row_group + 1);
    const int end_channel = divide_up(args.output.channels, LANES) * LANES;
    const int chunks = divide_up(end_channel, CHUNK);
    const int chunk_groups = get_global_size(0), chunk_group = get_global_id(0);
    const int end_chunk = share_begin(chunks, chunk_groups, chunk_group + 1);
#pragma nounroll
    for (int i = share_begin(chunks, chunk_groups, chunk_group); i < end_chunk; ++i) {
        const int c = min(i * CHUNK, end_channel - CHUNK), fresh = c + CHUNK - i * CHUNK;
        chunk_constants chunk;
        load_constants(weights, channels, args, c, &chunk);
#pragma nounroll
        for (int row = share_begin(rows, row_groups, row_group); row < end_row; ++row) {
            const int n = row / args.output.height, y = row % args.output.height;
            global const uchar* window =
                input + c +
                pixel_index(args.input, n, y * args.stride_height - args.pad_top, -args.pad_left);
            global ELEMENT* to = output + c + pixel_index(args.output, n, y, 0);
            if (args.stride_width == 1)
                compute_dense_row(window, to, args, &chunk, fresh);
            else
                compute_sparse_row(window, to, args, &chunk, fresh);
            if (args.output.halo > 0)
                fill_halo_of_row(output, args, n, y, 0, args.output.width, i * CHUNK, c + CHUNK);
        }
    }
}
