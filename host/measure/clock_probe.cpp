#include "host/measure/clock_probe.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace slimbench {

double clock_probe() {
    double best = std::numeric_limits<double>::infinity();
    for (int run = 0; run < 5; ++run) {
        const auto started = std::chrono::steady_clock::now();
        // A chain of dependent multiplications: its time depends on the clock rate and on nothing
        // else.
        std::uint64_t state = 1;
        for (int i = 0; i < 200'000; ++i) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            asm volatile("" : "+r"(state));
        }
        best = std::min(
            best,
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    }
    return best;
}

}  // namespace slimbench
