// Parameters of templates: "$name" in the strings of a network file.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "host/problem/strict_json.h"

namespace slimbench {

using Bindings = std::map<std::string, nlohmann::json>;

// The value with every "$name" replaced: a string that is nothing else becomes the bound value of
// whatever type, a name inside a longer string becomes text. Throws std::runtime_error naming the
// place for a name that is not bound.
nlohmann::json substitute(const JsonPlace& place, const Bindings& bindings);

}  // namespace slimbench
