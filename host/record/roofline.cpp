#include "host/record/roofline.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "host/problem/conv_problem.h"
#include "host/record/record_fields.h"
#include "host/record/statistics.h"

namespace slimbench {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

// Bytes that are moved once, and how many others pass before they are used again: what lies
// between decides which level of memory can still hold them.
struct Stream {
    double bytes = 0, between = 0;
};

std::array<Stream, 3> streams_of(const StepRecord& step, const ResultRecord& record) {
    const auto bytes = [](std::int64_t count) { return static_cast<double>(count); };
    const double own = bytes(step.bytes);
    const double written = bytes(step.written_bytes), weights = bytes(step.weight_bytes);
    const bool forward = record.identity.kind == RowKind::forward;
    const bool cold = !forward && record.identity.cache == CacheState::cold;
    // Inside a network the step before has just written the activations, but all other weights
    // pass before these come round again.
    const double between_weights = forward ? std::max(own, bytes(record.weight_bytes)) : own;
    return {Stream{own - written - weights, cold ? never : own},
            Stream{weights, cold ? never : between_weights}, Stream{written, own}};
}

// Each level must pass on what no nearer level can hold. The levels work at the same time, so the
// slowest counts. No replacement policy can keep more than a level's share.
double memory_seconds(const std::array<Stream, 3>& streams, const Peaks& peaks) {
    double slowest = 0, nearer = 0;  // bytes that the levels before hold
    for (const Peaks::Bandwidth& level : peaks.bandwidths) {
        double passed = 0;
        for (const Stream& stream : streams)
            if (stream.bytes > 0)
                passed += stream.bytes * (1 - std::min(1.0, nearer / stream.between));
        slowest = std::max(slowest, passed / level.best());
        nearer = std::max(nearer, static_cast<double>(level.bytes));
    }
    return slowest;
}

// FP16 that is only stored is computed at the better of its own rate and that of FP32. Arithmetic
// in halves has a probe on matrix units and on AVX-512 FP16.
std::optional<double> macs_per_second(const ResultRecord& record, const Peaks& peaks) {
    const Peaks::Rate* own = peaks.rate(record.identity.precision);
    if (!own || (record.compute == "fp16" && own->compute != "fp16")) return std::nullopt;
    const Peaks::Rate* wider = peaks.rate(record.compute);
    return std::max(own->macs_per_second, wider ? wider->macs_per_second : 0);
}

// Without products of padding, which a kernel may leave out.
std::int64_t data_macs(const StepRecord& step) {
    try {
        return parse_conv_problem(step.problem.substr(0, step.problem.find(' '))).data_macs();
    } catch (const std::invalid_argument&) {  // no convolution's text
        return step.macs;
    }
}

// Whatever pads channels or tiles is no work that the problem asks for; an algorithm that executes
// fewer multiply-adds than the convolution has by definition needs no more.
double needed_macs(const StepRecord& step) {
    if (step.macs == 0) return 0;
    const std::int64_t executed = step.executed_macs > 0 ? step.executed_macs : step.macs;
    return static_cast<double>(std::min({step.macs, data_macs(step), executed}));
}

void set_bound(Roofline& roof, double launch) {
    roof.launches = launch;
    const std::array parts{*roof.compute, *roof.memory, *roof.launches};
    const auto largest = std::ranges::max_element(parts);
    roof.bound = *largest;
    roof.limit = static_cast<Limit>(largest - parts.begin());
}

Roofline roofline_of(const StepRecord& step, const ResultRecord& record, const Peaks& peaks,
                     double macs_per_second) {
    Roofline roof;
    roof.compute = needed_macs(step) / macs_per_second;
    roof.memory = memory_seconds(streams_of(step, record), peaks);
    // A library's call need not be a launch.
    const bool ours = record.identity.implementation == "slimbench";
    set_bound(roof, ours ? std::min(peaks.launch, peaks.launch_in_chain) : 0);
    return roof;
}

// Steps run one after another, each with what lies between two launches. What limits the chain is
// what limits most of its bound.
Roofline sum_of(const std::vector<StepRecord>& steps, const Peaks& peaks) {
    Roofline sum{.bound = 0, .compute = 0, .memory = 0, .launches = 0};
    std::array<double, EnumNames<Limit>::names.size()> limited{};
    for (const StepRecord& step : steps) {
        Roofline part = *step.roofline;
        set_bound(part, std::max(*part.launches, peaks.launch_in_chain));
        *sum.bound += *part.bound;
        *sum.compute += *part.compute;
        *sum.memory += *part.memory;
        *sum.launches += *part.launches;
        limited.at(static_cast<std::size_t>(part.limit)) += *part.bound;
    }
    sum.limit = static_cast<Limit>(std::ranges::max_element(limited) - limited.begin());
    return sum;
}

std::optional<double> median_seconds(const ResultRecord& record) {
    if (!record.measurement) return std::nullopt;
    const Measurement& measured = *record.measurement;
    const std::vector<double>& samples = measured.device.empty() ? measured.host : measured.device;
    if (samples.empty()) return std::nullopt;
    return summarize(samples).median;
}

}  // namespace

void put_roofline(ResultRecord& record, const Peaks& peaks) {
    const std::optional<double> rate = macs_per_second(record, peaks);
    if (!rate || record.steps.empty() || peaks.bandwidths.empty()) return;
    for (StepRecord& step : record.steps) step.roofline = roofline_of(step, record, peaks, *rate);
    record.roofline = record.identity.kind == RowKind::forward ? sum_of(record.steps, peaks)
                                                               : record.steps.front().roofline;
    record.peaks = to_json(peaks);
}

std::optional<double> fraction_of_roof(const ResultRecord& record) {
    const std::optional<double> median = median_seconds(record);
    if (!median || *median <= 0 || !record.roofline || !record.roofline->bound) return std::nullopt;
    return *record.roofline->bound / *median;
}

std::optional<std::string> beats_roof(const ResultRecord& record) {
    const std::optional<double> fraction = fraction_of_roof(record);
    if (!fraction || *fraction <= 1 + roof_margin) return std::nullopt;
    return fmt::format(
        "took {:.3g} us, but its {} alone takes this device {:.3g} us at the measured peak",
        *median_seconds(record) * 1e6,
        record.roofline->limit == Limit::launches ? "launching" : enum_name(record.roofline->limit),
        *record.roofline->bound * 1e6);
}

}  // namespace slimbench
