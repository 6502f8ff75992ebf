// The device under test and the ways to a numeric problem on it.
#pragma once

#include "host/cl/device.h"
#include "host/cl/program.h"
#include "host/run/verified_chain.h"

namespace slimbench::testing {

inline constexpr std::uint64_t seed = 1;

// $SLIMBENCH_TEST_DEVICE, by default the CPU; opened once, closed behind the last test.
Device& test_device();

NumericProblem numeric_problem(const Network& network, Precision precision);

// Verifies every step with nothing cached; one verdict per step.
template <class Element>
std::vector<Verdict> verify_all(VerifiedChain<Element>& chain) {
    VerdictCache nothing("", "");
    return chain.verify(seed, nothing, 2, [](const std::string&, std::size_t, std::size_t) {});
}

}  // namespace slimbench::testing
