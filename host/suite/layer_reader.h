// One layer of a network file: its keys turned into an operation.
#pragma once

#include <optional>
#include <string>

#include "host/problem/operation.h"
#include "host/problem/strict_json.h"
#include "host/suite/width_multiplier.h"

namespace slimbench {

// Names that a layer's parameters get.
struct ParameterNames {
    std::string shared;  // without the scopes that share weights: "layer1.0.conv1"
    std::string own;     // the layer's full name: "level0.layer1.0.conv1"
};

// What a layer needs to know of its surroundings.
struct LayerSurroundings {
    std::int64_t input_channels;
    ParameterNames names;
    std::optional<WidthRule> width_rule;  // of the file
    double width = 1;                     // the factor
};

// `place` is a layer whose parameters are already substituted. A resize's `like` still holds the
// file's reference. Throws std::runtime_error naming the place and what is allowed there.
Operation read_layer(const JsonPlace& place, const LayerSurroundings& around);

}  // namespace slimbench
