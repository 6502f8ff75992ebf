// Google Benchmark's output format (its docs/user_guide.md, "Output Formats"): the parts that both
// writers of it share, and what `slimbench benchmark` prints.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/report.h"

namespace slimbench {

inline constexpr double nanoseconds_per_second = 1e9;

nlohmann::ordered_json gbench_context(const Records& records);
nlohmann::ordered_json gbench_entry(const ResultRecord& record, std::size_t family);
void add_gbench_label(nlohmann::ordered_json& json, const ResultRecord& record);
void add_gbench_rates(nlohmann::ordered_json& json, const ResultRecord& record, double seconds);
nlohmann::ordered_json gbench_error_entry(const ResultRecord& record, std::size_t family);

// Values of one's own, such as {"commit", "1234abc"}.
using GbenchContext = std::vector<std::pair<std::string, std::string>>;

// An entry per row and repetition, whose time is the median of that repetition's samples, then what
// Google Benchmark adds to repetitions: mean, median, stddev, cv.
nlohmann::ordered_json gbench_repetitions(std::span<const Records> repetitions,
                                          const GbenchContext& context);

// The document without single repetitions of rows that have aggregates.
nlohmann::ordered_json gbench_aggregates_only(const nlohmann::ordered_json& document);

std::string gbench_json(const nlohmann::ordered_json& document);
std::string gbench_console(const nlohmann::ordered_json& document);
std::string gbench_csv(const nlohmann::ordered_json& document);

}  // namespace slimbench
