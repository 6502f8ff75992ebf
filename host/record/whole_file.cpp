#include "host/record/whole_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace slimbench {
namespace {

[[noreturn]] void fail(const std::string& path, std::string_view what, int error) {
    throw std::runtime_error(fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

// Returns 0 or the errno of what failed; the descriptor is closed either way.
int write_and_close(int descriptor, std::string_view text, bool sync) {
    int error = 0;
    while (!text.empty() && error == 0) {
        const ssize_t written = write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) error = errno;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (error == 0 && sync && fsync(descriptor) != 0) error = errno;
    if (close(descriptor) != 0 && error == 0) error = errno;
    return error;
}

void write_directly(const std::string& path, std::string_view text) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) fail(path, "cannot open for writing", errno);
    if (const int error = write_and_close(descriptor, text, false))
        fail(path, "cannot write", error);
}

}  // namespace

void write_whole_file(const std::string& path, std::string_view text) {
    std::error_code ignored;
    const auto kind = std::filesystem::status(path, ignored).type();
    if (kind == std::filesystem::file_type::directory) fail(path, "cannot write", EISDIR);
    if (kind != std::filesystem::file_type::regular &&
        kind != std::filesystem::file_type::not_found)
        return write_directly(path, text);

    const std::string beside = fmt::format("{}.{}.tmp", path, getpid());
    const int descriptor = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) fail(path, "cannot create", errno);
    int error = write_and_close(descriptor, text, true);
    if (error == 0 && std::rename(beside.c_str(), path.c_str()) != 0) error = errno;
    if (error == 0) return;
    unlink(beside.c_str());
    fail(path, "cannot write", error);
}

}  // namespace slimbench
