// Random draws that are the same on every platform and in every build: the standard fixes its
// engines, but not its distributions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace slimbench {

class Draw {
public:
    explicit Draw(std::uint64_t seed) : engine_(seed) {}

    // From 0 to count - 1, each as likely as the others to within 2^-32 * count.
    std::size_t below(std::size_t count) {
        return static_cast<std::size_t>((engine_() >> 32) * count >> 32);
    }
    bool coin() { return below(2) == 1; }

    template <class T>
    void shuffle(std::vector<T>& values) {  // R. Fisher and F. Yates, 1938
        for (std::size_t left = values.size(); left > 1; --left)
            std::swap(values[left - 1], values[below(left)]);
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace slimbench
