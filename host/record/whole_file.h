// Files that exist either whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace slimbench {

// Writes beside the target and renames, so that nobody ever reads half a file and a full disk
// leaves the old one. A target that is not a regular file (a pipe, /dev/stdout) is written
// directly. Throws std::runtime_error naming the path and the system's reason.
void write_whole_file(const std::string& path, std::string_view text);

}  // namespace slimbench
