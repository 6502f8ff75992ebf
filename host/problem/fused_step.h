// One launch's worth of network: an operation with the additions and activations folded into it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/problem/network.h"

namespace slimbench {

// Semantics of every step, whatever its operation (see docs/numerics.md):
//   accumulator = init[c] + the operation's sum     (s32 for INT8, f32 for FP32; the input element
//                                                    itself for adding and affine)
//   y = fma(float(accumulator), scale[c], bias[c])
//   y = fma(float(residual), residual_scale, y)     if there is a residual
//   y = min(max(y, low), high);  INT8 stores rint(y), ties to even.
// A concatenation's input and residual are its operands, so each channel has one of the two:
//   y = fma(float(input), scale[c], bias[c])            in the input's channels, which come first
//   y = fma(float(residual), residual_scale, bias[c])   in the residual's
struct FusedStep {
    Operation operation;  // its own activation is already moved to `activation`
    Activation activation = Activation::none;
    TensorId input = 0;
    std::optional<TensorId> residual;
    TensorId output = 0;
    std::vector<std::size_t> nodes;  // covered nodes, first = the primary operation
};

// Folds each Add into the producer of one of its operands where that producer is a convolution or
// resize without activation whose result nobody else reads and which is the later of the two. An
// activation that stands alone (an Affine without norm) goes into the step before it where nobody
// else reads that step's result. Order follows the nodes.
std::vector<FusedStep> fuse(const Network& network);

}  // namespace slimbench
