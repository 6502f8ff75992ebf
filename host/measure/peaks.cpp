#include "host/measure/peaks.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "host/cl/probe_run.h"
#include "host/measure/caches.h"

namespace slimbench {

namespace {

// A device's best is what noise has spared: many short launches find a quiet moment more easily
// than a few long ones, as long as waking the threads does not count.
constexpr double launch_seconds = 4e-3;
constexpr int launches = 40;
// Walking once through what a last-level cache of hundreds of MB cannot hold takes long enough to
// have quiet moments of its own.
constexpr int fewest_launches = 8;
constexpr double enough_seconds = 0.5;
constexpr int empty_launches = 200;
constexpr int chains = 10;

constexpr std::uint32_t steps_of_operands = 32;  // of peak_dot and peak_bits: a few kB

// A level of memory, and how much of it probes walk through in each pass.
struct Level {
    std::string name;
    std::uint64_t bytes = 0;  // all instances together; 0 for memory
    std::uint64_t walked = 0;
};

std::vector<Level> caches_of(const Device& device) {
    std::vector<Level> levels;
    const auto add = [&](std::string name, std::uint64_t bytes) {
        // Well inside this level, well beyond the one before.
        const std::uint64_t before = levels.empty() ? 0 : levels.back().bytes;
        const std::uint64_t walked =
            levels.empty() ? bytes / 2 : std::min(bytes / 2, std::max(bytes / 4, 4 * before));
        levels.push_back({std::move(name), bytes, walked});
    };
    const std::uint64_t units = std::max(1u, device.traits().compute_units);
    if (device.traits().cpu())
        for (const Cache& cache : processor_caches())
            if (cache.type != "Instruction")
                add(fmt::format("L{}", cache.level),
                    cache.bytes * ((units + cache.sharers() - 1) / cache.sharers()));
    const auto global = device.handle().getInfo<CL_DEVICE_GLOBAL_MEM_CACHE_SIZE>();
    if (levels.empty() && global > 0) add("cache", global);
    return levels;
}

std::vector<Level> levels_of(const Device& device, std::uint64_t free_memory) {
    std::vector<Level> levels = caches_of(device);
    // Random replacement keeps a fiftieth of what is four times larger than a cache.
    constexpr std::uint64_t least = std::uint64_t{256} << 20;
    const std::uint64_t last_cache = levels.empty() ? 0 : levels.back().bytes;
    const std::uint64_t most = std::min(free_memory / 4, device.traits().largest_allocation);
    levels.push_back({"memory", 0, std::min(most, std::max(least, 4 * last_cache))});
    return levels;
}

// Each work-item walks through its share of `bytes`, in whole rounds of the vectors in flight.
ProbeLaunch walk(const DeviceTraits& device, const Probe& probe, std::uint64_t bytes) {
    ProbeLaunch launch = launch_on(device);
    const auto in_flight = static_cast<std::uint64_t>(probe.tile.pixels);
    const std::uint64_t vector = static_cast<std::uint64_t>(probe.tile.lanes) * 4;
    const std::uint64_t rounds = bytes / (launch.items() * vector * in_flight);
    launch.length = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, rounds) * in_flight);
    return launch;
}

void expect_right(ProbeRun& run) {
    if (const auto fault = run.fault())
        throw std::runtime_error(
            fmt::format("a probe computed something else than it must: {}", *fault));
}

// As many passes as fill a launch. One that waited for the processor would seem to be full.
std::uint32_t fitting_passes(ProbeRun& run) {
    const auto seconds_of = [&](std::uint32_t passes) {
        const double first = run.run(passes).device.seconds();
        return std::max(std::min(first, run.run(passes).device.seconds()), 1e-7);
    };
    std::uint32_t passes = 1;
    while (true) {
        const double seconds = seconds_of(passes);
        if (seconds >= launch_seconds / 2 || passes >= run.most_passes()) return passes;
        const double wanted = passes * std::clamp(launch_seconds / seconds, 1.5, 50.0) + 1;
        passes =
            static_cast<std::uint32_t>(std::min(wanted, static_cast<double>(run.most_passes())));
    }
}

