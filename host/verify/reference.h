// The plain reference: what every kernel's output is held against. FP32 is computed in double, INT8
// in 64-bit integers followed by the float epilogue that docs/numerics.md writes down (bit for bit
// the kernels').
#pragma once

#include <string>
#include <vector>

#include "host/problem/step_constants.h"
#include "host/record/result_record.h"
#include "host/verify/host_tensor.h"

namespace slimbench {

// Runs one step completely. Rows are shared between `threads` threads.
template <class Element>
HostTensor<Element> run_reference(const FusedStep& step, const StepConstants& constants,
                                  const TensorShape& out, const HostTensor<Element>& input,
                                  const HostTensor<Element>* residual, unsigned threads);

// Compares a step's device output with the reference, element by element. Up to `exhaustive_macs`
// every element is checked, beyond that all border, corner and tile-edge classes, the first and
// last image and a seeded sample; the verdict states the coverage. Tolerance: INT8 exact; FP32 |e|
// <= 4 sqrt(K) eps sum|x||w| |scale| + ulps of the epilogue.
inline constexpr double direct_rounding = 4, winograd_rounding = 8;  // docs/numerics.md
struct CoverageRule {
    std::int64_t exhaustive_macs = 1'000'000'000;
    std::int64_t sampled_outputs = 4096;
    std::uint64_t seed = 1;
    int allowed_steps = 0;             // INT8: how many integers a value may lie off; 1 for peers
    DataType storage = DataType::f32;  // f16: the step rounded its floats to binary16 to store them
    double rounding = direct_rounding;  // of sums, in units of sqrt(K) eps sum|x||w|
    bool bias_first = false;  // peers: sums begin with bias and residual, and round with those
    DataType accumulator = DataType::f32;  // f16: sums were kept in binary16 already
    int half_run = 0;  // so many products were added in binary16 before their sum went on in float
    DataType factor = DataType::f32;  // tf32: the factors of products were rounded to that
};
template <class Element>
Verdict verify_step(const FusedStep& step, const StepConstants& constants,
                    const HostTensor<Element>& input, const HostTensor<Element>* residual,
                    const HostTensor<Element>& output, const CoverageRule& rule, unsigned threads);

// Runs a whole network on the host; returns one tensor per TensorId (empty for tensors fused away).
template <class Element>
std::vector<HostTensor<Element>> run_reference_network(const Network& network,
                                                       const std::vector<FusedStep>& steps,
                                                       const std::vector<StepConstants>& constants,
                                                       HostTensor<Element> image, unsigned threads);

// Smallest and largest value of every tensor of an FP32 run, by tensor name: a max calibration.
// Throws std::runtime_error naming a tensor that is dead (one value only) or mostly saturated.
Ranges calibrate(const Network& network, const std::vector<FusedStep>& steps,
                 const std::vector<HostTensor<float>>& tensors, std::string source);

}  // namespace slimbench
