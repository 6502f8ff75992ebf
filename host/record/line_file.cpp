// A line counts once its newline is on the disk; anything after the last newline is torn.
#include "host/record/line_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace slimbench {
namespace {

[[noreturn]] void fail(const std::string& path, std::string_view what, int error) {
    throw std::runtime_error(fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

std::string read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail(path, "cannot open for reading", errno);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) fail(path, "cannot read", errno);
    return text;
}

off_t size_of(int descriptor, const std::string& path) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0) fail(path, "cannot stat", errno);
    if (!S_ISREG(status.st_mode))
        throw std::runtime_error(path + ": not a regular file; a journal needs one");
    return status.st_size;
}

// Length up to and including the last newline, searched backwards in pieces: journals grow large,
// torn lines do not.
off_t whole_length(int descriptor, off_t size, const std::string& path) {
    char piece[4096];
    for (off_t end = size; end > 0;) {
        const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(sizeof piece));
        const ssize_t got = pread(descriptor, piece, static_cast<std::size_t>(end - begin), begin);
        if (got != end - begin) fail(path, "cannot read", errno);
        const std::size_t found =
            std::string_view(piece, static_cast<std::size_t>(got)).rfind('\n');
        if (found != std::string_view::npos) return begin + static_cast<off_t>(found) + 1;
        end = begin;
    }
    return 0;
}

// Two writers would cut off each other's lines. Some network file systems cannot lock; there we go
// on without.
void lock(int descriptor, const std::string& path) {
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return;
    if (errno == EWOULDBLOCK)
        throw std::runtime_error(
            path +
            ": another slimbench is writing this journal; wait for it or choose another --out");
}

void prepare(int descriptor, const std::string& path) {
    lock(descriptor, path);
    const off_t size = size_of(descriptor, path);
    const off_t whole = whole_length(descriptor, size, path);
    if (whole != size && ftruncate(descriptor, whole) != 0)
        fail(path, "cannot cut off the torn last line", errno);
}

// Returns 0 or the errno of what failed.
int write_and_sync(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written < 0 ? errno : ENOSPC;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return fdatasync(descriptor) == 0 ? 0 : errno;
}

}  // namespace

FileLines read_lines(const std::string& path) {
    const std::string text = read_whole(path);
    FileLines lines;
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            lines.torn = true;
            break;
        }
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos)
            lines.whole.push_back({std::string(line), number});
    }
    return lines;
}

LineAppender::LineAppender(const std::string& path) : path_(path) {
    descriptor_ = open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail(path, "cannot open for appending", errno);
    try {
        prepare(descriptor_, path);
    } catch (...) {
        close(descriptor_);
        throw;
    }
}

LineAppender::~LineAppender() {
    close(descriptor_);
}

void LineAppender::append(const std::string& line) {
    const off_t before = size_of(descriptor_, path_);
    const int error = write_and_sync(descriptor_, line + "\n");
    if (error == 0) return;
    if (ftruncate(descriptor_, before) != 0)
        fail(path_,
             fmt::format("cannot append ({}) nor take back the partial line", std::strerror(error)),
             errno);
    fail(path_, "cannot append; the earlier records are whole", error);
}

}  // namespace slimbench
