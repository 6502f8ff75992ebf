#include "host/suite/width_multiplier.h"

#include <algorithm>
#include <cmath>

namespace slimbench {

WidthRule read_width_rule(const JsonPlace& place) {
    place.require_object({"rounding", "multiple_of", "least", "never_below"});
    constexpr std::int64_t most = 1024;
    WidthRule rule;
    if (const auto rounding = place.find("rounding"))
        rule.down = rounding->choice({"nearest", "down"}) == 1;
    if (const auto multiple = place.find("multiple_of"))
        rule.multiple_of = multiple->integer(1, most);
    if (const auto least = place.find("least")) rule.least = least->integer(1, most);
    if (const auto share = place.find("never_below")) rule.never_below = share->number(0, 1);
    return rule;
}

std::int64_t scaled_width(std::int64_t channels, double factor, const WidthRule& rule) {
    if (factor == 1) return channels;
    const double exact = static_cast<double>(channels) * factor;
    const auto multiple = static_cast<double>(rule.multiple_of);
    const double multiples = std::floor(exact / multiple + (rule.down ? 0.0 : 0.5));
    std::int64_t width =
        std::max(rule.least, static_cast<std::int64_t>(multiples) * rule.multiple_of);
    if (static_cast<double>(width) < rule.never_below * exact) width += rule.multiple_of;
    return width;
}

}  // namespace slimbench
