// Probe: reading. Each work-group adds up a region of its own, `length` vectors of LANES words for
// each of its work-items, which stand side by side. PIXELS independent sums keep loads in flight.
#include "peak.clh"

KERNEL peak_read(PEAK_ARGUMENTS) {
    const size_t step = get_local_size(0) * LANES;
    global const int* region =
        (global const int*)input + get_group_id(0) * length * step + get_local_id(0) * LANES;
    lanes_int sum[PIXELS];
#pragma unroll
    for (int i = 0; i < PIXELS; ++i) sum[i] = (lanes_int)(0);
    for (uint pass = 0; pass < passes; ++pass)
        for (uint vector = 0; vector < length; vector += PIXELS)
#pragma unroll
            for (int i = 0; i < PIXELS; ++i) sum[i] += LOAD_INTS(region + (vector + i) * step);
#pragma unroll
    for (int i = 0; i < PIXELS; ++i) store_sum(output, PIXELS, i, sum[i]);
}
