// The built-in functions that kernels for matrix units call, for clang's NVPTX target, which has no
// library of them: enough to assemble the kernels whole and to see how many registers they take.
#define BUILTIN static inline __attribute__((always_inline, overloadable))

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
typedef unsigned long size_t;
#define VECTORS_OF(type)                                      \
    typedef type type##2 __attribute__((ext_vector_type(2))); \
    typedef type type##4 __attribute__((ext_vector_type(4)));
VECTORS_OF(char)
VECTORS_OF(uchar)
VECTORS_OF(short)
VECTORS_OF(ushort)
VECTORS_OF(int)
VECTORS_OF(uint)
VECTORS_OF(float)

#define CLK_LOCAL_MEM_FENCE 1
BUILTIN void barrier(uint fence) {
    __nvvm_bar_sync(0);
}
BUILTIN size_t get_local_id(uint axis) {
    return __nvvm_read_ptx_sreg_tid_x();
}
BUILTIN size_t get_group_id(uint axis) {
    return __nvvm_read_ptx_sreg_ctaid_x();
}
BUILTIN size_t get_global_id(uint axis) {
    return (size_t)__nvvm_read_ptx_sreg_ctaid_x() * __nvvm_read_ptx_sreg_ntid_x() +
           __nvvm_read_ptx_sreg_tid_x();
}

BUILTIN int min(int a, int b) {
    return a < b ? a : b;
}
BUILTIN int max(int a, int b) {
    return a > b ? a : b;
}
BUILTIN float fma(float a, float b, float c) {
    return __nvvm_fma_rn_f(a, b, c);
}
BUILTIN float4 fma(float4 a, float4 b, float4 c) {
    return (float4)(fma(a.s0, b.s0, c.s0), fma(a.s1, b.s1, c.s1), fma(a.s2, b.s2, c.s2),
                    fma(a.s3, b.s3, c.s3));
}

#define as_int(value) __builtin_astype(value, int)
#define as_uint(value) __builtin_astype(value, uint)
#define as_int4(value) __builtin_astype(value, int4)
#define as_float(value) __builtin_astype(value, float)
#define convert_float(value) ((float)(value))
#define convert_float4(value) __builtin_convertvector(value, float4)
#define convert_int4(value) __builtin_convertvector(value, int4)
#define convert_uchar4(value) __builtin_convertvector(value, uchar4)

BUILTIN float widen(ushort bits) {
    float value;
    __asm__("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}
BUILTIN ushort narrow(float value) {
    ushort bits;
    __asm__("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
}
BUILTIN float4 vload_half4(size_t at, global const half* pointer) {
    global const ushort* bits = (global const ushort*)pointer + 4 * at;
    return (float4)(widen(bits[0]), widen(bits[1]), widen(bits[2]), widen(bits[3]));
}
BUILTIN void vstore_half4_rte(float4 value, size_t at, private half* pointer) {
private
    ushort* bits = (private ushort*)pointer + 4 * at;
    bits[0] = narrow(value.s0), bits[1] = narrow(value.s1);
    bits[2] = narrow(value.s2), bits[3] = narrow(value.s3);
}
