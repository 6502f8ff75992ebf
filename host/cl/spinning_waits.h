// Lets a driver's threads spin for their next work before they sleep, as OpenMP's do.
#pragma once

#include <cstdint>

namespace slimbench {

// While it lives, every thread of the process but the one that made it spins for up to 200 us
// before it sleeps in pthread_cond_wait. PoCL's threads wait there between two launches: one that
// sleeps has to be woken, and a core without work goes idle, which on a virtual machine costs each
// launch about 8 us (docs/performance.md). It works on every driver that waits there and takes
// effect with nothing else; a program has it by linking this file, which defines pthread_cond_wait,
// _signal and _broadcast in front of the C library's.
//
// One at a time; the thread that made it is the one that enqueues and must keep a core to itself.
class SpinningWaits {
public:
    SpinningWaits();
    ~SpinningWaits();
    SpinningWaits(const SpinningWaits&) = delete;
    SpinningWaits& operator=(const SpinningWaits&) = delete;

    // Waits since it was made that spun first (none where a driver waits otherwise), and those of
    // them that ended before they slept.
    struct Counts {
        std::uint64_t spun, ended;
    };
    Counts counts() const;

private:
    Counts before_;
};

}  // namespace slimbench
