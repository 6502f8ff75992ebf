// Estimates from pairs of process runs. One pair gives one log-ratio, of the candidate process's
// median to the baseline process's: calls inside a process resemble each other too much to count
// singly.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/record/statistics.h"

namespace slimbench {

// What is cut off at either end of sorted values before their mean is taken: a fifth, which the
// odd process that met a neighbour's load cannot move, and which costs little where none did
// (R. Wilcox, Introduction to Robust Estimation, 2012).
inline constexpr double trimmed_share = 0.2;

double trimmed_mean(std::span<const double> values);  // throws std::invalid_argument when empty

// Its standard error, from the winsorized variance (J. Tukey and D. McLaughlin, 1963). Throws
// std::invalid_argument below two values.
double trimmed_mean_error(std::span<const double> values);

// The standard deviation of one value, from that error: stragglers count only as far as they move a
// trimmed mean.
double robust_deviation(std::span<const double> values);

struct Resampling {
    int resamples = 2000;
    std::uint64_t seed = 1;
};

// B. Efron's bias-corrected and accelerated bootstrap interval (1987) of the trimmed mean. Throws
// std::invalid_argument below two values.
Interval bootstrap_interval(std::span<const double> values, double confidence,
                            const Resampling& resampling);

// The true value that a one-sided test of "at most `threshold`" at level `error_rate` finds with
// the probability `power`, when its estimate has this standard error.
struct Detection {
    double threshold = 0;
    double error_rate = 0.05;
    double power = 0.8;
};
double detectable_effect(double standard_error, const Detection& detection);

}  // namespace slimbench
