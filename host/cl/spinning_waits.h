// Lets a driver's threads spin for their next work before they sleep, as OpenMP's do, and take it
// in the same order each time.
#pragma once

#include <cstdint>

namespace slimbench {

// While it lives, every thread of the process but the one that made it spins for up to 200 us
// before it sleeps in pthread_cond_wait. PoCL's threads wait there between two launches: one that
// sleeps has to be woken, and a core without work goes idle, which on a virtual machine costs each
// launch about 8 us (docs/performance.md). It works on every driver that waits there and takes
// effect with nothing else; a program has it by linking this file, which defines pthread_cond_wait,
// _signal, _broadcast and pthread_mutex_lock in front of the C library's.
//
// PoCL hands work-groups to its threads in the order in which they ask: the first has the first
// half of two threads' work. When threads are signalled, they therefore lock the mutex that they
// wait with in one order, that of their first waits; each waits up to 5 us for the one before it.
// The same core then has the same half of a layer in each pass, and finds it in its own caches.
//
// One at a time; the thread that made it is the one that enqueues and must keep a core to itself.
class SpinningWaits {
public:
    SpinningWaits();
    ~SpinningWaits();
    SpinningWaits(const SpinningWaits&) = delete;
    SpinningWaits& operator=(const SpinningWaits&) = delete;

    // Since it was made: waits that spun first (none where a driver waits otherwise), those of them
    // that ended before they slept, and how often a thread waited for the one before it.
    struct Counts {
        std::uint64_t spun, ended, turns;
    };
    Counts counts() const;

private:
    Counts before_;
};

}  // namespace slimbench
