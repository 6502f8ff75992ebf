// Parses values of the command line.
#include "host/cli/arguments.h"

#include <charconv>
#include <stdexcept>

#include <fmt/core.h>

#include "host/suite/pruning_file.h"

namespace slimbench {
namespace {

// 0 when the text is not a whole number that an image can have as extent.
std::int64_t parse_extent(std::string_view text) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && stop == text.data() + text.size();
    return whole && value >= 1 && value <= 65536 ? value : 0;
}

}  // namespace

Size parse_size(std::string_view text) {
    const std::size_t cross = text.find('x');
    Size size{0, 0};
    if (cross != text.npos)
        size = {parse_extent(text.substr(0, cross)), parse_extent(text.substr(cross + 1))};
    if (size.height == 0 || size.width == 0)
        throw std::invalid_argument(fmt::format(
            "size '{}': expected HEIGHTxWIDTH such as 1024x2048, each from 1 to 65536", text));
    return size;
}

std::vector<PruningPlan> parse_prunings(const std::vector<std::string>& texts) {
    std::vector<PruningPlan> plans;
    for (const std::string& text : texts) plans.push_back(load_pruning(text));
    return plans;
}

}  // namespace slimbench
