// Capability: arithmetic in binary16. A work-item multiplies two numbers and adds a third, each in
// the low half of a word.
#include "can.clh"

#if defined(HALF_AVX512)

CAN_KERNEL can_half(CAN_ARGUMENTS) {
    const uint i = get_global_id(0);
    ushort8 sum = (ushort)input[3 * i + 2];
    __asm__("vfmadd231ph %2, %1, %0"
            : "+v"(sum)
            : "v"((ushort8)((ushort)input[3 * i])), "v"((ushort8)((ushort)input[3 * i + 1])));
    output[i] = sum.s7;
}

#else

#pragma OPENCL EXTENSION cl_khr_fp16 : enable

CAN_KERNEL can_half(CAN_ARGUMENTS) {
    global const half* numbers = (global const half*)input;
    const uint i = get_global_id(0);
    const half sum = numbers[6 * i] * numbers[6 * i + 2] + numbers[6 * i + 4];
    // Compilers that do not name the extension have no as_ushort() of a half.
    output[i] = *(const ushort*)&sum;
}

#endif
