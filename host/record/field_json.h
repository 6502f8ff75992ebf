// Structs to JSON and back, driven by their field tables (record_fields.h). An empty optional and
// an unset JSON value leave their key out; unknown keys are ignored on reading.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/record/record_fields.h"

namespace slimbench::field_json {

using Json = nlohmann::json;

inline constexpr double nanoseconds_per_second = 1e9;

// ---- writing

inline std::int64_t nanoseconds(double seconds) {
    if (!std::isfinite(seconds))
        throw std::runtime_error("a time is not finite and cannot be written");
    return std::llround(seconds * nanoseconds_per_second);
}

inline Json write(const std::string& text) {
    return text;
}
inline Json write(bool value) {
    return value;
}
inline Json write(int value) {
    return value;
}
inline Json write(std::int64_t value) {
    return value;
}
inline Json write(std::uint64_t value) {
    return value;
}
inline Json write(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

template <HasNames Enum>
Json write(Enum value) {
    return std::string(enum_name(value));
}

template <HasFields Struct>
Json write(const Struct& object);

template <class T>
Json write(const std::vector<T>& values) {
    Json array = Json::array();
    for (const T& value : values) {
        if constexpr (std::is_same_v<T, double>)
            array.push_back(nanoseconds(value));
        else
            array.push_back(write(value));
    }
    return array;
}

template <class T>
void write_field(Json& object, const char* key, const T& value) {
    object[key] = write(value);
}
template <class T>
void write_field(Json& object, const char* key, const std::optional<T>& value) {
    if (value) object[key] = write(*value);
}
inline void write_field(Json& object, const char* key, const std::optional<double>& value) {
    if (value) object[key] = nanoseconds(*value);
}
inline void write_field(Json& object, const char* key, const Json& value) {
    if (!value.is_null()) object[key] = value;
}

template <HasFields Struct>
Json write(const Struct& object) {
    Json json = Json::object();
    visit_fields(
        object, [&](const auto& field, const auto& value) { write_field(json, field.key, value); });
    return json;
}

// ---- reading; `where` is the key's path, for messages

[[noreturn]] inline void fail(const std::string& where, std::string_view expected,
                              const Json& got) {
    throw std::runtime_error(
        fmt::format("{}: expected {}, got {}", where, expected, got.type_name()));
}

inline void read(const Json& json, std::string& text, const std::string& where) {
    if (!json.is_string()) fail(where, "a string", json);
    text = json.get<std::string>();
}

inline void read(const Json& json, bool& value, const std::string& where) {
    if (!json.is_boolean()) fail(where, "true or false", json);
    value = json.get<bool>();
}

// Of counts and nanoseconds. A double holds all up to there, and sums of thousands fit 64 bits.
constexpr std::int64_t largest_count = std::int64_t{1} << 51;

template <std::integral Integer>
requires(!std::is_same_v<Integer, bool>) void read(const Json& json, Integer& value,
                                                   const std::string& where) {
    if (!json.is_number_integer()) fail(where, "an integer", json);
    bool fits = json.is_number_unsigned() ? std::in_range<Integer>(json.get<std::uint64_t>())
                                          : std::in_range<Integer>(json.get<std::int64_t>());
    if constexpr (std::is_same_v<Integer, std::int64_t>)
        fits =
            fits && json.get<Integer>() >= -largest_count && json.get<Integer>() <= largest_count;
    if (!fits) throw std::runtime_error(fmt::format("{}: {} is out of range", where, json.dump()));
    value = json.get<Integer>();
}

// What a record carries as JSON is a group of named facts.
inline void read(const Json& json, Json& value, const std::string& where) {
    if (!json.is_object()) fail(where, "an object", json);
    value = json;
}

inline double read_seconds(const Json& json, const std::string& where) {
    std::int64_t nanoseconds_read = 0;
    read(json, nanoseconds_read, where);
    return static_cast<double>(nanoseconds_read) / nanoseconds_per_second;
}

template <HasNames Enum>
void read(const Json& json, Enum& value, const std::string& where) {
    std::string text;
    read(json, text, where);
    const std::optional<Enum> parsed = parse_enum<Enum>(text);
    if (!parsed)
        throw std::runtime_error(fmt::format("{}: \"{}\" is none of {}", where, text,
                                             fmt::join(EnumNames<Enum>::names, ", ")));
    value = *parsed;
}

template <HasFields Struct>
void read(const Json& json, Struct& object, const std::string& where);

template <class T>
void read(const Json& json, std::vector<T>& values, const std::string& where) {
    if (!json.is_array()) fail(where, "an array", json);
    values.clear();
    values.reserve(json.size());
    for (const Json& element : json) {
        const std::string place = fmt::format("{}[{}]", where, values.size());
        if constexpr (std::is_same_v<T, double>) {
            values.push_back(read_seconds(element, place));
        } else {
            T value;
            read(element, value, place);
            values.push_back(std::move(value));
        }
    }
}

template <class T>
void read_field(const Json& json, T& value, const std::string& where) {
    if (!json.is_null()) read(json, value, where);
}
template <class T>
void read_field(const Json& json, std::optional<T>& value, const std::string& where) {
    if (!json.is_null()) read(json, value.emplace(), where);
}
inline void read_field(const Json& json, std::optional<double>& value, const std::string& where) {
    if (!json.is_null()) value = read_seconds(json, where);
}
// JSON has no infinity: a number that was not finite was written as null.
inline void read_field(const Json& json, double& value, const std::string& where) {
    if (json.is_null())
        value = std::numeric_limits<double>::infinity();
    else if (json.is_number())
        value = json.get<double>();
    else
        fail(where, "a number", json);
}

template <HasFields Struct>
void read(const Json& json, Struct& object, const std::string& where) {
    if (!json.is_object()) fail(where, "an object", json);
    visit_fields(object, [&](const auto& field, auto& value) {
        const std::string place = where + "." + field.key;
        const auto found = json.find(field.key);
        if (found != json.end())
            read_field(*found, value, place);
        else if (field.required)
            throw std::runtime_error(fmt::format("{} is missing", place));
    });
}

}  // namespace slimbench::field_json
