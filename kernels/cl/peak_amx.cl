// Probe: products of tiles of AMX. The operands of each of `length` steps are loaded once and
// multiplied `passes` times: PIXELS x VECTORS x LANES sums, 32 by 32.
//
// Input [step][PIXELS][64], weights [step][16][VECTORS][LANES][4].
#include "amx.clh"
#include "peak.clh"

#if PIXELS != 2 * TILE_ROWS || VECTORS != 2 || LANES != 16
#error "four registers of sums are 32 by 32"
#endif

KERNEL peak_amx(PEAK_ARGUMENTS) {
    const int step_of_weights = VECTORS * LANES * 4;
    shape_tiles(TILE_ROWS, TILE_BYTES);
    __asm__ volatile("tilezero %tmm0\n\ttilezero %tmm1\n\ttilezero %tmm2\n\ttilezero %tmm3");
#pragma nounroll
    for (uint step = 0; step < length; ++step) {
        LOAD_TILE(4, input, TILE_BYTES);
        LOAD_TILE(5, input + TILE_ROWS * TILE_BYTES, TILE_BYTES);
        LOAD_TILE(6, weights, step_of_weights);
        LOAD_TILE(7, weights + LANES * 4, step_of_weights);
#pragma nounroll
        for (uint pass = 0; pass < passes; ++pass) {
            ADD_PRODUCTS(0, 4, 6);
            ADD_PRODUCTS(1, 4, 7);
            ADD_PRODUCTS(2, 5, 6);
            ADD_PRODUCTS(3, 5, 7);
        }
        input += PIXELS * TILE_BYTES;
        weights += TILE_BYTES / 4 * step_of_weights;
    }
    const int row = VECTORS * LANES;
    global int* sums = output + get_global_id(0) * PIXELS * row;
    STORE_TILE(0, sums, row * 4);
    STORE_TILE(1, sums + LANES, row * 4);
    STORE_TILE(2, sums + TILE_ROWS * row, row * 4);
    STORE_TILE(3, sums + TILE_ROWS * row + LANES, row * 4);
    release_tiles();
}
