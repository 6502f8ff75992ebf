// Maximum and average pooling, one pixel and LANES channels at a time. A maximum looks at the image
// only; an average counts padding as zeros and reads them from the halo.
#include "share.clh"

INLINE lanes_sum maximum(global const ELEMENT* input, step_args args, int n, int y, int x, int c) {
    const int bottom = min(y + args.kernel_height, args.input.height);
    const int right = min(x + args.kernel_width, args.input.width);
    const int top = max(y, 0), left = max(x, 0);
    lanes_sum best = TO_SUM(LOAD_ELEMENTS(input + pixel_index(args.input, n, top, left) + c));
    for (int row = top; row < bottom; ++row) {
        global const ELEMENT* pixel = input + pixel_index(args.input, n, row, left) + c;
        for (int column = left; column < right; ++column, pixel += args.input.pitch) {
            const lanes_sum candidate = TO_SUM(LOAD_ELEMENTS(pixel));
            best = candidate > best ? candidate : best;
        }
    }
    return best;
}

INLINE lanes_sum total(global const ELEMENT* input, step_args args, int n, int y, int x, int c) {
    lanes_sum sum = 0;
    for (int row = y; row < y + args.kernel_height; ++row) {
        global const ELEMENT* pixel = input + pixel_index(args.input, n, row, x) + c;
        for (int column = 0; column < args.kernel_width; ++column, pixel += args.input.pitch)
            sum += TO_SUM(LOAD_ELEMENTS(pixel));
    }
    return sum;
}

KERNEL pool(STEP_ARGUMENTS) {
    const output_share share = share_of_work_item(args.output);
    const int top = share.y * args.stride_height - args.pad_top;
    FOR_EACH_PIXEL(share) {
        const int left = x * args.stride_width - args.pad_left;
        const long out = pixel_index(args.output, share.n, share.y, x);
        FOR_EACH_CHANNEL(share) {
            const lanes_sum sum = args.mode == 0 ? maximum(input, args, share.n, top, left, c)
                                                 : total(input, args, share.n, top, left, c);
            finish(residual, output + out + c, args, scaled(channels, args, c, SUM_TO_FLOAT(sum)));
        }
        fill_halo_of_share(output, args, share, x);
    }
}
