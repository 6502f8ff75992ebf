// How much slower one set of samples is than another, as a logarithm: halving and doubling are then
// equally far from no change.
#pragma once

#include <optional>

#include "host/gate/rank_tests.h"

namespace slimbench {

struct LogRatio {
    double estimate = 0;               // log(candidate / baseline)
    std::optional<Interval> interval;  // with 95 %
};

// Of the medians of samples of one process each. The interval joins those of the two medians
// (G. Zou and A. Donner's method of variance estimates recovery, 2008) and needs six samples on
// each side; it covers what the samples of these two processes can tell, nothing about others.
// Throws std::invalid_argument when a side is empty or a sample is not positive.
LogRatio log_ratio_of_medians(TwoGroups samples);

// Of process medians, one value per process. The interval covers other processes of the same kind,
// and needs four on each side. Throws like the one above.
LogRatio log_ratio_of_processes(TwoGroups medians);

double slow_down_of(double log_ratio);  // 0.05 is five per cent slower
double log_ratio_of(double slow_down);

}  // namespace slimbench
