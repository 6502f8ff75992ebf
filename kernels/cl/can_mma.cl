// Capability: matrix units through inline PTX. The 32 work-items multiply a matrix of 16 rows by
// one of 8 columns; MMA_* names the numbers. All of a row, and all of a column, are alike, so that
// operands need no order within a word: input holds 16 words of rows, then 8 of columns.
//
// Work-item i holds rows i / 4 and i / 4 + 8 and column i / 4 of the operands, and of the result
// columns 2 (i mod 4) and the next one in these rows; output[16][8].
#include "can.clh"

#if defined(MMA_F16)
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"
#elif defined(MMA_TF32)
#define MMA "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"
#elif defined(MMA_S8)
#define MMA "mma.sync.aligned.m16n8k32.row.col.s32.u8.s8.s32"
#elif defined(MMA_B1)
#define MMA "mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc"
#else
#error "MMA_F16, MMA_TF32, MMA_S8 or MMA_B1 must be defined"
#endif

#if defined(MMA_F16) || defined(MMA_TF32)
typedef float sum_type;
#define SUM "f"
#else
typedef int sum_type;
#define SUM "r"
#endif

CAN_KERNEL can_mma(CAN_ARGUMENTS) {
    const uint i = get_global_id(0), row = i / 4;
    const uint upper = input[row], lower = input[row + 8], column = input[16 + row];
    sum_type d0 = 0, d1 = 0, d2 = 0, d3 = 0;
    __asm__ volatile(MMA " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                     : "+" SUM(d0), "+" SUM(d1), "+" SUM(d2), "+" SUM(d3)
                     : "r"(upper), "r"(lower), "r"(upper), "r"(lower), "r"(column), "r"(column));
    const uint at = row * 8 + 2 * (i % 4);
    output[at] = (uint)d0;
    output[at + 1] = (uint)d1;
    output[at + 64] = (uint)d2;
    output[at + 65] = (uint)d3;
}
