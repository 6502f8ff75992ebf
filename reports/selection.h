// Questions that every report asks the records. Pointers point into the records given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/record/statistics.h"
#include "reports/report.h"

namespace slimbench {

inline constexpr std::string_view unpruned = "none";
inline constexpr std::string_view baseline_precision = "fp32";

// A network at a size and batch: what prunings and precisions are compared within.
struct Subject {
    std::string network;
    std::int64_t batch = 1, height = 0, width = 0;
    bool operator==(const Subject&) const = default;

    std::string size() const;   // "224x224"
    std::string input() const;  // the same with the batch: "224x224", "8 x 224x224"
    std::string title() const;  // "resnet18 at 224x224"
};
Subject subject_of(const ResultRecord& record);

bool is_ours(const ResultRecord& record);
bool is_forward(const ResultRecord& record);  // ours, the whole chain

// Subjects of the forward rows, in order of appearance.
std::vector<Subject> subjects(const Records& records);
// Prunings of the subject's forward rows: "none" first, then in order of appearance.
std::vector<std::string> prunings(const Records& records, const Subject& subject);
// Precisions of the subject's forward rows: in the order of the precision table, then unknown ones.
std::vector<std::string> precisions(const Records& records, const Subject& subject);
// Batches of the forward rows, ascending.
std::vector<std::int64_t> batches(const Records& records);
// Moves the names that the precision table knows to the front, in its order.
void sort_precisions(std::vector<std::string>& names);

const ResultRecord* find_forward(const Records& records, const Subject& subject,
                                 std::string_view pruning, std::string_view precision);
std::vector<const ResultRecord*> forward_rows(
    const Records& records);  // in the order of the tables

// Numbers are stored in the row's precision and computed in a wider type: FP16 without FP16
// arithmetic.
bool is_storage_only(const ResultRecord& row);
std::string precision_title(const ResultRecord& row);  // "int8", "fp16 (storage)", "fp16 (native)"
// The same for a table's column, as the first row of that precision has it.
std::string precision_title(const Records& records, std::string_view precision);
// "fp16 storage, fp32 compute", "fp16 storage and compute"; "" for other precisions.
std::string arithmetic_label(const ResultRecord& row);
// Explains the titles; "" where no row needs it.
std::string arithmetic_sentence(const Records& records);
// Names the precisions in which kernels of Winograd's algorithm ran; "" where none did.
std::string winograd_sentence(const Records& records);

// What a row says about its speed; nothing unless its status is `measured`. The device's span of
// events, or the host's wall time where an implementation has no events.
const std::vector<double>* published_samples(const ResultRecord& record);
std::optional<Summary> published_time(const ResultRecord& record);
std::optional<double> latency(const ResultRecord* record);  // median, seconds; null gives nothing
std::optional<double> images_per_second(const ResultRecord& record);  // forward rows only

// Median of samples of a row's step, span or transfer; nothing when empty or when the row is not
// `measured`.
std::optional<double> median_within(const ResultRecord& record, const std::vector<double>& samples);

// Median of a span of a measured row's chain, such as (0, "block1") or (nothing, "decoder").
std::optional<double> span_time(const ResultRecord& record, std::optional<int> level,
                                std::string_view block);

// Measured, but with flags raised: its figures carry a mark.
bool is_doubtful(const ResultRecord& record);

// Operations (two per multiply-accumulate) per second, in 10^9.
std::optional<double> gops(std::int64_t macs, const std::optional<double>& seconds);

}  // namespace slimbench
