// Tests on ranks: exact at any number of samples and indifferent to the size of outliers. Ties get
// their mean rank; the null distribution is that of the ranks at hand.
#pragma once

#include <optional>
#include <span>

#include "host/record/statistics.h"

namespace slimbench {

// F. Wilcoxon's signed-rank test (1945): the probability of ranks at least as high as these if the
// differences were symmetric about zero. Small when they are positive. Zeros are left out; without
// any difference it is 1.
double signed_rank_p_greater(std::span<const double> differences);

struct TwoGroups {
    std::span<const double> baseline, candidate;
};

// H. Mann and D. Whitney's test (1947): the probability of the candidate ranking at least as high
// if both came from one distribution. Throws std::invalid_argument when a group is empty.
double rank_sum_p_greater(TwoGroups groups);

// J. Hodges and E. Lehmann's shift (1963): the median of all differences candidate - baseline, and
// the interval that belongs to the rank-sum test. No interval where so few samples cannot give one:
// 95 % needs four on each side.
struct Shift {
    double estimate = 0;
    std::optional<Interval> interval;
};
Shift shift_between(TwoGroups groups, double confidence);

}  // namespace slimbench
