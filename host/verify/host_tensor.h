// A tensor in host memory as the reference sees it: dense NHWC.
#pragma once

#include <type_traits>
#include <vector>

#include "host/problem/half.h"
#include "host/problem/shape.h"

namespace slimbench {

template <class Element>  // float (FP32) or std::uint8_t (INT8)
struct HostTensor {
    TensorShape shape;
    std::vector<Element> values;

    const Element& at(std::int64_t n, std::int64_t y, std::int64_t x, std::int64_t c) const {
        return values[static_cast<std::size_t>(
            ((n * shape.height + y) * shape.width + x) * shape.channels + c)];
    }
};

// What the host computes with where a device stores `Stored`: binary16 is only a way of storing
// floats.
template <class Stored>
using HostElement = std::conditional_t<std::is_same_v<Stored, Half>, float, Stored>;

}  // namespace slimbench
