// What a record's fingerprints say, as text. They are free-form JSON: a key that is missing yields
// nothing.
#pragma once

#include <string>
#include <string_view>

#include "host/record/result_record.h"

namespace slimbench {

// The value as text, lists joined by commas; "" when missing or null.
std::string text_at(const nlohmann::json& object, std::string_view key);

// Tells devices apart in merged journals: "NAME (driver D, tier T, N compute units)"; "unknown
// device".
std::string device_title(const ResultRecord& record);
std::string device_title(const nlohmann::json& device);  // of its fingerprint

}  // namespace slimbench
