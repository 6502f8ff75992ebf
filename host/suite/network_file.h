// Networks by name (shipped with the program) or from a file of one's own.
#pragma once

#include <string>
#include <vector>

#include "host/suite/network_expander.h"

namespace slimbench {

// A name, or a path that ends in ".json". Throws std::runtime_error: for an unknown name with near
// ones, for a broken file with file, place and what is allowed.
Network load_network(const std::string& name_or_path, const NetworkOptions& options = {});

struct NetworkEntry {
    std::string name, about;
};
std::vector<NetworkEntry> shipped_networks();

}  // namespace slimbench
