// Ceilings of a device from earlier runs, kept in a file that all devices share.
#pragma once

#include <optional>
#include <string>

#include "host/record/peaks.h"
#include "host/run/scoped_file.h"

namespace slimbench {

class PeaksCache {
public:
    // `scope` names everything that ceilings depend on. An empty path keeps them in memory only.
    PeaksCache(std::string path, std::string scope);

    const std::optional<Peaks>& find() const { return known_; }
    void keep(const Peaks& peaks);

private:
    ScopedFile file_;
    std::optional<Peaks> known_;
};

}  // namespace slimbench
