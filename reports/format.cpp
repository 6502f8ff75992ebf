#include "reports/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace slimbench {
namespace {

// Rounded to three significant digits first, so that 999.7 us becomes 1.00 ms and not 1000 us.
double round_to_three_digits(double value) {
    if (value == 0 || !std::isfinite(value)) return value;
    const double scale = std::pow(10.0, 2 - std::floor(std::log10(std::abs(value))));
    return std::round(value * scale) / scale;
}

constexpr std::array<TimeUnit, 4> time_units{{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}}};

}  // namespace

std::string format_number(double value) {
    if (!std::isfinite(value)) return std::string(not_available);
    if (value == 0) return "0";
    const double rounded = round_to_three_digits(value);
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(rounded)) + 1e-9));
    return fmt::format("{:.{}f}", magnitude > 2 ? value : rounded, std::max(0, 2 - magnitude));
}

TimeUnit fitting_unit(double seconds) {
    const double rounded = std::abs(round_to_three_digits(seconds));
    for (const TimeUnit& unit : time_units)
        if (rounded >= unit.seconds * (1 - 1e-9)) return unit;
    return time_units.back();
}

std::string format_time(double seconds, TimeUnit unit) {
    return format_number(seconds / unit.seconds);
}

std::string format_time(double seconds) {
    const TimeUnit unit = fitting_unit(seconds);
    return fmt::format("{} {}", format_time(seconds, unit), unit.name);
}

std::string format_time(const std::optional<double>& seconds) {
    return seconds ? format_time(*seconds) : std::string(not_available);
}

std::string format_interval(const std::optional<Interval>& interval) {
    if (!interval) return std::string(not_available);
    const TimeUnit unit = fitting_unit(interval->high);
    return fmt::format("{} to {} {}", format_time(interval->low, unit),
                       format_time(interval->high, unit), unit.name);
}

std::string format_ratio(const std::optional<double>& ratio) {
    return ratio ? format_number(*ratio) + "x" : std::string(not_available);
}

// One digit after the point: a fraction of a per cent is below what these measurements can tell
// apart.
std::string format_percent(const std::optional<double>& fraction) {
    return fraction ? fmt::format("{:.1f} %", *fraction * 100) : std::string(not_available);
}

std::string format_count(std::int64_t count) {
    std::string text = fmt::format("{}", count);
    const std::size_t first_digit = count < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > first_digit + 3;) text.insert(at -= 3, 1, ',');
    return text;
}

std::string format_bytes(double bytes) {
    constexpr std::array<std::string_view, 5> units{"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    for (; round_to_three_digits(bytes) >= 1000 && unit + 1 < units.size(); ++unit) bytes /= 1000;
    return fmt::format("{} {}", unit == 0 ? fmt::format("{:.0f}", bytes) : format_number(bytes),
                       units[unit]);
}

std::optional<double> ratio_of(const std::optional<double>& numerator,
                               const std::optional<double>& denominator) {
    if (!numerator || !denominator || *denominator == 0) return std::nullopt;
    return *numerator / *denominator;
}

}  // namespace slimbench
