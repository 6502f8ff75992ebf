// How a tensor lies in memory.
#pragma once

#include <cstdint>

#include "host/problem/network.h"

namespace slimbench {

inline constexpr std::int64_t widest_vector = 16;  // channels that a kernel loads or stores at once

// Pixels so far apart meet in the same sets of a CPU's first-level cache (host/kernel/plan.cpp).
inline constexpr std::int64_t colliding_bytes = 2048;

// NHWC: see tensor_view in kernels/cl/abi.h.
struct Layout {
    std::int64_t pitch = 0;  // elements from one pixel to the next
    std::int64_t halo = 0;   // pixels on each side
    std::int64_t elements(const TensorShape& shape) const {
        return shape.batch * (shape.height + 2 * halo) * (shape.width + 2 * halo) * pitch;
    }
};

// Of a tensor: what all that read it need around it.
std::int64_t halo_of(const Network& network, TensorId tensor);

}  // namespace slimbench
