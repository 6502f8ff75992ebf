// A copy of the kernels with mistakes planted in it, to be named by SLIMBENCH_KERNEL_DIR.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/support/temporary_folder.h"

namespace slimbench::testing {

class PlantedKernels {
public:
    PlantedKernels() {
        std::filesystem::copy(SLIMBENCH_SOURCE_DIR "/kernels/cl", folder_.path(),
                              std::filesystem::copy_options::recursive);
    }

    // Throws unless `right` stands in the file exactly once: a mistake that is not planted would
    // let its test pass for nothing.
    void replace(const std::string& file, const std::string& right, const std::string& wrong) {
        std::string text = read(file);
        const std::size_t at = text.find(right);
        if (at == std::string::npos || text.find(right, at + 1) != std::string::npos)
            throw std::logic_error("'" + right + "' does not stand once in " + file);
        text.replace(at, right.size(), wrong);
        std::ofstream(folder_.path(file)) << text;
    }

    std::string folder() const { return folder_.path(); }

private:
    std::string read(const std::string& file) const {
        std::ifstream stream(folder_.path(file));
        if (!stream) throw std::logic_error("no kernel file " + file);
        std::ostringstream text;
        text << stream.rdbuf();
        return text.str();
    }

    TemporaryFolder folder_;
};

}  // namespace slimbench::testing
