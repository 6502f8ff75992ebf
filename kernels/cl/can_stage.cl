// Capability: operands of matrix units on their way through local memory, by inline PTX. STAGE_COPY
// copies 512 bytes there beside arithmetic (cp.async); STAGE_LOAD loads four 8x8 matrices of 16-bit
// numbers from there into the registers that matrix units expect (ldmatrix): of matrix m, row
// i / 4, work-item i gets numbers 2 (i mod 4) and the next one.
#include "can.clh"

CAN_KERNEL can_stage(CAN_ARGUMENTS) {
    local uint staged[128] __attribute__((aligned(16)));
    const uint i = get_global_id(0);
#if defined(STAGE_COPY)
    __asm__ volatile(
        "cp.async.cg.shared.global [%0], [%1], 16;\n"
        "cp.async.commit_group;\n"
        "cp.async.wait_group 0;"
        :
        : "l"(staged + 4 * i), "l"(input + 4 * i)
        : "memory");
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint w = 0; w < 4; ++w) output[4 * i + w] = staged[4 * ((i + 1) % 32) + w];
#elif defined(STAGE_LOAD)
    for (uint w = 0; w < 4; ++w) staged[4 * i + w] = input[4 * i + w];
    barrier(CLK_LOCAL_MEM_FENCE);
    uint m0, m1, m2, m3;
    __asm__ volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(m0), "=r"(m1), "=r"(m2), "=r"(m3)
                     : "l"(staged + 4 * i)
                     : "memory");
    output[i] = m0;
    output[i + 32] = m1;
    output[i + 64] = m2;
    output[i + 96] = m3;
#else
#error "STAGE_COPY or STAGE_LOAD must be defined"
#endif
}
