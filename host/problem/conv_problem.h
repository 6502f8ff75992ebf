// One forward convolution: the extents that define it and what follows from them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/problem/shape.h"

namespace slimbench {

struct Padding {
    std::int64_t top = 0, left = 0, bottom = 0, right = 0;
    bool operator==(const Padding&) const = default;
    static Padding all(std::int64_t amount) { return {amount, amount, amount, amount}; }
};

// Beyond what any device holds or computes; keeps all sums over a network within 64 bits.
inline constexpr std::int64_t largest_element_count = std::int64_t{1} << 40;
inline constexpr std::int64_t largest_mac_count = std::int64_t{1} << 50;

struct ConvProblem {
    TensorShape in = {};
    std::int64_t filters = 1;  // output channels
    Size kernel = {};
    Size stride = {};
    Padding pad = {};
    Size dilation = {};  // 1 = dense
    std::int64_t groups = 1;
    bool operator==(const ConvProblem&) const = default;

    TensorShape out() const;
    std::int64_t macs() const;          // multiply-accumulates, padding counted as if it were data
    std::int64_t data_macs() const;     // the same without products of padding, which is zero
    std::int64_t reduction() const;     // products per output: kernel area x channels of a group
    std::int64_t weight_count() const;  // OIHW: filters x (channels / groups) x kernel
    bool depthwise() const;             // groups == channels == filters > 1

    // Throws std::invalid_argument saying what is impossible: no output, groups that do not divide,
    // extents whose products no 64-bit number holds.
    void check() const;

    // Canonical text in benchdnn's problem syntax (https://oneapi-src.github.io/oneDNN,
    // "driver_conv"), e.g. "mb1ic64ih56iw56oc64oh56ow56kh3kw3sh1sw1ph1pw1dh0dw0": dilation counts
    // from 0 there. Parsing it gives this problem back, bottom and right padding up to what no
    // window reaches.
    std::string text() const;
};

// Parses benchdnn's syntax: unset width mirrors height, mb defaults to 2, g to 1, unset oh/ow are
// derived, given ones fix the bottom/right padding. `name` receives n"..." if present.
// Throws std::invalid_argument naming the text, the position and what is expected there.
ConvProblem parse_conv_problem(std::string_view text, std::string* name = nullptr);

}  // namespace slimbench
