// The least slow-down that a gate can be trusted to find.
#pragma once

#include <cstddef>

#include "host/gate/policy.h"

namespace slimbench {

// The least effect of interest, as a fraction, that a gate of this policy can promise to find: it
// calls such a slow-down a regression with a probability of 80 % at least, where one pair's
// log-ratio has the standard deviation `pair_noise` and this many rows gate. Two tests stand in its
// way, the last look at all pairs and the fresh pairs alone; each gets the power sqrt(0.8), by the
// normal approximation. That earlier looks and repeated flags help is left out.
// tests/unit/gate/simulation.cpp holds it to the promise.
double detectable_slow_down(const Policy& policy, std::size_t gating_rows, const Limits& limits,
                            double pair_noise);

}  // namespace slimbench
