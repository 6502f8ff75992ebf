// Adding two tensors (the second is the residual), per-channel scale and shift, or an activation
// alone: the epilogue applied to the input, one pixel and LANES channels at a time.
#include "share.clh"

KERNEL eltwise(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    FOR_EACH_PIXEL(share) {
        const long in = pixel_index(args.input, share.n, share.y, x);
        const long added = pixel_index(args.residual, share.n, share.y, x);
        const long out = pixel_index(args.output, share.n, share.y, x);
        FOR_EACH_CHANNEL(share) {
            finish(residual + added + c, output + out + c, args,
                   scaled(channels, args, c, TO_FLOAT(LOAD_ELEMENTS(input + in + c))));
        }
        fill_halo_of_share(output, args, share, x);
    }
}
