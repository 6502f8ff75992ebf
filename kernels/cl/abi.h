// Parameter structs of all kernels: the same text for C++ and OpenCL C, 32-bit members only, passed
// by value. Every kernel has the signature
//   (global const ELEMENT* input, global const WEIGHT* weights, global const float* channels,
//    global const ELEMENT* residual, global ELEMENT* output, step_args args)
// where `weights` holds packed convolution weights or the resize tables and may be unused.
#ifndef SLIMBENCH_ABI_H
#define SLIMBENCH_ABI_H

// Local memory that a work-group of the largest blocks of conv_mma.cl takes. Drivers may report
// less than they give: a capability of its own says whether it is there.
#define LARGE_LOCAL_BYTES (144 * 1024)

// An NHWC tensor in memory: batch x (height + 2 halo) x (width + 2 halo) x pitch elements. Element
// (n, y, x, c) of the logical tensor stands at ((n * (height + 2 halo) + y + halo) * (width + 2
// halo) + x + halo) * pitch + c, a 64-bit index. Whoever writes a tensor also fills its halo with
// the value of zero (its reader's `input_pad`, its writer's `output_pad`); channels from `channels`
// to `pitch` hold any finite value.
typedef struct {
    int batch, height, width, channels;
    int pitch;
    int halo;
} tensor_view;

typedef struct {
    tensor_view input, residual, output;
    int kernel_height, kernel_width;
    int stride_height, stride_width;
    int dilation_height, dilation_width;  // 1 = dense
    int pad_top, pad_left;
    int groups;
    int span;  // conv_blocked: input channels of a tap that a block of filters reads: all, or those
               // of the groups that the block touches
    int mode;  // pool: 0 max, 1 average (scale holds 1/area); resize: taps per axis (2 or 4)
    int has_residual;
    int channel_stride;  // padded output channels: distance of the three rows of `channels` (scale,
                         // bias, init as s32)
    float residual_scale;
    float low, high;
    int saturates;  // u8: saturating does all the clamping, and no result reaches 2^31
    float input_pad, output_pad;
    // im2col: gathers the windows of so many output pixels, rows of so many elements.
    int first_pixel, pixels;
    int window_pitch;
} step_args;

#endif
