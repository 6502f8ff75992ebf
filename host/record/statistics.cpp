// Order statistics: medians and percentiles resist the stragglers that averages do not.
#include "host/record/statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace slimbench {
namespace {

std::vector<double> sorted_copy(std::span<const double> samples) {
    std::vector<double> sorted(samples.begin(), samples.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

double median_of(std::span<const double> samples) {
    return percentile(sorted_copy(samples), 0.5);
}

double median_absolute_deviation(std::span<const double> samples, double median) {
    std::vector<double> distances(samples.begin(), samples.end());
    for (double& value : distances) value = std::abs(value - median);
    return median_of(distances);
}

// The narrowest pair of order statistics, equally far from both ends, that encloses the true median
// with at least 95 %: the number of samples below it is binomial with p = 1/2. Below 6 samples even
// min and max do not reach 95 %.
std::optional<Interval> median_interval(std::span<const double> sorted) {
    const auto count = static_cast<double>(sorted.size());
    std::size_t outside = 0;  // order statistics dropped at either end
    double tail = 0;
    while (2 * outside < sorted.size()) {
        const auto drawn = static_cast<double>(outside);
        const double log_ways =
            std::lgamma(count + 1) - std::lgamma(drawn + 1) - std::lgamma(count - drawn + 1);
        tail += std::exp(log_ways - count * std::numbers::ln2);
        if (tail > 0.025) break;
        ++outside;
    }
    if (outside == 0) return std::nullopt;
    return Interval{sorted[outside - 1], sorted[sorted.size() - outside]};
}

}  // namespace

double percentile(std::span<const double> sorted, double fraction) {
    const double rank = fraction * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Summary summarize(std::span<const double> samples) {
    if (samples.empty()) throw std::invalid_argument("summarize: no samples");
    const std::vector<double> sorted = sorted_copy(samples);
    Summary summary;
    summary.count = sorted.size();
    summary.median = percentile(sorted, 0.5);
    summary.mad = median_absolute_deviation(sorted, summary.median);
    summary.p10 = percentile(sorted, 0.1);
    summary.p90 = percentile(sorted, 0.9);
    summary.min = sorted.front();
    summary.max = sorted.back();
    summary.median_95 = median_interval(sorted);
    return summary;
}

std::optional<double> trend(std::span<const double> samples) {
    if (samples.size() < 9) return std::nullopt;
    const std::size_t third = samples.size() / 3;
    const double first = median_of(samples.first(third));
    if (first == 0) return std::nullopt;
    return median_of(samples.last(third)) / first - 1;
}

bool drifts(std::span<const double> samples) {
    constexpr double limit = 0.05;
    const std::optional<double> drift = trend(samples);
    return drift && std::abs(*drift) > limit;
}

}  // namespace slimbench
