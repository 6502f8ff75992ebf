#include "reports/gate/wording.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/format.h"
#include "reports/provenance.h"

namespace slimbench {

std::string signed_percent(double fraction) {
    return fmt::format("{:+.1f} %", 100 * fraction);
}

std::string slow_down_text(const std::optional<SlowDown>& change) {
    if (!change) return std::string(not_available);
    return fmt::format("{} ({:+.1f} to {:+.1f})", signed_percent(change->estimate),
                       100 * change->low, 100 * change->high);
}

std::string words(std::string_view enumerator) {
    std::string text(enumerator);
    std::ranges::replace(text, '_', ' ');
    return text;
}

std::string device_text(const nlohmann::json& device) {
    ResultRecord record;
    record.device = device;
    return device_title(record);
}

std::string build_text(const nlohmann::json& build) {
    std::vector<std::string> parts;
    for (const auto& [key, pattern] : {std::pair{"version", "{}"},
                                       {"commit", "commit {}"},
                                       {"kernel_hash", "kernels {}"},
                                       {"type", "{}"}})
        if (const std::string text = text_at(build, key); !text.empty())
            parts.push_back(fmt::format(fmt::runtime(pattern), text));
    return parts.empty() ? "unknown" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace slimbench
