// Peaks of a device that nobody has, with round numbers.
#pragma once

#include "host/record/peaks.h"

namespace slimbench {

// 100 GMAC/s in FP32, 400 in INT8; 1 MB of cache at 100 GB/s, 10 MB at 50 GB/s, memory at 10 GB/s;
// a launch takes a microsecond alone, two in a chain.
inline Peaks round_peaks() {
    Peaks peaks;
    peaks.rates = {{"fp32", "fp32", "fused multiply-add", 100e9},
                   {"fp16", "fp32", "halves widened, fused multiply-add", 80e9},
                   {"int8", "int8", "vpdpbusd", 400e9}};
    peaks.bandwidths = {
        {"L2", 1'000'000, 100e9, 60e9}, {"L3", 10'000'000, 40e9, 50e9}, {"memory", 0, 10e9, 8e9}};
    peaks.launch = 1e-6;
    peaks.launch_in_chain = 2e-6;
    peaks.launch_by_host = 20e-6;
    peaks.timer_step = 1e-9;
    peaks.time = "2026-01-02T03:04:05Z";
    peaks.kernels = "0123456789abcdef";
    return peaks;
}

}  // namespace slimbench
