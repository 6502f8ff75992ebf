#include "host/measure/clock_probe.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace slimbench {

namespace {

constexpr int runs = 5;

}  // namespace

double clock_probe() {
    double best = std::numeric_limits<double>::infinity();
    for (int run = 0; run < runs; ++run) {
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

DeviceClock::DeviceClock(Device& device, ProgramCache& programs) {
    constexpr double long_enough = 1e-3;
    if (device.traits().cpu()) return;
    run_.emplace(device, programs, choose_probe(Quantity::fp32, device.traits()),
                 launch_on(device.traits()));
    while ((*this)() < long_enough && passes_ < run_->most_passes() / 2) passes_ *= 2;
}

double DeviceClock::operator()() {
    if (!run_) return clock_probe();
    double best = std::numeric_limits<double>::infinity();
    for (int run = 0; run < runs; ++run) best = std::min(best, run_->run(passes_).device.seconds());
    return best;
}

}  // namespace slimbench
