// The table that a run ends with.
#include <fmt/format.h>

#include "reports/format.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

std::string status_text(const ResultRecord& row) {
    if (is_doubtful(row)) return fmt::format("ok, but {}", fmt::join(row.measurement->flags, ", "));
    if (row.status == Status::measured) return "ok";
    const std::string first_line = row.reason.substr(0, row.reason.find('\n')).substr(0, 60);
    return std::string(name(row.status)) + (first_line.empty() ? "" : ": " + first_line);
}

std::string blank_unless(const std::optional<double>& value,
                         std::string (*format)(const std::optional<double>&)) {
    return value ? format(value) : "";
}

std::string networks(const Records& records) {
    Table table({{"network", Align::left},
                 {"input"},
                 {"pruning", Align::left},
                 {"precision", Align::left},
                 {"latency"},
                 {"images/s"},
                 {"over fp32"},
                 {"over unpruned"},
                 {"status", Align::left}});
    for (const ResultRecord* row : forward_rows(records)) {
        const RowIdentity& identity = row->identity;
        const auto over = [&](std::string_view pruning, std::string_view precision) {
            const ResultRecord* start = find_forward(records, subject_of(*row), pruning, precision);
            return start == row
                       ? ""
                       : blank_unless(ratio_of(latency(start), latency(row)), format_ratio);
        };
        const std::optional<double> fps = images_per_second(*row);
        table.add_row({identity.network, subject_of(*row).input(), identity.pruning,
                       precision_title(*row), latency(row) ? format_time(*latency(row)) : "",
                       fps ? format_number(*fps) : "", over(identity.pruning, baseline_precision),
                       over(unpruned, identity.precision), status_text(*row)});
    }
    if (table.empty()) return "";
    table.blank_repeats(3);
    return table.plain() + "\n";
}

// Only without networks: beside them, layers are what the Markdown report is for.
std::string layers(const Records& records) {
    Table table({{"layer", Align::left},
                 {"problem", Align::left},
                 {"precision", Align::left},
                 {"by", Align::left},
                 {"caches", Align::left},
                 {"time"},
                 {"GOP/s"},
                 {"status", Align::left}});
    for (const ResultRecord& row : records) {
        const bool has_step = !row.steps.empty();
        const std::optional<double> seconds = latency(&row);
        const std::optional<double> speed =
            has_step ? gops(row.steps.front().macs, seconds) : std::nullopt;
        table.add_row({layer_title(row), has_step ? problem_title(row.steps.front().problem) : "",
                       precision_title(row), row.identity.implementation,
                       row.identity.cache == CacheState::hot ? "hot" : "cold",
                       blank_unless(seconds, format_time), speed ? format_number(*speed) : "",
                       status_text(row)});
    }
    return table.empty() ? "" : table.plain() + "\n";
}

}  // namespace

std::string report_summary(const Records& records) {
    const std::string table = networks(records);
    const std::string arithmetic = arithmetic_sentence(records);
    return (table.empty() ? layers(records) : table) +
           (arithmetic.empty() ? "" : arithmetic + "\n") + outcome_sentence(records) + "\n";
}

}  // namespace slimbench
