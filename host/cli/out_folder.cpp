#include "host/cli/out_folder.h"

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

namespace slimbench {

void create_folder(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        throw std::runtime_error(
            fmt::format("{}: cannot create this folder ({}); name another with --out", folder,
                        error.message()));
}

void set_aside(const std::string& path) {
    if (!std::filesystem::exists(path)) return;
    const std::string stem = path.substr(0, path.rfind(".jsonl"));
    int number = 1;
    while (std::filesystem::exists(fmt::format("{}.{}.jsonl", stem, number))) ++number;
    const std::string kept = fmt::format("{}.{}.jsonl", stem, number);
    std::filesystem::rename(path, kept);
    fmt::print(stderr, "earlier records kept as {}\n", kept);
}

}  // namespace slimbench
