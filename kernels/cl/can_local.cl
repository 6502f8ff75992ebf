// Capability: local memory of LARGE_LOCAL_BYTES in a work-group. The work-items fill all of it,
// each every 32nd word, and look for what a neighbour has left: one word if all of them are right.
#include "abi.h"
#include "can.clh"

#define LOCAL_WORDS (LARGE_LOCAL_BYTES / 4)

CAN_KERNEL can_local(CAN_ARGUMENTS) {
    local uint words[LOCAL_WORDS];
    const uint i = get_global_id(0), neighbour = (i + 1) % 32;
    for (uint w = i; w < LOCAL_WORDS; w += 32) words[w] = w + input[i];
    barrier(CLK_LOCAL_MEM_FENCE);
    uint wrong = 0;
    for (uint w = neighbour; w < LOCAL_WORDS; w += 32)
        wrong |= words[w] ^ (w + input[neighbour]);
    output[i] = wrong ? 0 : input[neighbour];
}
