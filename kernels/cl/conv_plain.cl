// Convolution, one output element per work-item: any device, groups and pitch. Weights [kernel
// row][kernel column][channel of the group][filter]: neighbours read neighbouring weights.
#include "share.clh"

#if LANES != 1
#error "conv_plain computes one element per work-item: LANES is 1"
#endif

KERNEL conv_plain(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    const int x = share.x_begin, c = share.c_begin;
    if (x >= share.x_end) return;

    const int filters = args.output.channels;
    const int group_channels = args.input.channels / args.groups;
    const int group = c / (filters / args.groups);
    const long corner =
        pixel_index(args.input, share.n, share.y * args.stride_height - args.pad_top,
                    x * args.stride_width - args.pad_left);
    global const ELEMENT* window = input + corner + group * group_channels;
    global const WEIGHT* weight = weights + c;

#if HALF_RUN
    long_sum sum = NO_PRODUCTS;
#else
    scalar_sum sum = as_int(channels[2 * args.channel_stride + c]);
#endif
    for (int ky = 0; ky < args.kernel_height; ++ky)
        for (int kx = 0; kx < args.kernel_width; ++kx) {
            global const ELEMENT* pixel = window +
                                          ky * args.dilation_height * row_pitch(args.input) +
                                          (long)(kx * args.dilation_width) * args.input.pitch;
            for (int k = 0; k < group_channels; ++k, weight += filters)
#if INT8
                sum += (int)pixel[k] * (int)*weight;
#elif HALF_RUN
                add_product(&sum, ONE_HALF(pixel + k), ONE_HALF(weight));
#else
                sum = fma(LOAD_ELEMENTS(pixel + k), LOAD_WEIGHTS(weight), sum);
#endif
        }
#if HALF_RUN
    const float result = total(&sum);
#else
    const float result = SUM_TO_FLOAT(sum);
#endif
    finish(residual + pixel_index(args.residual, share.n, share.y, x) + c,
           output + pixel_index(args.output, share.n, share.y, x) + c, args,
           scaled(channels, args, c, result));
    fill_halo_of_share(output, args, share, x);
}
