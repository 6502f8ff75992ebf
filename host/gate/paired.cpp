#include "host/gate/paired.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "host/gate/draw.h"
#include "host/gate/normal.h"

namespace slimbench {

namespace {

std::vector<double> sorted_copy(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    return sorted;
}

std::size_t trimmed_count(std::size_t count) {
    return static_cast<std::size_t>(trimmed_share * static_cast<double>(count));
}

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double trimmed_mean_of_sorted(std::span<const double> sorted) {
    const std::size_t cut = trimmed_count(sorted.size());
    return mean(sorted.subspan(cut, sorted.size() - 2 * cut));
}

void require_two(std::span<const double> values, const char* what) {
    if (values.size() < 2)
        throw std::invalid_argument(std::string(what) + ": at least two values are needed");
}

// Sorted trimmed means of samples drawn with replacement.
std::vector<double> resampled_means(const std::vector<double>& sorted,
                                    const Resampling& resampling) {
    Draw draw(resampling.seed);
    std::vector<double> means, sample(sorted.size());
    std::vector<std::size_t> taken(sorted.size());
    means.reserve(static_cast<std::size_t>(resampling.resamples));
    for (int i = 0; i < resampling.resamples; ++i) {
        // Counting how often each value is drawn leaves the sample sorted.
        std::ranges::fill(taken, std::size_t{0});
        for (std::size_t drawn = 0; drawn < sorted.size(); ++drawn)
            ++taken[draw.below(sorted.size())];
        auto to = sample.begin();
        for (std::size_t v = 0; v < sorted.size(); ++v) to = std::fill_n(to, taken[v], sorted[v]);
        means.push_back(trimmed_mean_of_sorted(sample));
    }
    std::ranges::sort(means);
    return means;
}

// From the values of the estimator with each sample left out in turn; 0 when they are all alike.
double acceleration(const std::vector<double>& sorted) {
    std::vector<double> without;
    for (std::size_t left_out = 0; left_out < sorted.size(); ++left_out) {
        std::vector<double> rest = sorted;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
        without.push_back(trimmed_mean_of_sorted(rest));
    }
    const double centre = mean(without);
    double squares = 0, cubes = 0;
    for (const double value : without) {
        const double distance = centre - value;
        squares += distance * distance;
        cubes += distance * distance * distance;
    }
    return squares == 0 ? 0 : cubes / (6 * std::pow(squares, 1.5));
}

}  // namespace

double trimmed_mean(std::span<const double> values) {
    if (values.empty()) throw std::invalid_argument("trimmed_mean: no values");
    return trimmed_mean_of_sorted(sorted_copy(values));
}

double trimmed_mean_error(std::span<const double> values) {
    require_two(values, "trimmed_mean_error");
    std::vector<double> winsorized = sorted_copy(values);
    const std::size_t cut = trimmed_count(winsorized.size());
    std::fill_n(winsorized.begin(), cut, winsorized[cut]);
    std::fill_n(winsorized.rbegin(), cut, winsorized[winsorized.size() - 1 - cut]);
    const double centre = mean(winsorized);
    double squares = 0;
    for (const double value : winsorized) squares += (value - centre) * (value - centre);
    const auto count = static_cast<double>(winsorized.size());
    return std::sqrt(squares / (count - 1)) / ((1 - 2 * trimmed_share) * std::sqrt(count));
}

double robust_deviation(std::span<const double> values) {
    return trimmed_mean_error(values) * std::sqrt(static_cast<double>(values.size()));
}

Interval bootstrap_interval(std::span<const double> values, double confidence,
                            const Resampling& resampling) {
    require_two(values, "bootstrap_interval");
    const std::vector<double> sorted = sorted_copy(values);
    if (sorted.front() == sorted.back()) return {sorted.front(), sorted.back()};
    const double estimate = trimmed_mean_of_sorted(sorted);
    const std::vector<double> means = resampled_means(sorted, resampling);
    const auto equal_from = std::lower_bound(means.begin(), means.end(), estimate);
    const auto equal_to = std::upper_bound(equal_from, means.end(), estimate);
    const auto count = static_cast<double>(means.size());
    const double below = (static_cast<double>(equal_from - means.begin()) +
                          static_cast<double>(equal_to - means.begin())) /
                         (2 * count);
    // Half a resample keeps the bias finite when all means lie on one side.
    const double bias = normal_quantile(std::clamp(below, 0.5 / count, 1 - 0.5 / count));
    const double speed = acceleration(sorted);
    const auto bound = [&](double share) {
        const double z = bias + normal_quantile(share);
        return percentile(means, normal_share_below(bias + z / (1 - speed * z)));
    };
    return {bound((1 - confidence) / 2), bound((1 + confidence) / 2)};
}

double detectable_effect(double standard_error, const Detection& detection) {
    return detection.threshold + standard_error * (normal_quantile(1 - detection.error_rate) +
                                                   normal_quantile(detection.power));
}

}  // namespace slimbench
