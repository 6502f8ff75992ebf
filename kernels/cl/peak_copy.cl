// Probe: reading and writing at once. Each work-group copies a region of its own, `length` vectors
// of LANES words for each of its work-items, which stand side by side. The pass is added to each
// word, so that no pass can be left out. STREAM writes past the caches.
#include "peak.clh"

#if STREAM && LANES > 1 && __has_builtin(__builtin_nontemporal_store)
#define STORE(pointer, value) __builtin_nontemporal_store(value, (global lanes_int*)(pointer))
#else
#define STORE(pointer, value) (*(global lanes_int_at_any*)(pointer) = (value))
#endif

KERNEL peak_copy(PEAK_ARGUMENTS) {
    const size_t step = get_local_size(0) * LANES;
    const size_t begin = get_group_id(0) * length * step + get_local_id(0) * LANES;
    for (uint pass = 0; pass < passes; ++pass)
        for (uint vector = 0; vector < length; vector += PIXELS)
#pragma unroll
            for (int i = 0; i < PIXELS; ++i) {
                const size_t at = begin + (vector + i) * step;
                STORE(output + at,
                      LOAD_INTS((global const int*)input + at) + (lanes_int)(pass));
            }
}
