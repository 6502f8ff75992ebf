// A dense convolution as matrix products: sums = windows x weights, a row for each output pixel.
// The windows are gathered in chunks, which bounds the memory they take; the sums are finished by a
// row of `eltwise`, which adds the residual, clamps and writes the halo.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "host/kernel/layout.h"
#include "host/kernel/packing.h"
#include "host/kernel/variant.h"
#include "kernels/cl/abi.h"

namespace slimbench {

// Buffers that the steps of a chain use one after the other; bytes.
struct Scratch {
    std::uint64_t windows = 0, sums = 0;
    std::uint64_t workspace = 0;  // for the library's own copies of what it multiplies

    std::uint64_t total() const { return windows + sums + workspace; }
    std::uint64_t largest() const { return std::max({windows, sums, workspace}); }
    void cover(const Scratch& other);  // at least as large as both
};

struct GemmPlan {
    std::int64_t pixels = 0, products = 0, filters = 0;
    std::int64_t window_pitch = 0, sum_pitch = 0;  // elements from one row to the next
    // Else the input as it stands is the matrix of windows: a pixel each, nothing in between.
    bool gathered = true;
    // The output has no halo and holds the sums until they are finished; else they are scratch.
    bool in_place = false;
    std::int64_t chunk = 0;           // pixels gathered and multiplied at a time
    const Variant* gather = nullptr;  // the row that was chosen
    const Variant* finish = nullptr;  // a row of eltwise
    LaunchSize finish_launch;
    Scratch scratch;

    struct Chunk {
        std::int64_t first = 0, pixels = 0;
    };
    std::vector<Chunk> chunks() const;
    LaunchSize gather_launch(const Chunk& chunk) const;
};

// `input` and `output` are the layouts of the step's tensors; `finish` must be one that choose()
// gives for finishing_step().
GemmPlan plan_gemm(const FusedStep& step, const Variant& variant, const Variant& finish,
                   const Network& network, const Layout& input, const Layout& output);

// The epilogue of a step as a step of its own, from its output to its output.
FusedStep finishing_step(const FusedStep& step);

// Arguments of the two kernels, from those of the step.
step_args gather_arguments(step_args step, const GemmPlan& plan, const GemmPlan::Chunk& chunk);
step_args finish_arguments(step_args step, const GemmPlan& plan);

}  // namespace slimbench
