// One row of a paired gate: the log-ratios of its pairs, and what they allow to say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/gate/gate_report.h"
#include "host/gate/pair.h"
#include "host/gate/paired.h"
#include "host/gate/policy.h"

namespace slimbench {

class PairedRow {
public:
    // Without limits the row is measured and gates nothing.
    PairedRow(std::string id, std::optional<Limits> limits) : id_(std::move(id)), limits_(limits) {}

    const std::string& id() const { return id_; }
    bool gates() const { return limits_.has_value(); }
    std::size_t pairs() const { return log_ratios_.size(); }

    // Takes over a pair's row. A side without a time loses the row for good.
    void add(const PairRow& row);
    bool lost() const { return lost_.has_value(); }
    bool wrong() const { return lost_ == Status::incorrect; }

    // The probability of such log-ratios if the candidate were slower by the threshold and no more.
    double p_slower() const;
    // Whether the interval lies above the threshold; asked only where the test says so, since it is
    // what takes time.
    bool interval_above_threshold(const Resampling& resampling) const;
    // Whether test and interval exclude the effect of interest.
    bool effect_excluded(double error_rate, const Resampling& resampling) const;
    // Standard deviation of a pair's log-ratio; infinite below two pairs.
    double pair_noise() const;

    // Marks where fresh pairs start.
    void start_confirming() { fresh_from_ = pairs(); }
    bool confirmed(double error_rate) const;  // by the fresh pairs alone

    const std::optional<Limits>& limits() const { return limits_; }

    // Times, estimates and limits; the verdict is the caller's, unless the row is lost.
    GateRow describe(const Resampling& resampling) const;

private:
    void lose(Side side, const ProcessTimes& times);
    RowVerdict verdict() const;
    Interval interval(const Resampling& resampling) const;
    std::span<const double> fresh() const;

    std::string id_;
    std::optional<Limits> limits_;
    std::vector<double> log_ratios_;
    std::optional<std::size_t> fresh_from_;
    std::optional<Status> lost_;
    std::string reason_;
    std::vector<std::string> flags_;
    struct SideSamples {
        std::vector<double> medians, samples;
    } baseline_, candidate_;
};

// Times of one side over its processes: each process's median, and all samples together.
SideTimes side_times(const std::vector<double>& medians, std::vector<double> samples);

}  // namespace slimbench
