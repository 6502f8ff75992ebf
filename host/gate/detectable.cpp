#include "host/gate/detectable.h"

#include <algorithm>
#include <cmath>

#include "host/gate/paired.h"
#include "host/gate/ratio.h"

namespace slimbench {

double detectable_slow_down(const Policy& policy, std::size_t gating_rows, const Limits& limits,
                            double pair_noise) {
    const double power = std::sqrt(0.8);
    const auto by = [&](int pairs, double error_rate) {
        return detectable_effect(pair_noise / std::sqrt(pairs),
                                 {log_ratio_of(limits.threshold), error_rate, power});
    };
    const double look = policy.level_of_a_row(policy.level_of_a_look(), gating_rows);
    return slow_down_of(
        std::max(by(policy.looks.back(), look), by(policy.confirming_pairs, policy.error_rate)));
}

}  // namespace slimbench
