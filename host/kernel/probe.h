// Kernels that find a device's ceilings: the table of them.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "host/kernel/device_traits.h"
#include "host/kernel/probe_task.h"
#include "host/kernel/variant.h"

namespace slimbench {

// What a probe finds: a rate of multiply-adds, of memory traffic, or what a launch costs.
enum class Quantity { fp32, fp16, int8, int4, binary, read, copy, stream, launch };
std::string_view name(Quantity quantity);

// Multiply-adds come first, in the order in which people read them.
inline constexpr std::array multiply_adds{Quantity::fp32, Quantity::fp16, Quantity::int8,
                                          Quantity::int4, Quantity::binary};

struct Probe {
    Quantity quantity;
    std::string_view idiom;    // what the inner loop consists of: "vpdpbusd", "popcount"
    std::string_view source;   // file under kernels/cl
    std::string_view defines;  // what tells this row from others of its file
    DataType element, weight;
    Tile tile;  // reads and copies: `pixels` vectors are in flight
    int channel_group;
    Tier tier;
    ProbeTask (*task)(const Probe& probe, const ProbeLaunch& launch);
    bool cpu_only = true;          // explicit wide vectors
    bool vector_popcount = false;  // needs DeviceTraits::vector_popcount
    Capabilities needs = {};

    bool uses_matrix_units() const {
        return needs.has(Capability::mma_f16) || needs.has(Capability::mma_s8);
    }
    // What products are computed in: of halves in float, unless the device multiplies them.
    std::string_view compute() const {
        const bool widened =
            quantity == Quantity::fp16 && !uses_matrix_units() && !computes_in_halves(needs);
        return widened ? name(Quantity::fp32) : name(quantity);
    }

    std::string build_options() const;
    std::string entry_point() const;
};

// In order of preference; every quantity ends with a row for any device.
std::span<const Probe> probes();
// As many work-items as keep the whole device busy.
ProbeLaunch launch_on(const DeviceTraits& device);
bool admissible(const Probe& probe, const DeviceTraits& device);
// The first admissible row.
const Probe& choose_probe(Quantity quantity, const DeviceTraits& device);
// Whether the rate that it finds bounds every kernel: no row of the table uses the integer dot
// products of GPUs, or their matrix units for half-bytes, so on a device that has them nothing is
// known.
bool finds_ceiling(const Probe& probe, const DeviceTraits& device);

}  // namespace slimbench
