// Capability: a work-item reads a register of another, in subgroups of 32. Each takes its word from
// the neighbour.
#include "can.clh"

CAN_KERNEL can_shuffle(CAN_ARGUMENTS) {
    const uint i = get_global_id(0);
    const uint own = input[i], from = (i + 1) % 32;
    uint other;
    __asm__ volatile("shfl.sync.idx.b32 %0, %1, %2, 0x1f, 0xffffffff;"
                     : "=r"(other)
                     : "r"(own), "r"(from));
    output[i] = other;
}
