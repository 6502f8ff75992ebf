// Reads JSON that people write: every complaint names the file, the place in it and what is allowed
// there.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace slimbench {

// Parses a text of bounded nesting. Throws nlohmann::json::exception where it is no JSON, and
// std::runtime_error where it nests too deeply.
nlohmann::json parse_json_text(std::string_view text);

// Parses a whole file's text. Throws std::runtime_error naming the file and, where it is no JSON,
// line and column.
nlohmann::json parse_json_file(const std::string& file, std::string_view content);

// Reads a file of the disk. Throws std::runtime_error naming the path and the system's reason.
std::string read_text_file(const std::string& path);

// A value at a place of a file, e.g. "$.layers[3].kernel". Refers to the value: the document must
// outlive it. Every reading function throws std::runtime_error when the value is not of the wanted
// kind.
class JsonPlace {
public:
    JsonPlace(const nlohmann::json& value, std::string file, std::string path = "$")
        : value_(&value), file_(std::move(file)), path_(std::move(path)) {}

    const nlohmann::json& value() const { return *value_; }
    const std::string& file() const { return file_; }
    const std::string& path() const { return path_; }
    [[noreturn]] void fail(std::string_view why) const;

    void require_object(std::initializer_list<std::string_view> allowed_keys) const;
    bool has(const std::string& key) const { return value_->is_object() && value_->contains(key); }
    JsonPlace at(const std::string& key) const;                      // the key is required
    std::optional<JsonPlace> find(const std::string& key) const;     // the key is optional
    std::vector<JsonPlace> items() const;                            // of an array
    std::vector<std::pair<std::string, JsonPlace>> members() const;  // of an object

    std::string string() const;
    bool boolean() const;
    std::int64_t integer(std::int64_t least, std::int64_t most) const;
    double number(double least, double most) const;
    std::size_t choice(
        std::initializer_list<std::string_view> allowed) const;  // index of the string

private:
    const nlohmann::json* value_;
    std::string file_, path_;
};

}  // namespace slimbench
