// Whether two records were made alike enough for their times to be compared.
#pragma once

#include <string>
#include <vector>

#include "host/record/result_record.h"

namespace slimbench {

// A field in which two runs differ that must agree for a fair comparison.
struct Difference {
    std::string field;  // what --allow takes: "driver"
    std::string baseline, candidate;

    std::string text() const;  // "driver: '3.1' against '5.0'"
    bool operator==(const Difference&) const = default;
};

std::vector<std::string> comparable_fields();

// The first measured of them, which is sure to know its device and build, or else the first. There
// must be one.
const ResultRecord& first_measured(const std::vector<ResultRecord>& records);

// In the order of comparable_fields().
std::vector<Difference> differences(const ResultRecord& baseline, const ResultRecord& candidate);

// Adds those that are not among them yet.
void add_differences(std::vector<Difference>& known, const std::vector<Difference>& more);

// Those whose fields nobody allowed. Throws std::invalid_argument for an allowed field that does
// not exist, naming those that do.
std::vector<Difference> refused(const std::vector<Difference>& differences,
                                const std::vector<std::string>& allowed);

}  // namespace slimbench
