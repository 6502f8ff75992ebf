#include "host/cl/spinning_waits.h"

#include <dlfcn.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>

namespace {

constexpr auto spin_limit = std::chrono::microseconds(200);
constexpr int looks_a_clock = 32;

std::atomic<bool> enabled = false;
std::atomic<std::uint64_t> spun = 0, ended_spinning = 0;
thread_local bool is_enqueuer = false;
// The condition that this thread last spun for in vain: it sleeps when it asks again.
thread_local const pthread_cond_t* in_vain = nullptr;

// What was signalled is counted, conditions that share a counter together: a spurious wake-up is
// allowed, and whoever waits looks at its predicate again.
struct alignas(64) Signals {
    std::atomic<std::uint32_t> count = 0;
};
std::array<Signals, 64> signals;

std::atomic<std::uint32_t>& signals_of(const pthread_cond_t* condition) {
    return signals[(reinterpret_cast<std::uintptr_t>(condition) / sizeof(pthread_cond_t)) %
                   signals.size()]
        .count;
}

// The C library's own. On x86-64 the plain name means a version from before 2.3.2, whose conditions
// look otherwise.
template <class Function>
Function* library(const char* name) {
#if defined(__x86_64__) && defined(__GLIBC__)
    return reinterpret_cast<Function*>(dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2"));
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

bool signalled(const std::atomic<std::uint32_t>& count, std::uint32_t before) {
    const auto started = std::chrono::steady_clock::now();
    do {
        for (int i = 0; i < looks_a_clock; ++i) {
            if (count.load(std::memory_order_acquire) != before) return true;
            pause();
        }
    } while (std::chrono::steady_clock::now() - started < spin_limit);
    return false;
}

// Whoever signals holds the mutex for a moment longer: to sleep for it would be the wait that was
// just spared.
int lock_soon(pthread_mutex_t* mutex) {
    constexpr int most_looks = 1000;
    for (int look = 0; look < most_looks; ++look) {
        if (const int error = pthread_mutex_trylock(mutex); error != EBUSY) return error;
        pause();
    }
    return pthread_mutex_lock(mutex);
}

}  // namespace

extern "C" {

int pthread_cond_signal(pthread_cond_t* condition) {
    static auto* const signal = library<int(pthread_cond_t*)>("pthread_cond_signal");
    signals_of(condition).fetch_add(1, std::memory_order_release);
    return signal(condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) {
    static auto* const broadcast = library<int(pthread_cond_t*)>("pthread_cond_broadcast");
    signals_of(condition).fetch_add(1, std::memory_order_release);
    return broadcast(condition);
}

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    static auto* const wait = library<int(pthread_cond_t*, pthread_mutex_t*)>("pthread_cond_wait");
    if (!enabled.load(std::memory_order_relaxed) || is_enqueuer || in_vain == condition) {
        in_vain = nullptr;
        return wait(condition, mutex);
    }
    const std::atomic<std::uint32_t>& count = signals_of(condition);
    const std::uint32_t before = count.load(std::memory_order_acquire);
    if (const int error = pthread_mutex_unlock(mutex)) return error;
    spun.fetch_add(1, std::memory_order_relaxed);
    if (signalled(count, before))
        ended_spinning.fetch_add(1, std::memory_order_relaxed);
    else
        in_vain = condition;
    return lock_soon(mutex);
}

}  // extern "C"

namespace slimbench {

SpinningWaits::SpinningWaits() : before_{spun, ended_spinning} {
    is_enqueuer = true;
    enabled = true;
}

SpinningWaits::~SpinningWaits() {
    enabled = false;
    is_enqueuer = false;
}

SpinningWaits::Counts SpinningWaits::counts() const {
    return {spun - before_.spun, ended_spinning - before_.ended};
}

}  // namespace slimbench
