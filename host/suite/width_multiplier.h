// One factor for all widths of a network, and how the widths are rounded.
#pragma once

#include <cstdint>
#include <optional>

#include "host/problem/strict_json.h"

namespace slimbench {

inline constexpr double least_width = 0.05, most_width = 8;

// The rule of a network file. Its defaults are those of the file.
struct WidthRule {
    bool down = false;  // to a multiple below, else to the nearest one, a half up
    std::int64_t multiple_of = 1;
    std::int64_t least = 1;
    double never_below =
        0;  // a width that rounding made less than this share gets one multiple more
};

// Throws std::runtime_error naming the place and what is allowed there.
WidthRule read_width_rule(const JsonPlace& place);

// `channels` times `factor`; as they are when the factor is 1.
std::int64_t scaled_width(std::int64_t channels, double factor, const WidthRule& rule);

}  // namespace slimbench
