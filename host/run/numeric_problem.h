// The numbers of a workload: synthetic parameters, image and, for INT8, calibrated quantisation.
// Needs no device, so that every worker, ours or a peer's, computes the same thing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/problem/fused_step.h"
#include "host/problem/quantization.h"
#include "host/problem/step_constants.h"
#include "host/verify/host_tensor.h"

namespace slimbench {

struct NumericProblem {
    Network network;
    std::vector<FusedStep> steps;
    std::vector<StepConstants> constants;
    std::vector<AffineQuantization> quantization;  // INT8: by tensor
};

// The same network on a small enough image to be computed on the host: MACs at most `most_macs`
// where halving the image reaches that.
Network small_enough(Network network, std::int64_t most_macs);

NumericProblem numeric_fp32(const Network& network, std::uint64_t seed);
NumericProblem numeric_fp16(const Network& network, std::uint64_t seed);
NumericProblem numeric_int8(const Network& network, std::uint64_t seed, const Ranges& ranges,
                            unsigned threads = 1);

// Ranges of the network's tensors from an FP32 run of small_enough(network) on a synthetic image.
// They are kept in, and taken from, a file of the cache folder named by network and seed; an empty
// folder keeps nothing.
Ranges calibrated_ranges(const Network& network, std::uint64_t seed,
                         const std::string& cache_folder, unsigned threads);

// Names a network by its content and a seed: 16 hexadecimal digits.
std::string content_key(const Network& network, std::uint64_t seed);

template <class Element>
HostTensor<Element> synthetic_image(const NumericProblem& problem, std::uint64_t seed);

}  // namespace slimbench
