#include "host/run/library_probe.h"

#include <algorithm>

#include <fmt/format.h>

namespace slimbench {

namespace {

// What a row costs at least: first inference and verification, then in four blocks beside ours the
// calls until two windows agree and three samples each.
constexpr int least_passes = 40;

}  // namespace

std::optional<LibraryProbe> probe_library(Chain& chain, const Plan& plan) {
    std::int64_t all = 0, most = 0;
    std::size_t largest = 0;
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
        const PlannedStep& step = plan.steps[s];
        if (!step.gemm) continue;
        all += step.macs;
        if (step.macs <= most) continue;
        most = step.macs;
        largest = s;
    }
    if (most == 0) return std::nullopt;
    LibraryProbe probe;
    probe.first_call = chain.run(largest, largest + 1).host;
    probe.rate = static_cast<double>(most) / chain.run(largest, largest + 1).host;
    probe.pass = static_cast<double>(all) / probe.rate;
    return probe;
}

std::optional<std::string> too_slow(const LibraryProbe& probe, double time_limit) {
    const double expected = probe.first_call + least_passes * probe.pass;
    if (expected <= time_limit) return std::nullopt;
    return fmt::format(
        "CLBlast would take about {:.0f} s: {:.1f} s until its first product, then {:.1f} GFLOP/s "
        "for {} passes of {:.2g} s; the limit is {:g} s (--time-limit)",
        expected, probe.first_call, 2e-9 * probe.rate, least_passes, probe.pass, time_limit);
}

}  // namespace slimbench
