// Order statistics of samples; computed when asked for, never stored beside other samples.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace slimbench {

struct Interval {
    double low, high;
};

struct Summary {
    std::size_t count = 0;
    double median = 0, mad = 0, p10 = 0, p90 = 0, min = 0, max = 0;
    std::optional<Interval>
        median_95;  // order-statistic (binomial) interval; needs at least 6 samples
};

// Percentile by linear interpolation between closest ranks of ascending values, at least one
// (R. Hyndman and Y. Fan's type 7, the default of R and NumPy).
double percentile(std::span<const double> sorted, double fraction);

Summary summarize(std::span<const double> samples);  // throws std::invalid_argument when empty

// Relative drift: (median of the last third / median of the first third) - 1; nothing under 9
// samples.
std::optional<double> trend(std::span<const double> samples);

// Whether that is over 5 % either way: not warmed up, or a machine that changed meanwhile.
bool drifts(std::span<const double> samples);

}  // namespace slimbench
