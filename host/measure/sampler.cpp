#include "host/measure/sampler.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include "host/record/statistics.h"

namespace slimbench {

namespace {

constexpr double stable_within = 0.03;  // medians of two successive windows of calls
constexpr int stable_window = 3;
constexpr double warm_up_limit_factor = 10;  // gives up on stability; the flags tell
constexpr double clock_limit = 1.05;         // probe after over probe before
constexpr double gap_share = 0.2;            // of the host's time outside the device's span
constexpr double gap_floor = 300e-6;         // launch floors of tiny rows are no disagreement
constexpr double least_ticks = 100;          // of the device's clock in a sample
constexpr int most_calls = 4096;             // in a sample
constexpr double long_run = 10e-3;           // seconds in which both clocks must agree
constexpr double busy_limit = 0.5;           // processors that others had
constexpr double busy_window = 0.2;          // seconds from which on that can be told

class SilentReporter : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs)
            if (run.error_occurred) error = run.error_message;
    }
    std::string error;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median_of(std::span<const double> values) {
    return summarize(values).median;
}

bool stable(std::span<const double> times) {
    if (times.size() < 2 * stable_window) return false;
    const double last = median_of(times.last(stable_window));
    const double before = median_of(times.subspan(times.size() - 2 * stable_window, stable_window));
    return std::abs(last - before) <= stable_within * before;
}

struct Warmed {
    double spent = 0;  // seconds
    double host = 0;   // expected seconds of a call, host side
    double ahead = 0;  // of what goes ahead of a sample's
};

Warmed warm(const Protocol& protocol, WarmUp kind, const Calls& call, bool until_stable) {
    if (kind == WarmUp::none) return {};
    const auto started = std::chrono::steady_clock::now();
    std::vector<double> times, ahead;
    do {
        const CallTime time = call(1);
        times.push_back(time.host);
        ahead.push_back(time.ahead);
    } while (seconds_since(started) < protocol.warm_up ||
             (until_stable && !stable(times) &&
              seconds_since(started) < warm_up_limit_factor * protocol.warm_up));
    const std::size_t window = std::min<std::size_t>(times.size(), stable_window);
    return {seconds_since(started), median_of(std::span(times).last(window)),
            median_of(std::span(ahead).last(window))};
}

// Doubled until the device's clock resolves them: a time of a few ticks says little about how many
// calls are needed.
int calls_per_sample(WarmUp kind, const Calls& call, double tick) {
    int calls = 1;
    if (kind == WarmUp::none || tick <= 0) return calls;
    while (calls < most_calls && call(calls).device < least_ticks * tick) calls *= 2;
    return calls;
}

int sample_count(const Protocol& protocol, WarmUp kind, double seconds) {
    if (kind == WarmUp::none) return protocol.min_samples;
    const double wanted = std::ceil(protocol.min_time / std::max(seconds, 1e-9));
    return static_cast<int>(std::clamp<double>(
        wanted, protocol.min_samples, std::max(protocol.min_samples, protocol.max_samples)));
}

void host_by_google_benchmark(const std::string& name, int iterations,
                              const std::function<double()>& seconds) {
    benchmark::RegisterBenchmark(name.c_str(),
                                 [&](benchmark::State& state) {
                                     for (auto _ : state) {
                                         (void)_;
                                         state.SetIterationTime(seconds());
                                     }
                                 })
        ->UseManualTime()
        ->Iterations(iterations);
    SilentReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter, "all");
    benchmark::ClearRegisteredBenchmarks();
    if (!reporter.error.empty()) throw std::runtime_error(name + ": " + reporter.error);
}

bool disagree(double device, double host) {
    return device > host || host - device > std::max(gap_share * host, gap_floor);
}

// Whether the two clocks disagree about a run so long that the cost of one launch does not hide it.
bool clocks_disagree(WarmUp kind, const Calls& call, double per_call) {
    if (kind == WarmUp::none) return false;
    const double calls = std::ceil(long_run / std::max(per_call, 1e-9));
    const CallTime run = call(static_cast<int>(std::min<double>(calls, most_calls)));
    return disagree(run.device, run.host);
}

struct Doubts {
    bool clock_ran = true, clocks_disagree = false;
    double clock_ratio = 1;  // time of a fixed piece of arithmetic after sampling over before
    double tick = 0;
};

std::vector<std::string> find_flags(const Measurement& measured, const Doubts& doubts) {
    std::vector<std::string> flags;
    if (drifts(measured.device)) flags.emplace_back(trend_flag);
    if (doubts.clock_ratio > clock_limit) flags.emplace_back("throttled");
    const double device = median_of(measured.device) * measured.calls_per_sample;
    const double host = median_of(measured.host) * measured.calls_per_sample;
    if (doubts.clocks_disagree || disagree(device, host)) flags.emplace_back("timer_disagreement");
    if (!doubts.clock_ran) flags.emplace_back("end_before_start");
    if (device < least_ticks * doubts.tick) flags.emplace_back("coarse_timer");
    if (was_busy(measured)) flags.emplace_back(busy_flag);
    return flags;
}

}  // namespace

Measurement sample(const std::string& name, const Protocol& protocol, WarmUp warm_up,
                   const Calls& call, const Clocks& clocks, std::optional<int> known_calls) {
    const ProcessorTime started = clocks.processors();
    const Warmed warmed = warm(protocol, warm_up, call, !known_calls);
    const auto warmed_at = std::chrono::steady_clock::now();
    Measurement measured;
    measured.warmup = warmed.spent;
    measured.calls_per_sample =
        known_calls ? *known_calls : calls_per_sample(warm_up, call, clocks.tick);
    Doubts doubts{.clocks_disagree = !known_calls && clocks_disagree(warm_up, call, warmed.host),
                  .tick = clocks.tick};
    const int calls = measured.calls_per_sample;
    const double clock_before = clocks.arithmetic();
    host_by_google_benchmark(
        name, sample_count(protocol, warm_up, calls * warmed.host + warmed.ahead), [&] {
            const CallTime time = call(calls);
            measured.device.push_back(time.device / calls);
            measured.host.push_back(time.host / calls);
            doubts.clock_ran = doubts.clock_ran && time.clock_ran;
            return time.device;
        });
    doubts.clock_ratio = clocks.arithmetic() / clock_before;
    const ProcessorTime ended = clocks.processors();
    measured.sampling = seconds_since(warmed_at);
    measured.others = ended.others - started.others;
    measured.flags = find_flags(measured, doubts);
    return measured;
}

}  // namespace slimbench
