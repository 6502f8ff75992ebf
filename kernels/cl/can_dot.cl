// Capability: four products of u8 and s8 and a sum in one instruction, which DOT_* names. A
// work-item has two words of operands and one to add to.
#include "can.clh"

CAN_KERNEL can_dot(CAN_ARGUMENTS) {
    const uint i = get_global_id(0);
    const uint activations = input[3 * i], weights = input[3 * i + 1];
    const int start = as_int(input[3 * i + 2]);
#if defined(DOT_EXTENSION)
    output[i] = as_uint(dot_4x8packed_us_int(activations, weights) + start);
#elif defined(DOT_DP4A)
    int sum;
    __asm__ volatile("dp4a.u32.s32 %0, %1, %2, %3;"
                     : "=r"(sum)
                     : "r"(activations), "r"(weights), "r"(start));
    output[i] = as_uint(sum);
#elif defined(DOT_VNNI)
    int16 sum = start;
    __asm__("vpdpbusd %2, %1, %0"
            : "+v"(sum)
            : "v"((int16)(as_int(activations))), "v"((int16)(as_int(weights))));
    output[i] = as_uint(sum.s7);
#else
#error "DOT_EXTENSION, DOT_DP4A or DOT_VNNI must be defined"
#endif
}
