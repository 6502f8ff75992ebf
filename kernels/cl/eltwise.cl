// Adding two tensors (the second is the residual), per-channel scale and shift, or an activation alone: the epilogue
// applied to the input, one pixel and LANES channels at a time.
#include "share.clh"

KERNEL eltwise(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    FOR_EACH_PIXEL(share) {
        global const ELEMENT* pixel = input + pixel_index(args.input, share.n, share.y, x);
        FOR_EACH_CHANNEL(share)
            finish(residual, output, args, share.n, share.y, x, c,
                   scaled(channels, args, c, TO_FLOAT(LOAD_ELEMENTS(pixel + c))));
    }
}
