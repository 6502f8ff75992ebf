#include "host/gate/ratio.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace slimbench {

namespace {

constexpr double confidence = 0.95;

void require_times(std::span<const double> samples) {
    if (samples.empty()) throw std::invalid_argument("ratio of medians: a side has no samples");
    if (std::ranges::any_of(samples, [](double sample) { return !(sample > 0); }))
        throw std::invalid_argument("ratio of medians: a sample is not positive");
}

std::vector<double> logs(std::span<const double> samples) {
    require_times(samples);
    std::vector<double> result(samples.begin(), samples.end());
    for (double& value : result) value = std::log(value);
    return result;
}

}  // namespace

LogRatio log_ratio_of_medians(TwoGroups samples) {
    require_times(samples.baseline);
    require_times(samples.candidate);
    const Summary base = summarize(samples.baseline), candidate = summarize(samples.candidate);
    LogRatio ratio{std::log(candidate.median / base.median), std::nullopt};
    if (!base.median_95 || !candidate.median_95) return ratio;
    const double down = std::hypot(std::log(candidate.median / candidate.median_95->low),
                                   std::log(base.median_95->high / base.median));
    const double up = std::hypot(std::log(candidate.median_95->high / candidate.median),
                                 std::log(base.median / base.median_95->low));
    ratio.interval = Interval{ratio.estimate - down, ratio.estimate + up};
    return ratio;
}

LogRatio log_ratio_of_processes(TwoGroups medians) {
    const std::vector<double> base = logs(medians.baseline), candidate = logs(medians.candidate);
    const Shift shift = shift_between({base, candidate}, confidence);
    return {shift.estimate, shift.interval};
}

double slow_down_of(double log_ratio) {
    return std::expm1(log_ratio);
}

double log_ratio_of(double slow_down) {
    return std::log1p(slow_down);
}

}  // namespace slimbench
