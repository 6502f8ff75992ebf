// Replaces "$name" in JSON values.
#include "host/suite/substitution.h"

#include <algorithm>
#include <vector>

#include <fmt/ranges.h>

namespace slimbench {
namespace {

bool in_identifier(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

const nlohmann::json& bound(const JsonPlace& place, const std::string& name,
                            const Bindings& bindings) {
    const auto found = bindings.find(name);
    if (found != bindings.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [other, _] : bindings) known.push_back("$" + other);
    place.fail(
        fmt::format("'${}' is not a parameter here, known are: {}", name, fmt::join(known, ", ")));
}

std::size_t size_of(const nlohmann::json& value) {
    if (value.is_string()) return 1 + value.get_ref<const std::string&>().size();
    if (!value.is_structured()) return 1;
    std::size_t size = 1;
    for (const auto& [key, member] : value.items()) size += key.size() + size_of(member);
    return size;
}

nlohmann::json substitute_text(const JsonPlace& place, const Bindings& bindings, Growth& growth) {
    const std::string text = place.string();
    std::string replaced;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '$') {
            replaced += text[at++];
            continue;
        }
        const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                          text.end(), in_identifier);
        const auto stop = static_cast<std::size_t>(end - text.begin());
        const nlohmann::json& value = bound(place, text.substr(at + 1, stop - at - 1), bindings);
        growth.add(place, size_of(value));
        if (at == 0 && stop == text.size()) return value;
        if (!value.is_string() && !value.is_number())
            place.fail(fmt::format("'{}' must be text or a number inside a longer string",
                                   text.substr(at, stop - at)));
        replaced += value.is_string() ? value.get<std::string>() : value.dump();
        at = stop;
    }
    return replaced;
}

}  // namespace

void Growth::add(const JsonPlace& place, std::size_t values) {
    if (values > left_)
        place.fail("up to here, templates and loops unfold to more than a million values");
    left_ -= values;
}

nlohmann::json substitute(const JsonPlace& place, const Bindings& bindings, Growth& growth) {
    growth.add(place, 1);
    if (place.value().is_string()) return substitute_text(place, bindings, growth);
    if (place.value().is_array()) {
        nlohmann::json list = nlohmann::json::array();
        for (const JsonPlace& item : place.items())
            list.push_back(substitute(item, bindings, growth));
        return list;
    }
    if (place.value().is_object()) {
        nlohmann::json object = nlohmann::json::object();
        for (const auto& [key, member] : place.members())
            object[key] = substitute(member, bindings, growth);
        return object;
    }
    return place.value();
}

std::size_t size_of(const Bindings& bindings) {
    std::size_t size = 0;
    for (const auto& [_, value] : bindings) size += size_of(value);
    return size;
}

}  // namespace slimbench
