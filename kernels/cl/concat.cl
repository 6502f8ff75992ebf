// Two tensors' channels behind each other (the second is the residual), one pixel and LANES
// channels at a time. A vector lies in one operand, or its lanes are collected one by one: where
// the operands meet, and where the second ends.
#define VECTORS_AT_ANY_ELEMENT  // the second operand is read from where the first one ends
#include "share.clh"

#if FP16
#define ONE_ELEMENT(pointer) vload_half(0, (global const half*)(pointer))
#else
#define ONE_ELEMENT(pointer) convert_float(*(pointer))
#endif

typedef struct {
    lanes_float value, factor;
} lanes_scaled;

INLINE lanes_scaled meeting(global const ELEMENT* first, global const ELEMENT* second,
                            global const float* channels, step_args args, int c) {
    lanes_scaled lanes;
    lanes.value = lanes.factor = (lanes_float)(0.0f);
    float* value = (float*)&lanes.value;
    float* factor = (float*)&lanes.factor;
    for (int lane = 0; lane < LANES; ++lane) {
        const int in = c + lane, added = in - args.input.channels;
        if (added >= args.residual.channels) break;
        value[lane] = added < 0 ? ONE_ELEMENT(first + in) : ONE_ELEMENT(second + added);
        factor[lane] = added < 0 ? channels[in] : args.residual_scale;
    }
    return lanes;
}

INLINE lanes_scaled joined(global const ELEMENT* first, global const ELEMENT* second,
                           global const float* channels, step_args args, int c) {
    const int added = c - args.input.channels;
    lanes_scaled lanes;
    if (added + LANES <= 0) {
        lanes.value = TO_FLOAT(LOAD_ELEMENTS(first + c));
        lanes.factor = LOAD_FLOATS(channels + c);
    } else if (added >= 0 && added + LANES <= args.residual.pitch) {
        lanes.value = TO_FLOAT(LOAD_ELEMENTS(second + added));
        lanes.factor = (lanes_float)(args.residual_scale);
    } else {
        lanes = meeting(first, second, channels, args, c);
    }
    return lanes;
}

KERNEL concat(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    args.has_residual = 0;  // each channel holds one operand, not a sum of the two
    FOR_EACH_PIXEL(share) {
        global const ELEMENT* first = input + pixel_index(args.input, share.n, share.y, x);
        global const ELEMENT* second = residual + pixel_index(args.residual, share.n, share.y, x);
        global ELEMENT* out = output + pixel_index(args.output, share.n, share.y, x);
        FOR_EACH_CHANNEL(share) {
            const lanes_scaled lanes = joined(first, second, channels, args, c);
            finish(residual, out + c, args,
                   fma(lanes.value, lanes.factor, LOAD_FLOATS(channels + args.channel_stride + c)));
        }
        fill_halo_of_share(output, args, share, x);
    }
}
