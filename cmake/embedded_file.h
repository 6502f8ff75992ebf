// Text files compiled into the binary by cmake/embed_files.cmake.
#pragma once

#include <span>
#include <string_view>

namespace slimbench {

struct EmbeddedFile {
    std::string_view path;  // relative to the folder that was embedded, e.g. "cl/pool.cl"
    std::string_view content;
};

std::span<const EmbeddedFile> kernel_files();  // kernels/
std::span<const EmbeddedFile> suite_files();   // suites/: networks, suites, prunings
std::span<const EmbeddedFile> policy_files();  // host/gate/policy.json alone
std::span<const EmbeddedFile> tuning_files();  // tuning/: what was measured on known devices

}  // namespace slimbench
