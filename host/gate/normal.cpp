#include "host/gate/normal.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace slimbench {

double normal_share_below(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

// By bisection: erfc is exact to the last bits, and nobody asks often enough for a formula to pay.
double normal_quantile(double share) {
    if (!(share > 0 && share < 1))
        throw std::invalid_argument("normal_quantile: the share must lie between 0 and 1");
    double low = -40, high = 40;
    for (int halving = 0; halving < 100; ++halving) {
        const double middle = (low + high) / 2;
        (normal_share_below(middle) < share ? low : high) = middle;
    }
    return (low + high) / 2;
}

}  // namespace slimbench
