// A tensor in host memory as the reference sees it: dense NHWC.
#pragma once

#include <vector>

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

}  // namespace slimbench
