#include "host/gate/rank_tests.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace slimbench {

namespace {

// Ranks from 1, doubled so that the mean rank of ties stays an integer.
std::vector<std::size_t> doubled_ranks(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
    std::vector<std::size_t> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
        for (std::size_t i = first; i <= last; ++i) ranks[order[i]] = first + last + 2;
        first = last + 1;
    }
    return ranks;
}

// Sum of the probabilities from `from` on.
double tail(const std::vector<double>& probabilities, std::size_t from) {
    double sum = 0;  // smallest first: the far tail is what matters
    for (std::size_t at = probabilities.size(); at-- > from;) sum += probabilities[at];
    return std::min(sum, 1.0);
}

// ways[sum]: the share of all choices of `chosen` of the values that add up to `sum`.
std::vector<double> sums_of_choices(const std::vector<std::size_t>& values, std::size_t chosen) {
    const std::size_t total = std::accumulate(values.begin(), values.end(), std::size_t{0});
    std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(total + 1));
    ways[0][0] = 1;
    std::size_t seen = 0;
    for (const std::size_t value : values) {
        ++seen;
        for (std::size_t count = std::min(seen, chosen); count > 0; --count)
            for (std::size_t sum = total; sum >= value; --sum)
                ways[count][sum] += ways[count - 1][sum - value];
    }
    const double all = std::accumulate(ways[chosen].begin(), ways[chosen].end(), 0.0);
    for (double& count : ways[chosen]) count /= all;
    return std::move(ways[chosen]);
}

void require_samples(const TwoGroups& groups) {
    if (groups.baseline.empty() || groups.candidate.empty())
        throw std::invalid_argument("rank-sum test: a group is empty");
}

// The largest number of differences that may be left out at either end for the interval still to
// hold with this confidence, and nothing when not even all of them suffice.
std::optional<std::size_t> left_out(const TwoGroups& groups, double confidence) {
    std::vector<std::size_t> ranks(groups.baseline.size() + groups.candidate.size());
    std::iota(ranks.begin(), ranks.end(), std::size_t{1});
    const std::vector<double> shares = sums_of_choices(ranks, groups.candidate.size());
    const std::size_t least = groups.candidate.size() * (groups.candidate.size() + 1) / 2;
    double below = 0;
    std::size_t count = 0;
    for (; least + count < shares.size(); ++count) {
        below += shares[least + count];
        if (below > (1 - confidence) / 2) break;
    }
    if (count == 0) return std::nullopt;
    return count - 1;
}

}  // namespace

double signed_rank_p_greater(std::span<const double> differences) {
    std::vector<double> sizes;
    std::vector<bool> positive;
    for (const double difference : differences) {
        if (difference == 0) continue;
        sizes.push_back(std::abs(difference));
        positive.push_back(difference > 0);
    }
    if (sizes.empty()) return 1;
    const std::vector<std::size_t> ranks = doubled_ranks(sizes);
    const std::size_t total = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
    std::vector<double> shares(total + 1);  // of all choices of signs, by the sum of positive ranks
    shares[0] = 1;
    std::size_t observed = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (positive[i]) observed += ranks[i];
        for (std::size_t sum = total + 1; sum-- > 0;)
            shares[sum] = 0.5 * (shares[sum] + (sum >= ranks[i] ? shares[sum - ranks[i]] : 0));
    }
    return tail(shares, observed);
}

double rank_sum_p_greater(TwoGroups groups) {
    require_samples(groups);
    std::vector<double> all(groups.candidate.begin(), groups.candidate.end());
    all.insert(all.end(), groups.baseline.begin(), groups.baseline.end());
    const std::vector<std::size_t> ranks = doubled_ranks(all);
    const std::size_t chosen = groups.candidate.size();
    const std::size_t observed = std::accumulate(
        ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(chosen), std::size_t{0});
    return tail(sums_of_choices(ranks, chosen), observed);
}

Shift shift_between(TwoGroups groups, double confidence) {
    require_samples(groups);
    std::vector<double> differences;
    for (const double candidate : groups.candidate)
        for (const double baseline : groups.baseline) differences.push_back(candidate - baseline);
    std::ranges::sort(differences);
    Shift shift{summarize(differences).median, std::nullopt};
    if (const auto outside = left_out(groups, confidence))
        shift.interval =
            Interval{differences[*outside], differences[differences.size() - 1 - *outside]};
    return shift;
}

}  // namespace slimbench
