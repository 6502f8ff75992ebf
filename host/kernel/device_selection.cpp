#include "host/kernel/device_selection.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace slimbench {
namespace {

using Devices = std::span<const DeviceTraits>;

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
    return result;
}

std::string listing(Devices devices) {
    std::string text;
    for (std::size_t i = 0; i < devices.size(); ++i)
        text += fmt::format("\n  {}: {} ({}, {})", i, devices[i].name, name(devices[i].kind),
                            devices[i].platform);
    return text;
}

// The first device of the first kind that there is one of.
std::optional<std::size_t> first_of(Devices devices, std::initializer_list<DeviceKind> kinds) {
    for (const DeviceKind kind : kinds)
        for (std::size_t i = 0; i < devices.size(); ++i)
            if (devices[i].kind == kind) return i;
    return std::nullopt;
}

std::optional<std::size_t> as_index(std::string_view text) {
    std::size_t index = 0;
    const char* end = text.data() + text.size();
    const auto [read_to, error] = std::from_chars(text.data(), end, index);
    if (error != std::errc() || read_to != end) return std::nullopt;
    return index;
}

std::vector<std::size_t> named(Devices devices, const std::string& part) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < devices.size(); ++i)
        if (lower(devices[i].name).find(part) != std::string::npos ||
            lower(devices[i].platform).find(part) != std::string::npos)
            found.push_back(i);
    return found;
}

}  // namespace

std::size_t select(Devices devices, std::string_view pattern) {
    using enum DeviceKind;
    const auto refuse = [&](const std::string& why) {
        return std::runtime_error(fmt::format("{}; there are:{}", why, listing(devices)));
    };
    const std::string wanted = lower(pattern);
    std::optional<std::size_t> found;
    if (wanted.empty())
        found = first_of(devices, {discrete_gpu, integrated_gpu, cpu, accelerator});
    else if (const auto index = as_index(wanted))
        found = *index < devices.size() ? index : std::nullopt;
    else if (wanted == name(discrete_gpu))
        found = first_of(devices, {discrete_gpu, integrated_gpu});
    else if (const auto kind = parse_device_kind(wanted))
        found = first_of(devices, {*kind});
    if (found) return *found;
    const std::vector<std::size_t> of_that_name = named(devices, wanted);
    if (wanted.empty() || as_index(wanted) || of_that_name.empty())
        throw refuse(fmt::format("no device '{}'", pattern));
    const DeviceTraits& first = devices[of_that_name.front()];
    for (const std::size_t other : of_that_name)
        if (devices[other].name != first.name)
            throw refuse(fmt::format("'{}' fits several devices: give an index or more of the name",
                                     pattern));
    return of_that_name.front();
}

}  // namespace slimbench
