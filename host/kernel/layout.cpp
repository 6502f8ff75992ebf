#include "host/kernel/layout.h"

#include <algorithm>

namespace slimbench {
namespace {

std::int64_t widest(const Padding& pad) {
    return std::max({pad.top, pad.left, pad.bottom, pad.right, std::int64_t{0}});
}

// Pixels around its input that the operation reads.
std::int64_t halo_read(const Operation& operation) {
    if (const auto* conv = std::get_if<Conv>(&operation)) return widest(conv->problem.pad);
    const auto* pool = std::get_if<Pool>(&operation);
    return pool && pool->kind == Pool::Kind::average ? widest(pool->pad) : 0;
}

}  // namespace

std::int64_t halo_of(const Network& network, TensorId tensor) {
    std::int64_t halo = 0;
    for (const Node& node : network.nodes)
        if (std::ranges::find(node.inputs, tensor) != node.inputs.end())
            halo = std::max(halo, halo_read(node.operation));
    return halo;
}

}  // namespace slimbench
