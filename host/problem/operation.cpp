// Names of operations and activations.
#include "host/problem/operation.h"

namespace slimbench {
namespace {

std::string_view pool_name(Pool::Kind kind) {
    switch (kind) {
        case Pool::Kind::max:
            return "max_pool";
        case Pool::Kind::average:
            return "average_pool";
        case Pool::Kind::global_average:
            return "global_average_pool";
    }
    return "";
}

struct KindName {
    std::string_view operator()(const Conv& conv) const {
        if (conv.fully_connected) return "fc";
        return conv.problem.depthwise() ? "depthwise" : "conv";
    }
    std::string_view operator()(const Pool& pool) const { return pool_name(pool.kind); }
    std::string_view operator()(const Resize&) const { return "resize"; }
    std::string_view operator()(const Add&) const { return "add"; }
    std::string_view operator()(const Concat&) const { return "concat"; }
    std::string_view operator()(const Affine&) const { return "affine"; }
};

}  // namespace

std::string_view name(Activation activation) {
    switch (activation) {
        case Activation::none:
            return "none";
        case Activation::relu:
            return "relu";
        case Activation::relu6:
            return "relu6";
    }
    return "";
}

std::string_view kind_name(const Operation& operation) {
    return std::visit(KindName{}, operation);
}

Activation activation_of(const Operation& operation) {
    return std::visit(
        [](const auto& op) {
            if constexpr (requires { op.activation; })
                return op.activation;
            else
                return Activation::none;
        },
        operation);
}

}  // namespace slimbench
