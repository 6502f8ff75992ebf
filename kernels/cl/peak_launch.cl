// Probe: a launch that does next to nothing.
#include "peak.clh"

KERNEL peak_launch(PEAK_ARGUMENTS) {
    output[get_global_id(0)] = (int)passes;
}
