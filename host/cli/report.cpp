// slimbench report: journals in, one report out.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/record/journal.h"
#include "host/record/whole_file.h"
#include "reports/report.h"

namespace slimbench {
namespace {

struct Options {
    std::vector<std::string> journals;
    std::string format = "md";
    std::string output;  // empty: standard output
};

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const ReportFormat& format : report_formats()) names.emplace_back(format.name);
    return names;
}

std::string footer() {
    std::string text = "Formats:\n";
    for (const ReportFormat& format : report_formats())
        text += fmt::format("  {:<16}{}\n", format.name, format.description);
    return text +
           "\nSeveral journals are merged: a later row of the same identity and device replaces an "
           "earlier one.\n"
           "\nExamples:\n"
           "  slimbench report out/smoke/records.jsonl\n"
           "  slimbench report monday.jsonl tuesday.jsonl --format csv -o both.csv\n"
           "  slimbench report old.jsonl --format gbench -o old.json   # for Google Benchmark's "
           "compare.py";
}

Records read_all(const std::vector<std::string>& paths) {
    std::vector<Records> journals;
    for (const std::string& path : paths) {
        JournalContents contents = read_journal(path);
        if (contents.torn)
            fmt::print(stderr,
                       "slimbench: {}: the last line is torn and left out; `slimbench run "
                       "--resume` repeats its row\n",
                       path);
        journals.push_back(std::move(contents.records));
    }
    return merge_records(journals);
}

// Trackers skip what is missing without a word, so the word is ours.
void tell_left_out(const Records& records, const ReportFormat& format) {
    const auto left_out = std::ranges::count_if(
        records, [](const ResultRecord& record) { return record.status != Status::measured; });
    if (left_out > 0 && !format.names_lost_rows)
        fmt::print(stderr, "slimbench: {} of {} rows have no time and no place in {}\n", left_out,
                   records.size(), format.name);
}

int report(const Options& options) {
    const Records records = read_all(options.journals);
    if (records.empty())
        throw std::runtime_error(
            fmt::format("{}: no records in it", fmt::join(options.journals, ", ")));
    const ReportFormat& format = format_named(options.format);
    const std::string text = format.render(records);
    tell_left_out(records, format);
    if (options.output.empty())
        std::fwrite(text.data(), 1, text.size(), stdout);
    else
        write_whole_file(options.output, text);
    return all_measured;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("report", "Turn records into a report");
    command->add_option("RECORDS", options->journals, "journals (records.jsonl) of earlier runs")
        ->required();
    command->add_option("--format", options->format, "what to write")
        ->check(CLI::IsMember(format_names()))
        ->capture_default_str();
    command->add_option("-o,--output", options->output,
                        "file to write; standard output if not given");
    command->footer(footer());
    command->callback([options, &action] { action = [options] { return report(*options); }; });
}

}  // namespace slimbench
