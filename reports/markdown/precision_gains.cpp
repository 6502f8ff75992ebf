// What lower precision buys at each batch size, in the shape in which such figures are printed:
// speed-up over FP32 of the same network and batch, and the throughput behind it.
#include <algorithm>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/published.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

// A network at one image size over all its batches.
std::vector<Subject> subjects_of_any_batch(const Records& records) {
    std::vector<Subject> found;
    for (Subject subject : subjects(records)) {
        subject.batch = 0;
        if (std::find(found.begin(), found.end(), subject) == found.end()) found.push_back(subject);
    }
    return found;
}

Subject at_batch(Subject subject, std::int64_t batch) {
    subject.batch = batch;
    return subject;
}

std::vector<std::string> unpruned_precisions(const Records& records, const Subject& subject) {
    std::vector<std::string> names;
    for (const ResultRecord& row : records)
        if (is_forward(row) && row.identity.pruning == unpruned &&
            at_batch(subject_of(row), 0) == subject &&
            std::find(names.begin(), names.end(), row.identity.precision) == names.end())
            names.push_back(row.identity.precision);
    sort_precisions(names);
    return names;
}

// Blank where there is no row; a row without a speed says what became of it.
std::string cell_of(const ResultRecord* row, const std::string& speed) {
    if (!row) return "";
    return latency(row) ? speed : std::string(name(row->status));
}

std::string gain_cell(const Records& records, const Subject& subject,
                      const std::string& precision) {
    const ResultRecord* start = find_forward(records, subject, unpruned, baseline_precision);
    const ResultRecord* row = find_forward(records, subject, unpruned, precision);
    return cell_of(row, format_ratio(ratio_of(latency(start), latency(row))));
}

std::string throughput_cell(const Records& records, const Subject& subject,
                            const std::string& precision) {
    const ResultRecord* row = find_forward(records, subject, unpruned, precision);
    const auto rate = row ? images_per_second(*row) : std::nullopt;
    return cell_of(row, rate ? format_number(*rate) : "");
}

std::optional<std::size_t> printed_row(const PublishedTable& published,
                                       const std::string& network) {
    for (std::size_t row = 0; row < published.rows(); ++row)
        if (published.text(row, "network") == network) return row;
    return std::nullopt;
}

std::vector<Table::Column> with_batches(std::vector<Table::Column> columns,
                                        const std::vector<std::int64_t>& all) {
    for (const std::int64_t batch : all) columns.push_back({fmt::format("batch {}", batch)});
    return columns;
}

std::string gains(const Records& records, const std::vector<std::int64_t>& all) {
    const PublishedTable published("precision_speedup_by_batch");
    Table table(with_batches(
        {{"network", Align::left}, {"size"}, {"precision", Align::left}, {"device", Align::left}},
        all));
    bool quoted = false;
    const auto add = [&](std::vector<std::string> cells, const auto& cell_at) {
        for (const std::int64_t batch : all) cells.push_back(cell_at(batch));
        table.add_row(std::move(cells));
    };
    for (const Subject& subject : subjects_of_any_batch(records)) {
        const auto printed = printed_row(published, subject.network);
        for (const std::string& precision : unpruned_precisions(records, subject)) {
            if (precision == baseline_precision) continue;
            add({subject.network, subject.size(), precision_title(records, precision), "this one"},
                [&](std::int64_t batch) {
                    return gain_cell(records, at_batch(subject, batch), precision);
                });
            if (!printed) continue;
            quoted = true;
            add({subject.network, subject.size(), precision, published.device()},
                [&](std::int64_t batch) {
                    const auto gain =
                        published.number(*printed, fmt::format("b{}_{}", batch, precision));
                    return gain ? format_ratio(gain) : "";
                });
        }
    }
    if (table.empty()) return "";
    table.blank_repeats(2);
    std::string note = "The unpruned network against itself in FP32 at the same batch.";
    if (quoted)
        note += fmt::format(
            " Rows of another device are published figures ({}; image size not stated) and no "
            "results of this project.",
            published.source());
    return "## Speed-up over FP32 of the same batch\n\n" + table.markdown() + "\n" + wrap(note) +
           "\n";
}

bool has_batches(const Records& records, const Subject& any_batch) {
    const std::vector<Subject> all = subjects(records);
    return std::count_if(all.begin(), all.end(), [&](const Subject& subject) {
               return at_batch(subject, any_batch.batch) == any_batch;
           }) > 1;
}

std::string throughput(const Records& records, const std::vector<std::int64_t>& all) {
    Table table(
        with_batches({{"network", Align::left}, {"size"}, {"precision", Align::left}}, all));
    for (const Subject& subject : subjects_of_any_batch(records)) {
        if (!has_batches(records, subject)) continue;
        for (const std::string& precision : unpruned_precisions(records, subject)) {
            std::vector<std::string> cells{subject.network, subject.size(),
                                           precision_title(records, precision)};
            for (const std::int64_t batch : all)
                cells.push_back(throughput_cell(records, at_batch(subject, batch), precision));
            table.add_row(std::move(cells));
        }
    }
    if (table.empty()) return "";
    table.blank_repeats(2);
    return "### Images per second by batch\n\n" + table.markdown() + "\n";
}

}  // namespace

std::string precision_gains(const Records& records) {
    const std::vector<std::int64_t> all = batches(records);
    const std::string text = gains(records, all);
    return text.empty() ? "" : text + throughput(records, all);
}

}  // namespace slimbench
