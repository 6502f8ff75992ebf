// How a network runs on a device: the variant of each step, the layout of each tensor, and which
// buffer holds it when. Pure: needs facts about the device, not the device.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "host/kernel/gemm_plan.h"
#include "host/kernel/layout.h"
#include "host/kernel/packing.h"
#include "host/kernel/tuning_table.h"
#include "host/kernel/variant.h"
#include "kernels/cl/abi.h"

namespace slimbench {

// Compulsory traffic in bytes: input, residual, output and weights once each.
struct Traffic {
    std::int64_t read = 0, written = 0, weights = 0;
    std::int64_t total() const { return read + written + weights; }
};
Traffic compulsory_traffic(const FusedStep& step, const Network& network, Precision precision);

struct PlannedStep {
    FusedStep step;
    Choice choice;
    LaunchSize launch;             // of the variant's kernel, where that is all
    std::optional<GemmPlan> gemm;  // where it is not
    std::string text;              // step_text(): equal texts are the same work
    std::string place;             // text and layouts: equal places take equal time
    std::int64_t macs = 0, executed_macs = 0;
    Traffic traffic;
};

struct Plan {
    static constexpr std::size_t no_slot = std::numeric_limits<std::size_t>::max();

    Precision precision = Precision::fp32;
    std::vector<PlannedStep> steps;
    std::vector<Layout> layouts;     // by tensor
    std::vector<std::size_t> slots;  // by tensor; no_slot for tensors that were fused away
    std::vector<std::uint64_t>
        slot_bytes;   // tensors with disjoint lifetimes share a slot; the image has its own
    Scratch scratch;  // what the steps need beside their tensors

    std::uint64_t tensor_bytes(const Network& network, TensorId tensor) const;
    std::uint64_t activation_bytes() const;  // all slots and scratch
    std::uint64_t largest_buffer() const;    // of these
    std::uint64_t weight_bytes() const;      // packed, those that steps share once
    DataType arithmetic() const;             // of most of the multiply-adds
};

Plan plan_network(const Network& network, const std::vector<FusedStep>& steps, Precision precision,
                  const DeviceTraits& device, const Selection& selection = {},
                  const TunedChoices& tuned = {});

// What the step computes, in one line: the canonical problem text of a convolution or "max_pool
// 1x64x112x112 k3s2p1", followed by "+add", "+relu". Equal texts mean the same shapes and epilogue.
std::string step_text(const FusedStep& step, const Network& network);

// Indices of the first step of each distinct text.
std::vector<std::size_t> distinct_steps(const Network& network,
                                        const std::vector<FusedStep>& steps);

// The kernel's arguments. Throws std::overflow_error when an extent does not fit 32 bits.
step_args kernel_arguments(const Plan& plan, std::size_t step, const Network& network,
                           const StepConstants& constants, int channel_stride);

}  // namespace slimbench
