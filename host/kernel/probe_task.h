// What a probe is given to compute, and what must come out: whole numbers, so that a kernel that
// left work out, or a compiler that did, is found out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace slimbench {

struct Probe;

// How large a launch of a probe is.
struct ProbeLaunch {
    std::size_t groups = 1, group_size = 1;
    std::uint32_t length = 1;  // of what each work-item walks through in a pass
    std::size_t items() const { return groups * group_size; }
};

// Contents repeat until their buffer is full.
struct ProbeTask {
    std::vector<std::byte> input, weights;  // one period
    std::size_t input_bytes = 0, weight_bytes = 0, output_words = 0;
    double work_per_pass = 0;       // multiply-adds or bytes of the whole launch
    std::uint32_t most_passes = 0;  // beyond them sums would not be exact
    // Bits of a 32-bit word of the output after so many passes.
    std::function<std::uint32_t(std::size_t word, std::uint32_t passes)> expected;
};

ProbeTask fma_task(const Probe& probe, const ProbeLaunch& launch);
ProbeTask dot_task(const Probe& probe, const ProbeLaunch& launch);
ProbeTask mma_task(const Probe& probe, const ProbeLaunch& launch);
ProbeTask bits_task(const Probe& probe, const ProbeLaunch& launch);
ProbeTask read_task(const Probe& probe, const ProbeLaunch& launch);
ProbeTask copy_task(const Probe& probe, const ProbeLaunch& launch);
ProbeTask launch_task(const Probe& probe, const ProbeLaunch& launch);

}  // namespace slimbench
