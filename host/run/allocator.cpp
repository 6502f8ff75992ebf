#include "host/run/allocator.h"

#include <dlfcn.h>

#include <cstddef>
#include <string_view>

#include <fmt/format.h>

extern "C" {
// Read by jemalloc. Free pages stay: verification allocates and frees the same tensors again and
// again, and new pages would be zeroed each time.
extern const char* malloc_conf;
const char* malloc_conf = "dirty_decay_ms:-1";
}

namespace slimbench {

namespace {

using Control = int(const char*, void*, std::size_t*, void*, std::size_t);

Control* control() {
    static auto* const found = reinterpret_cast<Control*>(dlsym(RTLD_DEFAULT, "mallctl"));
    return found;
}

}  // namespace

std::optional<std::string> allocator_name() {
    const char* version = nullptr;
    std::size_t size = sizeof version;
    if (!control() || control()("version", &version, &size, nullptr, 0) != 0) return std::nullopt;
    const std::string_view text(version);  // 5.3.0-0-g54eaed1...
    return fmt::format("jemalloc {}", text.substr(0, text.find('-')));
}

void return_free_memory() {
    constexpr const char* purge_all_arenas = "arena.4096.purge";
    if (control()) control()(purge_all_arenas, nullptr, nullptr, nullptr, 0);
}

}  // namespace slimbench
