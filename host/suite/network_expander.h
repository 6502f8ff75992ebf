// Unfolds a network file: templates, loops and defaults become a graph whose shapes are known.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "host/problem/network.h"

namespace slimbench {

// What a command line may change of a network file.
struct NetworkOptions {
    std::optional<Size> size = {};  // of the input image
    std::int64_t batch = 1;
    std::optional<std::int64_t> classes = {};  // value of $classes
    double width = 1;                          // factor of the widths that the file lets scale
};

// `file` is what messages call it. Throws std::runtime_error naming file, place and what is right.
Network expand_network(const nlohmann::json& document, const std::string& file,
                       const NetworkOptions& options);

}  // namespace slimbench
