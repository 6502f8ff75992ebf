#include "host/cl/spinning_waits.h"

#include <dlfcn.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>

namespace {

using namespace std::chrono_literals;

constexpr auto spin_limit = 200us, turn_limit = 5us;
constexpr int looks_a_clock = 16;

std::atomic<bool> enabled = false;
std::atomic<std::uint64_t> spun = 0, ended_spinning = 0, turns = 0;
thread_local bool is_enqueuer = false;
// The condition that this thread last spun for in vain: it sleeps when it asks again.
thread_local const pthread_cond_t* in_vain = nullptr;

// How many signals a thread had seen when it last set about what they were for: locked something
// else, or waited again. Whoever sleeps, or is not there, has seen all that may come: nobody waits
// for it.
constexpr std::uint64_t asleep = ~std::uint64_t{0} - 1, nobody = asleep + 1;
struct alignas(64) Place {
    std::atomic<std::uint64_t> seen = nobody;
};

// What was signalled is counted, conditions that share a counter together: a spurious wake-up is
// allowed, and whoever waits looks at its predicate again. The threads that wait have a place each,
// in the order in which they take turns; those beyond the last place take none.
struct alignas(64) Signals {
    std::atomic<std::uint64_t> count = 0;
    std::array<Place, 8> places;
};
std::array<Signals, 64> all_signals;

Signals& signals_of(const pthread_cond_t* condition) {
    return all_signals[(reinterpret_cast<std::uintptr_t>(condition) / sizeof(pthread_cond_t)) %
                       all_signals.size()];
}

// This thread's place and the mutex that guards what it waits for.
struct Turn {
    Signals* signals;
    const pthread_mutex_t* mutex;
    Place* place;
    Place* before;           // null for the first
    std::uint64_t given_up;  // the count for which the thread before did not come in time
};
thread_local constinit Turn turn{};

// Leaves the place when the thread ends.
struct Leaving {
    ~Leaving() {
        if (turn.place != nullptr) turn.place->seen = nobody;
        turn = {};
    }
};
thread_local Leaving leaving;

void take_place(Signals& signals, const pthread_mutex_t* mutex) {
    Place* before = nullptr;
    for (Place& place : signals.places) {
        std::uint64_t free = nobody;
        if (place.seen.compare_exchange_strong(free, signals.count)) {
            [[maybe_unused]] const auto* leaves = &leaving;
            turn = {&signals, mutex, &place, before, 0};
            return;
        }
        before = &place;
    }
}

// The C library's own. On x86-64 the plain name means a version from before 2.3.2, whose conditions
// look otherwise.
template <class Function>
Function* library(const char* name, [[maybe_unused]] const char* version = "GLIBC_2.3.2") {
#if defined(__x86_64__) && defined(__GLIBC__)
    return reinterpret_cast<Function*>(dlvsym(RTLD_NEXT, name, version));
#else
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
#endif
}

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

template <class Predicate>
bool spin_until(Predicate came, std::chrono::microseconds limit) {
    const auto started = std::chrono::steady_clock::now();
    do {
        for (int i = 0; i < looks_a_clock; ++i) {
            if (came()) return true;
            pause();
        }
    } while (std::chrono::steady_clock::now() - started < limit);
    return false;
}

// Lets the thread before this one go first. That this one may lock when the other only holds the
// mutex is not enough: it would sleep for it, and come too late for its share.
void await_turn() {
    if (turn.before == nullptr) return;
    const std::uint64_t now = turn.signals->count.load(std::memory_order_acquire);
    if (turn.given_up == now) return;
    const auto came = [now] { return turn.before->seen.load(std::memory_order_acquire) >= now; };
    if (came()) return;
    turns.fetch_add(1, std::memory_order_relaxed);
    if (!spin_until(came, turn_limit)) turn.given_up = now;
}

void note_seen() {
    if (turn.place == nullptr) return;
    turn.place->seen.store(turn.signals->count.load(std::memory_order_acquire),
                           std::memory_order_release);
}

int plain_lock(pthread_mutex_t* mutex) {
    static auto* const lock = library<int(pthread_mutex_t*)>("pthread_mutex_lock", "GLIBC_2.2.5");
    return lock(mutex);
}

// Whoever signals, or goes first, holds the mutex for a moment longer: to sleep for it would be the
// wait that was just spared.
int lock_soon(pthread_mutex_t* mutex) {
    constexpr int most_looks = 1000;
    for (int look = 0; look < most_looks; ++look) {
        if (const int error = pthread_mutex_trylock(mutex); error != EBUSY) return error;
        pause();
    }
    return plain_lock(mutex);
}

}  // namespace

extern "C" {

int pthread_cond_signal(pthread_cond_t* condition) {
    static auto* const signal = library<int(pthread_cond_t*)>("pthread_cond_signal");
    signals_of(condition).count.fetch_add(1, std::memory_order_release);
    return signal(condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) {
    static auto* const broadcast = library<int(pthread_cond_t*)>("pthread_cond_broadcast");
    signals_of(condition).count.fetch_add(1, std::memory_order_release);
    return broadcast(condition);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
    if (turn.place == nullptr || !enabled.load(std::memory_order_relaxed)) return plain_lock(mutex);
    if (mutex == turn.mutex) {
        await_turn();
        return lock_soon(mutex);
    }
    const int error = plain_lock(mutex);
    note_seen();
    return error;
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    static auto* const wait = library<int(pthread_cond_t*, pthread_mutex_t*)>("pthread_cond_wait");
    if (!enabled.load(std::memory_order_relaxed) || is_enqueuer || in_vain == condition) {
        in_vain = nullptr;
        if (turn.place != nullptr) turn.place->seen = asleep;
        const int error = wait(condition, mutex);
        note_seen();
        return error;
    }
    Signals& signals = signals_of(condition);
    const std::uint64_t before = signals.count.load(std::memory_order_acquire);
    if (turn.place == nullptr) take_place(signals, mutex);
    note_seen();
    if (const int error = pthread_mutex_unlock(mutex)) return error;
    spun.fetch_add(1, std::memory_order_relaxed);
    const auto signalled = [&] { return signals.count.load(std::memory_order_acquire) != before; };
    if (spin_until(signalled, spin_limit))
        ended_spinning.fetch_add(1, std::memory_order_relaxed);
    else
        in_vain = condition;
    await_turn();
    return lock_soon(mutex);
}

}  // extern "C"

namespace slimbench {

SpinningWaits::SpinningWaits() : before_{spun, ended_spinning, turns} {
    is_enqueuer = true;
    enabled = true;
}

SpinningWaits::~SpinningWaits() {
    enabled = false;
    is_enqueuer = false;
}

SpinningWaits::Counts SpinningWaits::counts() const {
    return {spun - before_.spun, ended_spinning - before_.ended, turns - before_.turns};
}

}  // namespace slimbench
