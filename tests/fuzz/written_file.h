// A text in a file, for readers that take paths.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

#include "tests/fuzz/promises.h"
#include "tests/support/temporary_folder.h"

namespace slimbench::fuzz {

// Writes the text over what the last call left, and returns its path.
inline std::string written_file(const std::string& name, std::string_view text) {
    static const slimbench::testing::TemporaryFolder folder;
    std::ofstream stream(folder.path(name), std::ios::binary);
    stream << text << std::flush;
    require(stream.good(), "the temporary folder takes a file");
    return folder.path(name);
}

}  // namespace slimbench::fuzz
