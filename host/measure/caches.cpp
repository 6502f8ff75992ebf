#include "host/measure/caches.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace slimbench {

namespace {

template <class T>
T value_in(const std::string& path) {
    std::ifstream file(path);
    T value{};
    file >> value;
    return value;
}

// "1024K"; the unit is K in practice, and M where a kernel rounds.
std::uint64_t parse_size(const std::string& text) {
    std::istringstream stream(text);
    std::uint64_t value = 0;
    char unit = ' ';
    stream >> value >> unit;
    return unit == 'K' ? value << 10 : unit == 'M' ? value << 20 : value;
}

}  // namespace

// "0-3,8": ranges and single numbers.
unsigned Cache::sharers() const {
    std::istringstream parts(shared_by);
    unsigned count = 0;
    for (std::string part; std::getline(parts, part, ',');) {
        unsigned first = 0, last = 0;
        char dash = ' ';
        std::istringstream range(part);
        range >> first;
        count += range >> dash >> last ? last - first + 1 : 1;
    }
    return count == 0 ? 1 : count;
}

std::vector<Cache> processor_caches() {
    std::vector<Cache> caches;
    const std::string root = "/sys/devices/system/cpu/cpu0/cache";
    for (int index = 0; std::filesystem::exists(fmt::format("{}/index{}", root, index)); ++index) {
        const std::string folder = fmt::format("{}/index{}/", root, index);
        caches.push_back({value_in<std::string>(folder + "type"), value_in<int>(folder + "level"),
                          parse_size(value_in<std::string>(folder + "size")),
                          value_in<std::string>(folder + "shared_cpu_list")});
    }
    return caches;
}

}  // namespace slimbench
