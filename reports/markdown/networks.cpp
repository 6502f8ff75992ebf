// What the report is for: the price of each network, and what each saving buys alone and together.
#include <functional>

#include <fmt/format.h>

#include "host/record/record_fields.h"
#include "host/record/roofline.h"
#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Column = Table::Column;

std::optional<double> speed_up(const ResultRecord* from, const ResultRecord* to) {
    return ratio_of(latency(from), latency(to));
}

// A star sends the reader to "Measured with reservations".
std::string starred_latency(const ResultRecord* row) {
    return format_time(latency(row)) + (row && is_doubtful(*row) ? "*" : "");
}

// "281 ms, 8.21x (int8)": the fastest of the candidates, with its gain over the start.
std::string fastest_cell(const ResultRecord* start,
                         const std::vector<const ResultRecord*>& candidates,
                         const std::function<std::string(const ResultRecord&)>& label) {
    const ResultRecord* best = nullptr;
    for (const ResultRecord* candidate : candidates)
        if (latency(candidate) && (!best || *latency(candidate) < *latency(best))) best = candidate;
    if (!best) return std::string(not_available);
    const std::optional<double> gain = speed_up(start, best);
    return fmt::format("{}{} ({})", starred_latency(best), gain ? ", " + format_ratio(gain) : "",
                       label(*best));
}

struct Choices {
    std::vector<const ResultRecord*> precision_alone, pruning_alone, both;
};

Choices choices(const Records& records, const Subject& subject) {
    Choices found;
    for (const std::string& pruning : prunings(records, subject)) {
        for (const std::string& precision : precisions(records, subject)) {
            const ResultRecord* row = find_forward(records, subject, pruning, precision);
            const bool pruned = pruning != unpruned, reduced = precision != baseline_precision;
            if (!row || (!pruned && !reduced)) continue;
            (pruned && reduced ? found.both
             : pruned          ? found.pruning_alone
                               : found.precision_alone)
                .push_back(row);
        }
    }
    return found;
}

// "61.3 % (compute)"
std::string roof_cell(const ResultRecord& row) {
    const std::optional<double> fraction = fraction_of_roof(row);
    return fraction
               ? fmt::format("{} ({})", format_percent(fraction), enum_name(row.roofline->limit))
               : "";
}

std::vector<std::string> speed_cells(const Records& records, const ResultRecord& row) {
    const Subject subject = subject_of(row);
    const RowIdentity& identity = row.identity;
    const std::optional<Summary> time = published_time(row);
    if (!time) return {std::string(name(row.status)), "", "", "", "", ""};
    const auto over = [&](std::string_view pruning, std::string_view precision) {
        const ResultRecord* start = find_forward(records, subject, pruning, precision);
        return start == &row ? "" : format_ratio(speed_up(start, &row));
    };
    const std::optional<double> fps = images_per_second(row);
    return {starred_latency(&row),
            format_interval(time->median_95),
            fps ? format_number(*fps) : std::string(not_available),
            roof_cell(row),
            over(identity.pruning, baseline_precision),
            over(unpruned, identity.precision)};
}

}  // namespace

std::string at_a_glance(const Records& records) {
    Table table({{"network", Table::Align::left},
                 {"input"},
                 {"fp32, unpruned"},
                 {"lower precision alone"},
                 {"pruning alone"},
                 {"both"}});
    const auto precision = [](const ResultRecord& row) { return precision_title(row); };
    const auto pruning = [](const ResultRecord& row) { return row.identity.pruning; };
    const auto both = [](const ResultRecord& row) {
        return precision_title(row) + ", " + row.identity.pruning;
    };
    for (const Subject& subject : subjects(records)) {
        const ResultRecord* start = find_forward(records, subject, unpruned, baseline_precision);
        const Choices found = choices(records, subject);
        table.add_row({subject.network, subject.input(), starred_latency(start),
                       fastest_cell(start, found.precision_alone, precision),
                       fastest_cell(start, found.pruning_alone, pruning),
                       fastest_cell(start, found.both, both)});
    }
    if (table.empty()) return "";
    return "## What lower precision and pruning buy\n\n" + table.markdown() + "\n" +
           wrap(
               "The fastest measured of each kind, with its speed-up over the unpruned network in "
               "FP32. Whether the "
               "pruned or quantised network is accurate enough is not measured here.") +
           "\n";
}

std::string network_table(const Records& records) {
    Table table({{"network", Table::Align::left},
                 {"size"},
                 {"batch"},
                 {"pruning", Table::Align::left},
                 {"params"},
                 {"GMACs"},
                 {"precision", Table::Align::left},
                 {"weights"},
                 {"latency"},
                 {"95 % interval"},
                 {"images/s"},
                 {"of roof", Table::Align::left},
                 {"over fp32"},
                 {"over unpruned"}});
    for (const ResultRecord* row : forward_rows(records)) {
        std::vector<std::string> cells{
            row->identity.network,
            subject_of(*row).size(),
            fmt::format("{}", row->identity.batch),
            row->identity.pruning,
            row->params ? format_count(row->params) : "",
            row->macs ? format_number(static_cast<double>(row->macs) / 1e9) : "",
            precision_title(*row),
            row->weight_bytes ? format_bytes(static_cast<double>(row->weight_bytes)) : ""};
        for (std::string& cell : speed_cells(records, *row)) cells.push_back(std::move(cell));
        table.add_row(std::move(cells));
    }
    if (table.empty()) return "";
    table.blank_repeats(6);
    return "## Networks\n\n" + table.markdown() + "\n" +
           wrap(
               "Latency and GMACs are those of the whole batch. Speed-ups, larger is better: over "
               "FP32 at the same pruning, and over the unpruned network at the same precision. Of "
               "roof: the least time that the device's peaks allow, over the latency, and what "
               "most "
               "of that least time is spent on.") +
           "\n";
}

}  // namespace slimbench
