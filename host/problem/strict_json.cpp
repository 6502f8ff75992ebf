// Complaints about JSON that name file, place and what is allowed.
#include "host/problem/strict_json.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fmt/ranges.h>

namespace slimbench {
namespace {

std::string shown(const nlohmann::json& value) {
    const std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

// Copying, comparing and printing JSON recurse; what people and programs write stays far below.
constexpr int deepest_nesting = 100;

// Brackets that are open at once, those within strings apart.
bool nests_too_deeply(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"')
            in_string = !in_string;
        else if (in_string)
            at += c == '\\' ? 1 : 0;
        else if (c == '[' || c == '{')
            ++depth;
        else if (c == ']' || c == '}')
            --depth;
        if (depth > deepest_nesting) return true;
    }
    return false;
}

}  // namespace

nlohmann::json parse_json_text(std::string_view text) {
    if (nests_too_deeply(text))
        throw std::runtime_error(fmt::format(
            "lists and objects stand more than {} deep in each other", deepest_nesting));
    return nlohmann::json::parse(text);
}

nlohmann::json parse_json_file(const std::string& file, std::string_view content) {
    try {
        return parse_json_text(content);
    } catch (const nlohmann::json::out_of_range&) {
        throw std::runtime_error(
            fmt::format("{}: a number in it is larger than any machine's", file));
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(fmt::format("{}: {}", file, error.what()));
    } catch (const nlohmann::json::parse_error& error) {
        const auto before = content.substr(0, std::min(error.byte, content.size()));
        const auto line = 1 + std::ranges::count(before, '\n');
        const auto column =
            before.size() - (before.rfind('\n') == before.npos ? 0 : before.rfind('\n'));
        throw std::runtime_error(
            fmt::format("{}:{}:{}: this is not valid JSON", file, line, column));
    }
}

std::string read_text_file(const std::string& path) {
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream content;
    if (!stream || !(content << stream.rdbuf()))
        throw std::runtime_error(fmt::format("cannot read '{}': {}", path,
                                             errno ? std::strerror(errno) : "it is empty"));
    return content.str();
}

void JsonPlace::fail(std::string_view why) const {
    throw std::runtime_error(fmt::format("{}: {}: {}", file_, path_, why));
}

void JsonPlace::require_object(std::initializer_list<std::string_view> allowed_keys) const {
    if (!value_->is_object()) fail(fmt::format("expected an object, found {}", shown(*value_)));
    for (const auto& [key, _] : value_->items())
        if (std::ranges::find(allowed_keys, key) == allowed_keys.end())
            fail(fmt::format("unknown key '{}', allowed are: {}", key,
                             fmt::join(allowed_keys, ", ")));
}

JsonPlace JsonPlace::at(const std::string& key) const {
    if (const auto found = find(key)) return *found;
    fail(fmt::format("the key '{}' is missing", key));
}

std::optional<JsonPlace> JsonPlace::find(const std::string& key) const {
    if (!value_->is_object()) fail(fmt::format("expected an object, found {}", shown(*value_)));
    const auto found = value_->find(key);
    if (found == value_->end()) return std::nullopt;
    return JsonPlace(*found, file_, fmt::format("{}.{}", path_, key));
}

std::vector<JsonPlace> JsonPlace::items() const {
    if (!value_->is_array()) fail(fmt::format("expected a list, found {}", shown(*value_)));
    std::vector<JsonPlace> places;
    for (std::size_t i = 0; i < value_->size(); ++i)
        places.emplace_back((*value_)[i], file_, fmt::format("{}[{}]", path_, i));
    return places;
}

std::vector<std::pair<std::string, JsonPlace>> JsonPlace::members() const {
    if (!value_->is_object()) fail(fmt::format("expected an object, found {}", shown(*value_)));
    std::vector<std::pair<std::string, JsonPlace>> places;
    for (const auto& [key, value] : value_->items())
        places.emplace_back(key, JsonPlace(value, file_, fmt::format("{}.{}", path_, key)));
    return places;
}

std::string JsonPlace::string() const {
    if (!value_->is_string()) fail(fmt::format("expected a string, found {}", shown(*value_)));
    return value_->get<std::string>();
}

bool JsonPlace::boolean() const {
    if (!value_->is_boolean())
        fail(fmt::format("expected true or false, found {}", shown(*value_)));
    return value_->get<bool>();
}

std::int64_t JsonPlace::integer(std::int64_t least, std::int64_t most) const {
    const bool fits = value_->is_number_unsigned()
                          ? value_->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX)
                          : value_->is_number_integer();
    if (!fits || value_->get<std::int64_t>() < least || value_->get<std::int64_t>() > most)
        fail(fmt::format("expected a whole number from {} to {}, found {}", least, most,
                         shown(*value_)));
    return value_->get<std::int64_t>();
}

double JsonPlace::number(double least, double most) const {
    const double number = value_->is_number() ? value_->get<double>() : std::nan("");
    if (!(number >= least && number <= most))
        fail(fmt::format("expected a number from {} to {}, found {}", least, most, shown(*value_)));
    return number;
}

std::size_t JsonPlace::choice(std::initializer_list<std::string_view> allowed) const {
    if (value_->is_string()) {
        const auto found = std::ranges::find(allowed, value_->get_ref<const std::string&>());
        if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
    }
    fail(fmt::format("expected one of \"{}\", found {}", fmt::join(allowed, "\", \""),
                     shown(*value_)));
}

}  // namespace slimbench
