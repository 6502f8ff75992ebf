// What a gate asks, how sure it wants to be, and what it may spend. docs/gating.md explains the
// file, policy.schema.json beside this is its schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace slimbench {

// Slow-downs, as fractions of the baseline's time: 0.05 is five per cent slower.
struct Limits {
    double threshold = 0.02;  // tolerated
    double effect = 0.05;     // must not slip through
    bool operator==(const Limits&) const = default;
};

struct RowRule {
    std::string match = ".";  // a regular expression, searched in the row's id
    Limits limits;
};

enum class Correction { holm, none };

struct Policy {
    std::string name;
    std::vector<RowRule> rows;  // the first that matches holds; rows without one gate nothing
    double error_rate = 0.05;   // of flagging any row whose slow-down is within its threshold
    Correction correction = Correction::holm;
    std::vector<int> looks;     // numbers of pairs after which a verdict may be given, ascending
    int confirming_pairs = 10;  // fresh ones in which a flagged row must be slower again
    double budget = 115;        // seconds of the whole gate
    bool inconclusive_passes = false;
    int resamples = 2000;
    std::uint64_t seed = 1;  // of the order of measuring, and of resampling

    std::optional<Limits> limits_of(const std::string& row_id) const;
    double level_of_a_look() const;  // the error rate shared out evenly among the looks
    // Of one of so many rows that share a level: the strictest that the correction asks for.
    double level_of_a_row(double level, std::size_t gating_rows) const;
};

// Throws std::runtime_error naming file, place and what is allowed there.
Policy read_policy(const nlohmann::json& document, const std::string& file);

Policy load_policy(const std::string& path);  // throws also when the file cannot be read
Policy default_policy();                      // policy.json, part of the program

nlohmann::json to_json(const Policy& policy);

}  // namespace slimbench
