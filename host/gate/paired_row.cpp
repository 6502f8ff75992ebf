#include "host/gate/paired_row.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "host/gate/rank_tests.h"
#include "host/gate/ratio.h"

namespace slimbench {

namespace {

constexpr double interval_confidence = 0.95;

std::vector<double> less(double shift, std::span<const double> values) {
    std::vector<double> shifted(values.begin(), values.end());
    for (double& value : shifted) value -= shift;
    return shifted;
}

SlowDown slow_down(std::span<const double> log_ratios, const Resampling& resampling) {
    const Interval interval = bootstrap_interval(log_ratios, interval_confidence, resampling);
    return {slow_down_of(trimmed_mean(log_ratios)), slow_down_of(interval.low),
            slow_down_of(interval.high)};
}

void add_new(std::vector<std::string>& known, const std::vector<std::string>& more) {
    for (const std::string& text : more)
        if (std::ranges::find(known, text) == known.end()) known.push_back(text);
}

}  // namespace

void PairedRow::lose(Side side, const ProcessTimes& times) {
    // Of the two sides the one that tells more: a wrong output outranks a crash, and that a side
    // which only waited for the other.
    const auto weight = [](Status status) {
        return status == Status::incorrect ? 3 : status == Status::skipped ? 1 : 2;
    };
    if (lost_ && weight(times.status) <= weight(*lost_)) return;
    lost_ = times.status;
    reason_ = fmt::format("{}: {}: {}", name(side), name(times.status), times.reason);
}

void PairedRow::add(const PairRow& row) {
    for (const Side side : {Side::baseline, Side::candidate}) {
        add_new(flags_, row.of(side).flags);
        if (row.of(side).status != Status::measured) lose(side, row.of(side));
    }
    const auto log_ratio = row.log_ratio();
    if (!log_ratio) return;
    log_ratios_.push_back(*log_ratio);
    const auto keep = [](SideSamples& kept, const ProcessTimes& times) {
        kept.medians.push_back(*times.median());
        kept.samples.insert(kept.samples.end(), times.device.begin(), times.device.end());
    };
    keep(baseline_, row.baseline);
    keep(candidate_, row.candidate);
}

Interval PairedRow::interval(const Resampling& resampling) const {
    return bootstrap_interval(log_ratios_, interval_confidence, resampling);
}

std::span<const double> PairedRow::fresh() const {
    return std::span(log_ratios_).subspan(fresh_from_.value_or(log_ratios_.size()));
}

double PairedRow::p_slower() const {
    if (!gates()) return 1;
    return signed_rank_p_greater(less(log_ratio_of(limits_->threshold), log_ratios_));
}

bool PairedRow::interval_above_threshold(const Resampling& resampling) const {
    return gates() && pairs() >= 2 && interval(resampling).low > log_ratio_of(limits_->threshold);
}

double PairedRow::pair_noise() const {
    return pairs() < 2 ? std::numeric_limits<double>::infinity() : robust_deviation(log_ratios_);
}

bool PairedRow::effect_excluded(double error_rate, const Resampling& resampling) const {
    if (!gates() || lost() || pairs() < 2) return false;
    const double effect = log_ratio_of(limits_->effect);
    std::vector<double> below = less(effect, log_ratios_);
    for (double& value : below) value = -value;
    // No correction: a gate passes only when every single row excludes its effect.
    return signed_rank_p_greater(below) <= error_rate && interval(resampling).high < effect;
}

bool PairedRow::confirmed(double error_rate) const {
    return signed_rank_p_greater(less(log_ratio_of(limits_->threshold), fresh())) <= error_rate;
}

RowVerdict PairedRow::verdict() const {
    if (wrong()) return RowVerdict::wrong_output;  // also of a row that gates nothing
    if (!gates()) return RowVerdict::not_gated;
    return lost() ? RowVerdict::not_comparable : RowVerdict::inconclusive;
}

GateRow PairedRow::describe(const Resampling& resampling) const {
    GateRow row;
    row.id = id_;
    row.pairs = static_cast<std::int64_t>(pairs());
    row.flags = flags_;
    row.verdict = verdict();
    row.reason = reason_;
    if (pairs() >= 2) row.slow_down = slow_down(log_ratios_, resampling);
    if (fresh().size() >= 2) row.confirmed = slow_down(fresh(), resampling);
    if (gates()) {
        row.threshold = limits_->threshold;
        row.effect = limits_->effect;
    }
    row.baseline = side_times(baseline_.medians, baseline_.samples);
    row.candidate = side_times(candidate_.medians, candidate_.samples);
    return row;
}

SideTimes side_times(const std::vector<double>& medians, std::vector<double> samples) {
    SideTimes times;
    times.processes = static_cast<std::int64_t>(medians.size());
    if (medians.empty()) return times;
    const Summary processes = summarize(medians);
    std::ranges::sort(samples);
    times.median = processes.median;
    times.min = samples.front();
    times.p25 = percentile(samples, 0.25);
    times.p75 = percentile(samples, 0.75);
    times.p99 = percentile(samples, 0.99);
    if (processes.median_95) {
        times.low = processes.median_95->low;
        times.high = processes.median_95->high;
    }
    return times;
}

}  // namespace slimbench
