#include "reports/selection.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/ranges.h>

#include "reports/format.h"

namespace slimbench {
namespace {

void add_new(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

std::string Subject::size() const {
    return fmt::format("{}x{}", height, width);
}

std::string Subject::input() const {
    return batch == 1 ? size() : fmt::format("{} x {}", batch, size());
}

std::string Subject::title() const {
    return fmt::format("{} at {}", network, input());
}

Subject subject_of(const ResultRecord& record) {
    const RowIdentity& identity = record.identity;
    return {identity.network, identity.batch, identity.height, identity.width};
}

bool is_ours(const ResultRecord& record) {
    return record.identity.implementation == "slimbench";
}

bool is_forward(const ResultRecord& record) {
    return is_ours(record) && record.identity.kind == RowKind::forward;
}

std::vector<Subject> subjects(const Records& records) {
    std::vector<Subject> found;
    for (const ResultRecord& record : records) {
        const Subject subject = subject_of(record);
        if (is_forward(record) && std::find(found.begin(), found.end(), subject) == found.end())
            found.push_back(subject);
    }
    return found;
}

std::vector<std::string> prunings(const Records& records, const Subject& subject) {
    std::vector<std::string> names;
    for (const ResultRecord& record : records)
        if (is_forward(record) && subject_of(record) == subject)
            add_new(names, record.identity.pruning);
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name == unpruned; });
    return names;
}

std::vector<std::int64_t> batches(const Records& records) {
    std::set<std::int64_t> found;
    for (const ResultRecord& record : records)
        if (is_forward(record)) found.insert(record.identity.batch);
    return {found.begin(), found.end()};
}

void sort_precisions(std::vector<std::string>& names) {
    const auto rank = [](const std::string& name) {
        const std::optional<Precision> precision = parse_precision(name);
        const auto* known =
            precision ? std::find(known_precisions.begin(), known_precisions.end(), *precision)
                      : known_precisions.end();
        return known - known_precisions.begin();
    };
    std::stable_sort(names.begin(), names.end(),
                     [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
}

std::vector<std::string> precisions(const Records& records, const Subject& subject) {
    std::vector<std::string> names;
    for (const ResultRecord& record : records)
        if (is_forward(record) && subject_of(record) == subject)
            add_new(names, record.identity.precision);
    sort_precisions(names);
    return names;
}

const ResultRecord* find_forward(const Records& records, const Subject& subject,
                                 std::string_view pruning, std::string_view precision) {
    const auto found =
        std::find_if(records.begin(), records.end(), [&](const ResultRecord& record) {
            return is_forward(record) && subject_of(record) == subject &&
                   record.identity.pruning == pruning && record.identity.precision == precision;
        });
    return found == records.end() ? nullptr : &*found;
}

std::vector<const ResultRecord*> forward_rows(const Records& records) {
    std::vector<const ResultRecord*> rows;
    for (const Subject& subject : subjects(records))
        for (const std::string& pruning : prunings(records, subject))
            for (const std::string& precision : precisions(records, subject))
                if (const ResultRecord* row = find_forward(records, subject, pruning, precision))
                    rows.push_back(row);
    return rows;
}

namespace {

// Whether the row's numbers are floats narrower than those that precisions compute in by default.
bool is_narrow(const ResultRecord& row) {
    const std::optional<Precision> precision = parse_precision(row.identity.precision);
    if (!precision || row.compute.empty()) return false;
    const PrecisionTraits& types = traits(*precision);
    return traits(types.activation).epsilon > traits(types.accumulator).epsilon &&
           traits(types.accumulator).epsilon > 0;
}

bool is_native(const ResultRecord& row) {
    return is_narrow(row) && row.compute == row.identity.precision;
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

}  // namespace

bool is_storage_only(const ResultRecord& row) {
    return is_narrow(row) && row.compute != row.identity.precision;
}

std::string precision_title(const ResultRecord& row) {
    if (is_native(row)) return row.identity.precision + " (native)";
    return row.identity.precision + (is_storage_only(row) ? " (storage)" : "");
}

std::string arithmetic_label(const ResultRecord& row) {
    if (is_native(row)) return fmt::format("{} storage and compute", row.identity.precision);
    return is_storage_only(row)
               ? fmt::format("{} storage, {} compute", row.identity.precision, row.compute)
               : "";
}

std::string precision_title(const Records& records, std::string_view precision) {
    const ResultRecord* found = nullptr;  // what was lost before it ran knows its plan only by half
    for (const ResultRecord& row : records)
        if (row.identity.precision == precision &&
            (!found || (!published_samples(*found) && published_samples(row))))
            found = &row;
    return found ? precision_title(*found) : std::string(precision);
}

std::string arithmetic_sentence(const Records& records) {
    std::vector<std::string> sentences;
    if (const auto stored = std::ranges::find_if(records, is_storage_only); stored != records.end())
        sentences.push_back(fmt::format(
            "{}: {} storage with {} compute, which saves memory and traffic but no arithmetic.",
            precision_title(*stored), upper(stored->identity.precision), upper(stored->compute)));
    if (const auto native = std::ranges::find_if(records, is_native); native != records.end())
        sentences.push_back(
            fmt::format("{}: products are computed in {} as well, by arithmetic "
                        "of the device's own.",
                        precision_title(*native), upper(native->compute)));
    return fmt::format("{}", fmt::join(sentences, " "));
}

std::string winograd_sentence(const Records& records) {
    std::vector<std::string> precisions;
    for (const ResultRecord& record : records) {
        const bool used =
            is_ours(record) && std::ranges::any_of(record.steps, [](const auto& step) {
                return step.variant.starts_with("conv_winograd.");
            });
        const std::string& precision = record.identity.precision;
        if (used && std::ranges::find(precisions, precision) == precisions.end())
            precisions.push_back(precision);
    }
    if (precisions.empty()) return "";
    sort_precisions(precisions);
    return fmt::format(
        "In {}, 3x3 convolutions run by Winograd's algorithm where it pays, which computes a "
        "quarter of the products; `--kernel conv_blocked` measures without it.",
        fmt::join(precisions, " and "));
}

const std::vector<double>* published_samples(const ResultRecord& record) {
    if (record.status != Status::measured || !record.measurement) return nullptr;
    const Measurement& measurement = *record.measurement;
    const std::vector<double>& samples =
        measurement.device.empty() ? measurement.host : measurement.device;
    return samples.empty() ? nullptr : &samples;
}

std::optional<Summary> published_time(const ResultRecord& record) {
    const std::vector<double>* samples = published_samples(record);
    return samples ? std::optional(summarize(*samples)) : std::nullopt;
}

std::optional<double> latency(const ResultRecord* record) {
    const std::optional<Summary> time = record ? published_time(*record) : std::nullopt;
    return time ? std::optional(time->median) : std::nullopt;
}

std::optional<double> images_per_second(const ResultRecord& record) {
    if (record.identity.kind != RowKind::forward) return std::nullopt;
    return ratio_of(static_cast<double>(record.identity.batch), latency(&record));
}

std::optional<double> median_within(const ResultRecord& record,
                                    const std::vector<double>& samples) {
    if (record.status != Status::measured || samples.empty()) return std::nullopt;
    return summarize(samples).median;
}

std::optional<double> span_time(const ResultRecord& record, std::optional<int> level,
                                std::string_view block) {
    const auto found = std::find_if(
        record.spans.begin(), record.spans.end(),
        [&](const SpanRecord& span) { return span.level == level && span.block == block; });
    return found == record.spans.end() ? std::nullopt : median_within(record, found->samples);
}

bool is_doubtful(const ResultRecord& record) {
    return record.status == Status::measured && record.measurement &&
           !record.measurement->flags.empty();
}

std::optional<double> gops(std::int64_t macs, const std::optional<double>& seconds) {
    if (macs == 0) return std::nullopt;
    return ratio_of(2e-9 * static_cast<double>(macs), seconds);
}

}  // namespace slimbench
