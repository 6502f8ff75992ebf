// How samples are taken, on devices whose clocks are made up.
#include "host/measure/sampler.h"

#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Protocol quick{.warm_up = 0, .min_time = 0, .min_samples = 5};

// A device that takes `seconds` for a call, and what its clock makes of that.
struct FakeDevice {
    double seconds = 0;
    double tick = 0;               // of the clock that its events have
    double clock_rate = 1;         // of that clock
    double launch = 10e-6;         // beside the calls, by the host's clock
    double slower_every_time = 1;  // a fixed piece of arithmetic
    double others = 0;             // processors that other processes have
    double ahead = 0;              // what goes ahead of every call
    Protocol protocol = quick;
    std::vector<int> calls_made = {};

    CallTime run(int calls) {
        calls_made.push_back(calls);
        const double busy = calls * seconds;
        const double shown = clock_rate * busy;
        return {tick > 0 ? std::floor(shown / tick) * tick : shown, busy + launch, ahead, true};
    }
    Measurement sampled(WarmUp warm_up = WarmUp::until_stable,
                        std::optional<int> known_calls = {}) {
        double arithmetic = 1e-3;
        const auto slow_down = [&] { return arithmetic *= slower_every_time; };
        const auto started = std::chrono::steady_clock::now();
        const auto processors = [&] {
            const double wall =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
            return ProcessorTime{wall, others * wall};
        };
        return sample(
            "fake", protocol, warm_up, [&](int calls) { return run(calls); },
            {tick, slow_down, processors}, known_calls);
    }
};

TEST(Sampler, takes_one_call_a_sample_where_the_clock_resolves_it) {
    FakeDevice device{.seconds = 1e-3, .tick = 1e-6};
    const Measurement measured = device.sampled();
    EXPECT_EQ(measured.calls_per_sample, 1);
    EXPECT_EQ(measured.device.size(), 5u);
    EXPECT_THAT(measured.flags, IsEmpty());
}

// Passes that go ahead of a sample are in no time that the call returns.
TEST(Sampler, tells_what_sampling_took_with_what_its_samples_leave_out) {
    constexpr std::chrono::milliseconds unseen{2};
    const auto call = [&](int) {
        std::this_thread::sleep_for(unseen);
        return CallTime{1e-6, 1e-6};
    };
    const Clocks clocks{0, [] { return 1.0; }, [] { return ProcessorTime{}; }};
    const Measurement measured = sample("fake", quick, WarmUp::none, call, clocks);
    ASSERT_TRUE(measured.sampling);
    EXPECT_GE(*measured.sampling, 5 * std::chrono::duration<double>(unseen).count());
}

TEST(Sampler, says_that_the_clock_rate_of_the_device_fell) {
    FakeDevice device{.seconds = 1e-3, .slower_every_time = 1.1};
    EXPECT_THAT(device.sampled().flags, ElementsAre("throttled"));
}

TEST(Sampler, says_that_others_had_the_processors) {
    FakeDevice device{.seconds = 1e-3, .others = 0.9};
    EXPECT_THAT(device.sampled().flags, IsEmpty()) << "too short to tell";
    device.protocol.warm_up = 0.25;
    EXPECT_THAT(device.sampled().flags, ElementsAre("busy"));
    device.others = 0.1;
    EXPECT_THAT(device.sampled().flags, IsEmpty());
}

TEST(Sampler, makes_a_sample_of_calls_enough_for_a_hundred_ticks) {
    FakeDevice device{.seconds = 5.3e-6, .tick = 1e-6};
    const Measurement measured = device.sampled();
    EXPECT_EQ(measured.calls_per_sample, 32) << "16 calls have 84 ticks";
    ASSERT_EQ(measured.device.size(), 5u);
    for (const double seconds : measured.device)
        EXPECT_NEAR(seconds, device.seconds, device.tick / 32) << "of one call";
    EXPECT_NEAR(measured.host.front(), device.seconds + device.launch / 32, 1e-9);
    EXPECT_THAT(measured.flags, Not(Contains("coarse_timer")));
}

TEST(Sampler, ends_with_the_calls_of_its_samples) {
    FakeDevice device{.seconds = 5.3e-6, .tick = 1e-6};
    const Measurement measured = device.sampled();
    const std::vector<int> last(device.calls_made.end() - 5, device.calls_made.end());
    EXPECT_THAT(last, Each(measured.calls_per_sample));
}

TEST(Sampler, leaves_a_cold_call_alone_and_says_that_its_clock_is_coarse) {
    FakeDevice device{.seconds = 5e-6, .tick = 1e-6};
    const Measurement measured = device.sampled(WarmUp::none);
    EXPECT_THAT(device.calls_made, Each(1));
    EXPECT_EQ(measured.calls_per_sample, 1);
    EXPECT_THAT(measured.flags, Contains("coarse_timer"));
}

TEST(Sampler, gives_up_on_a_clock_that_stands_still) {
    FakeDevice device{.seconds = 1e-6, .tick = 1};
    const Measurement measured = device.sampled();
    EXPECT_THAT(measured.flags, Contains("coarse_timer"));
    EXPECT_THAT(measured.flags, Contains("timer_disagreement"));
}

// Alone, a call of 50 us differs from the host's time by less than a launch may cost.
TEST(Sampler, compares_the_clocks_over_a_run_that_no_launch_hides) {
    FakeDevice honest{.seconds = 50e-6}, slow{.seconds = 50e-6, .clock_rate = 0.5},
        fast{.seconds = 50e-6, .clock_rate = 1.1};
    EXPECT_THAT(honest.sampled().flags, Not(Contains("timer_disagreement")));
    EXPECT_THAT(slow.sampled().flags, Contains("timer_disagreement"));
    EXPECT_THAT(fast.sampled().flags, Contains("timer_disagreement"));
    EXPECT_THAT(slow.calls_made, Contains(Ge(100)));
}

TEST(Sampler, goes_on_with_the_calls_of_earlier_blocks_and_looks_for_nothing) {
    FakeDevice device{.seconds = 1e-6, .tick = 1e-6, .clock_rate = 2};
    const Measurement measured = device.sampled(WarmUp::until_stable, 8);
    EXPECT_EQ(measured.calls_per_sample, 8);
    EXPECT_THAT(device.calls_made, ElementsAre(1, 8, 8, 8, 8, 8));
}

TEST(Sampler, samples_for_as_long_as_it_is_told_with_what_goes_ahead_of_calls) {
    FakeDevice alone{.seconds = 1e-3, .launch = 0, .protocol = {.warm_up = 0, .min_time = 0.1}};
    EXPECT_EQ(alone.sampled().device.size(), 100u);
    FakeDevice led = alone;
    led.ahead = 1e-3;
    led.calls_made.clear();
    EXPECT_EQ(led.sampled().device.size(), 50u);
    EXPECT_EQ(led.calls_made[1], 10) << "both clocks are compared over 10 ms";
}

TEST(Sampler, takes_no_more_samples_than_the_protocol_has) {
    FakeDevice device{.seconds = 1e-6,
                      .protocol = {.warm_up = 0, .min_time = 1, .max_samples = 20}};
    EXPECT_EQ(device.sampled().device.size(), 20u);
    device.protocol.min_samples = 30;
    EXPECT_EQ(device.sampled().device.size(), 30u);
}

}  // namespace
}  // namespace slimbench
