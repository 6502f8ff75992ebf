// The caches of the processor that this process runs on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace slimbench {

struct Cache {
    std::string type;  // "Data", "Instruction", "Unified"
    int level = 0;
    std::uint64_t bytes = 0;
    std::string shared_by;  // "0-1": the processors that share one instance
    unsigned sharers() const;
};

// Of the first processor, nearest first; empty where the system does not say.
std::vector<Cache> processor_caches();

}  // namespace slimbench
