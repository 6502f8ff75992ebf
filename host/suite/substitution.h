// Parameters of templates: "$name" in the strings of a network file.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "host/problem/strict_json.h"

namespace slimbench {

using Bindings = std::map<std::string, nlohmann::json>;

// What templates may unfold to. A few lines that use each other double with every use.
class Growth {
public:
    // Throws std::runtime_error naming the place when it is too much.
    void add(const JsonPlace& place, std::size_t values);

private:
    std::size_t left_ = 1'000'000;  // values and letters; our largest network takes 30,000
};

// The value with every "$name" replaced: a string that is nothing else becomes the bound value of
// whatever type, a name inside a longer string becomes text. Throws std::runtime_error naming the
// place for a name that is not bound, and where `growth` ends.
nlohmann::json substitute(const JsonPlace& place, const Bindings& bindings, Growth& growth);

// Values and letters that all of them hold.
std::size_t size_of(const Bindings& bindings);

}  // namespace slimbench
