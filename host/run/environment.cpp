#include "host/run/environment.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "build_info.h"
#include "host/measure/caches.h"
#include "host/run/allocator.h"

namespace slimbench {

namespace {

// The value of the first "KEY: value" or "KEY = value" line of a system file, or nothing.
std::optional<std::string> system_value(const std::string& path, const std::string& key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(key)) continue;
        const std::size_t at = line.find_first_of(":=");
        if (at == std::string::npos) continue;
        const std::size_t start = line.find_first_not_of(" \t\"", at + 1);
        if (start == std::string::npos) continue;
        return line.substr(start, line.find_last_not_of(" \t\"") - start + 1);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> number_in(const std::string& path) {
    std::ifstream file(path);
    std::uint64_t number = 0;
    if (file >> number) return number;
    return std::nullopt;  // missing, or "max"
}

nlohmann::json or_null(const std::optional<std::string>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json load_average() {
    double load = 0;
    return getloadavg(&load, 1) == 1 ? nlohmann::json(load) : nlohmann::json();
}

nlohmann::json caches() {
    nlohmann::json list = nlohmann::json::array();
    for (const Cache& cache : processor_caches())
        list.push_back({{"type", cache.type},
                        {"level", fmt::format("{}", cache.level)},
                        {"size", fmt::format("{}K", cache.bytes >> 10)},
                        {"shared_by", cache.shared_by}});
    return list;
}

std::vector<std::string_view> capability_names(Capabilities capabilities) {
    std::vector<std::string_view> names;
    for (const Capability capability : all_capabilities)
        if (capabilities.has(capability)) names.push_back(name(capability));
    return names;
}

}  // namespace

nlohmann::json device_fingerprint(const DeviceTraits& device) {
    return {{"platform", device.platform},
            {"name", device.name},
            {"vendor", device.vendor},
            {"version", device.device_version},
            {"driver", device.driver_version},
            {"type", name(device.kind)},
            {"tier", name(device.tier)},
            {"compute_units", device.compute_units},
            {"global_memory", device.global_memory},
            {"largest_allocation", device.largest_allocation},
            {"local_memory", device.local_memory},
            {"largest_work_group", device.largest_work_group},
            {"timer_resolution_ns", device.timer_resolution_ns},
            {"capabilities", capability_names(device.capabilities)}};
}

DeviceTraits traits_from(const nlohmann::json& fingerprint) {
    DeviceTraits traits;
    traits.platform = fingerprint.value("platform", "");
    traits.name = fingerprint.value("name", "");
    traits.vendor = fingerprint.value("vendor", "");
    traits.device_version = fingerprint.value("version", "");
    traits.driver_version = fingerprint.value("driver", "");
    traits.kind = parse_device_kind(fingerprint.value("type", "")).value_or(traits.kind);
    traits.tier = parse_tier(fingerprint.value("tier", "")).value_or(Tier::portable);
    traits.compute_units = fingerprint.value("compute_units", 0u);
    traits.global_memory = fingerprint.value("global_memory", std::uint64_t{0});
    traits.largest_allocation = fingerprint.value("largest_allocation", std::uint64_t{0});
    traits.local_memory = fingerprint.value("local_memory", std::uint64_t{0});
    traits.timer_resolution_ns = fingerprint.value("timer_resolution_ns", std::uint64_t{0});
    traits.largest_work_group = fingerprint.value("largest_work_group", std::uint64_t{0});
    for (const std::string& capability :
         fingerprint.value("capabilities", std::vector<std::string>{}))
        if (const auto known = parse_capability(capability)) traits.capabilities.add(*known);
    return traits;
}

nlohmann::json environment_description() {
    utsname system{};
    uname(&system);
    const char* affinity = std::getenv("POCL_AFFINITY");
    return {{"os", or_null(system_value("/etc/os-release", "PRETTY_NAME"))},
            {"kernel", system.release},
            {"machine", system.machine},
            {"cpu", or_null(system_value("/proc/cpuinfo", "model name"))},
            {"cpu_mhz", or_null(system_value("/proc/cpuinfo", "cpu MHz"))},
            {"threads", std::thread::hardware_concurrency()},
            {"caches", caches()},
            {"allocator", or_null(allocator_name())},
            {"pocl_affinity", affinity ? nlohmann::json(affinity) : nlohmann::json()},
            {"load_average", load_average()},
            {"available_memory", available_memory()}};
}

nlohmann::json build_description() {
    return {{"version", SLIMBENCH_VERSION},
            {"commit", SLIMBENCH_COMMIT},
            {"compiler", SLIMBENCH_COMPILER},
            {"type", SLIMBENCH_BUILD_TYPE}};
}

std::uint64_t available_memory() {
    std::uint64_t available = std::numeric_limits<std::uint64_t>::max();
    if (const auto kib = system_value("/proc/meminfo", "MemAvailable"))
        available = std::stoull(*kib) * 1024;
    const auto limit = number_in("/sys/fs/cgroup/memory.max");
    const auto used = number_in("/sys/fs/cgroup/memory.current");
    if (limit && used) available = std::min(available, *limit > *used ? *limit - *used : 0);
    return available;
}

std::string cache_folder() {
    std::string folder;
    if (const char* own = std::getenv("SLIMBENCH_CACHE_DIR"))
        folder = own;
    else if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg)
        folder = std::string(xdg) + "/slimbench";
    else if (const char* home = std::getenv("HOME"))
        folder = std::string(home) + "/.cache/slimbench";
    std::error_code error;
    if (!folder.empty()) std::filesystem::create_directories(folder, error);
    return error ? "" : folder;
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

}  // namespace slimbench
