// Numbers as people read them: three significant digits in a fitting unit. What is missing is
// "n/a", never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "host/record/statistics.h"

namespace slimbench {

inline constexpr std::string_view not_available = "n/a";

// Three significant digits without an exponent: 0.0123, 1.23, 123, 12346 (digits before the point
// are all kept).
std::string format_number(double value);

struct TimeUnit {
    std::string_view name;  // "s", "ms", "us", "ns"
    double seconds;
};
TimeUnit fitting_unit(double seconds);    // the largest in which the time is at least 1
std::string format_time(double seconds);  // "12.3 ms"
std::string format_time(double seconds, TimeUnit unit);  // "12.3"
std::string format_time(const std::optional<double>& seconds);
std::string format_interval(const std::optional<Interval>& interval);  // "12.1 to 12.5 ms"

std::string format_ratio(const std::optional<double>& ratio);       // "2.31x"
std::string format_percent(const std::optional<double>& fraction);  // "12.3 %", "-4.00 %"
std::string format_count(std::int64_t count);                       // "22,040,278"
std::string format_bytes(double bytes);                             // decimal units: "46.8 MB"

// `numerator / denominator` where both exist and make sense.
std::optional<double> ratio_of(const std::optional<double>& numerator,
                               const std::optional<double>& denominator);

}  // namespace slimbench
