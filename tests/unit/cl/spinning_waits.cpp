#include "host/cl/spinning_waits.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

namespace slimbench::testing {
namespace {

// Hands a number to and fro between two threads, each of which waits for its turn.
void play(int turns, std::chrono::microseconds thinking) {
    std::mutex mutex;
    std::condition_variable changed;
    int turn = 0;
    const auto player = [&](int parity) {
        for (;;) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return turn % 2 == parity || turn >= turns; });
            if (turn >= turns) return;
            lock.unlock();
            std::this_thread::sleep_for(thinking);
            lock.lock();
            ++turn;
            lock.unlock();
            changed.notify_one();
        }
    };
    std::thread even(player, 0), odd(player, 1);
    even.join();
    odd.join();
}

TEST(SpinningWaits, neither_lose_nor_invent_a_turn) {
    const SpinningWaits waits;
    play(20'000, std::chrono::microseconds(0));
    EXPECT_GT(waits.counts().spun, 0u);
}

TEST(SpinningWaits, sleep_when_nothing_comes_for_long) {
    constexpr int turns = 20;
    const SpinningWaits waits;
    play(turns, std::chrono::milliseconds(5));
    EXPECT_LT(waits.counts().ended, waits.counts().spun)
        << "spun through what should have been slept through";
}

// The first to wait has the first turn: while it is about something else, the second waits for it.
TEST(SpinningWaits, let_the_thread_before_go_first) {
    const SpinningWaits waits;
    std::mutex mutex;
    std::condition_variable changed;
    bool begun = false;
    int signals = 0;
    std::thread first([&] {
        std::unique_lock lock(mutex);
        begun = true;
        changed.wait(lock, [&] { return signals > 0; });
        lock.unlock();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    });
    const auto signal = [&] {
        const std::scoped_lock lock(mutex);
        ++signals;
        changed.notify_all();
    };
    for (bool waiting = false; !waiting;) {
        const std::scoped_lock lock(mutex);
        waiting = begun;  // and gave the mutex back
    }
    constexpr int last = 500;
    std::thread second([&] {
        std::unique_lock lock(mutex);
        for (int seen = 0; seen < last; seen = signals)
            changed.wait(lock, [&] { return signals > seen; });
    });
    for (int i = 0; i < last; ++i) {
        std::this_thread::sleep_for(std::chrono::microseconds(20));
        signal();
    }
    first.join();
    second.join();
    EXPECT_GT(waits.counts().turns, 0u);
}

}  // namespace
}  // namespace slimbench::testing
