// Extents of images and tensors, in elements.
#pragma once

#include <cstdint>

namespace slimbench {

struct Size {
    std::int64_t height = 1;
    std::int64_t width = 1;
    bool operator==(const Size&) const = default;
};

struct TensorShape {
    std::int64_t batch = 1;
    std::int64_t channels = 1;
    std::int64_t height = 1;
    std::int64_t width = 1;
    bool operator==(const TensorShape&) const = default;

    Size size() const { return {height, width}; }
    std::int64_t pixels() const { return batch * height * width; }
    std::int64_t elements() const { return pixels() * channels; }
};

}  // namespace slimbench