// Multiply-adds or bytes per second.
double best_rate(Device& device, ProgramCache& programs, const Probe& probe,
                 const ProbeLaunch& launch) {
    ProbeRun run(device, programs, probe, launch);
    const std::uint32_t passes = fitting_passes(run);
    double best = std::numeric_limits<double>::infinity(), spent = 0;
    for (int i = 0; i < launches && (i < fewest_launches || spent < enough_seconds); ++i) {
        const double seconds = run.run(passes).device.seconds();
        if (seconds > 0) best = std::min(best, seconds);
        spent += seconds;
    }
    expect_right(run);
    if (!(best < std::numeric_limits<double>::infinity()))
        throw std::runtime_error(
            "the device's events end no later than they start: its clock cannot time a probe");
    return run.work_per_pass() * passes / best;
}

// What all differences between times are multiples of.
double step_of(const std::vector<std::uint64_t>& times_ns) {
    std::uint64_t step = 0;
    for (const std::uint64_t time : times_ns)
        step = std::gcd(step, time > times_ns[0] ? time - times_ns[0] : times_ns[0] - time);
    return 1e-9 * static_cast<double>(step);
}

void measure_launches(Device& device, ProgramCache& programs, Peaks& peaks) {
    ProbeRun run(device, programs, choose_probe(Quantity::launch, device.traits()), {});
    peaks.launch = peaks.launch_by_host = peaks.launch_in_chain =
        std::numeric_limits<double>::infinity();
    std::vector<std::uint64_t> times_ns;
    for (int i = 0; i < empty_launches; ++i) {
        const ProbeTime time = run.run(1);
        peaks.launch = std::min(peaks.launch, std::max(time.device.seconds(), 0.0));
        peaks.launch_by_host = std::min(peaks.launch_by_host, time.host);
        times_ns.push_back(time.device.start_ns);
        times_ns.push_back(time.device.end_ns);
    }
    for (int i = 0; i < chains; ++i)
        peaks.launch_in_chain = std::min(peaks.launch_in_chain,
                                         run.run_chain(empty_launches).seconds() / empty_launches);
    expect_right(run);
    peaks.timer_step = step_of(times_ns);
}

}  // namespace

Peaks measure_peaks(Device& device, ProgramCache& programs, std::uint64_t free_memory,
                    const std::function<void(std::size_t, std::size_t)>& progress) {
    const DeviceTraits& traits = device.traits();
    const std::vector<Level> levels = levels_of(device, free_memory);
    const std::size_t total = multiply_adds.size() + 2 * levels.size() + 1;
    std::size_t done = 0;
    const auto measure = [&](Quantity quantity, std::uint64_t walked) {
        progress(done++, total);
        const Probe& probe = choose_probe(quantity, traits);
        ProbeLaunch launch = launch_on(traits);
        launch.length = steps_of_operands;
        if (walked > 0) launch = walk(traits, probe, walked);
        return best_rate(device, programs, probe, launch);
    };

    Peaks peaks;
    for (const Quantity quantity : multiply_adds) {
        const Probe& probe = choose_probe(quantity, traits);
        const double rate = measure(quantity, 0);
        if (finds_ceiling(probe, traits))
            peaks.rates.push_back({std::string(name(quantity)), std::string(probe.compute()),
                                   std::string(probe.idiom), rate});
    }
    for (const Level& level : levels) {
        const bool memory = level.bytes == 0;
        const Quantity copy = memory ? Quantity::stream : Quantity::copy;
        peaks.bandwidths.push_back({level.name, level.bytes, measure(Quantity::read, level.walked),
                                    measure(copy, level.walked / 2)});
    }
    progress(done, total);
    measure_launches(device, programs, peaks);
    return peaks;
}

}  // namespace slimbench
