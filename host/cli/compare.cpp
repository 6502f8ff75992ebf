// slimbench compare: two journals side by side.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/cli/read_records.h"
#include "host/gate/comparison.h"
#include "host/record/whole_file.h"
#include "reports/gate/gate_outputs.h"

namespace slimbench {
namespace {

struct Options {
    std::string baseline, candidate, output;
    std::string format = "text";
    std::vector<std::string> allowed;
    double tolerance_percent = 2;
};

std::string render(const Comparison& comparison, const std::string& format) {
    if (format == "md") return comparison_markdown(comparison);
    if (format == "json") return comparison_json(comparison);
    return comparison_text(comparison);
}

int exit_code(const Comparison& comparison) {
    const auto any = [&](auto&& holds) { return std::ranges::any_of(comparison.rows, holds); };
    if (any([](const CompareRow& row) { return row.wrong_output; })) return wrong_output;
    if (any([](const CompareRow& row) { return row.verdict == CompareVerdict::slower; }))
        return regression;
    const bool lost =
        any([](const CompareRow& row) { return row.verdict == CompareVerdict::not_comparable; });
    return lost || !comparison.refused.empty() ? inconclusive : all_measured;
}

int compare(const Options& options) {
    const Comparison comparison =
        compare_records(read_records(options.baseline), read_records(options.candidate),
                        {options.tolerance_percent / 100, options.allowed});
    const std::string text = render(comparison, options.format);
    if (options.output.empty())
        std::fwrite(text.data(), 1, text.size(), stdout);
    else
        write_whole_file(options.output, text);
    return exit_code(comparison);
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("compare", "Set two journals side by side: faster, slower or the same");
    command->add_option("BASE", options->baseline, "Journal (records.jsonl) to compare with")
        ->required();
    command->add_option("CANDIDATE", options->candidate, "Journal to judge")->required();
    command->add_option("--format", options->format, "text, md or json")
        ->check(CLI::IsMember({"text", "md", "json"}))
        ->capture_default_str();
    command->add_option("-o,--output", options->output,
                        "File to write; standard output if not given");
    command
        ->add_option("--allow", options->allowed,
                     "Field that may differ, repeatable: device, driver, environment, protocol, "
                     "precision, suite, build_type")
        ->allow_extra_args(false);
    command
        ->add_option("--tolerance", options->tolerance_percent,
                     "Per cent of a difference that count as the same")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    command->footer(
        "Several measured records of one row are runs of it: cat them into one file. Rows that one "
        "side lacks are listed.\n"
        "Exit codes:  0 no row slower   1 a row slower   3 a row, or all, not comparable   4 wrong "
        "output\n\n"
        "Examples:  slimbench compare monday/records.jsonl tuesday/records.jsonl\n"
        "           slimbench compare old.jsonl new.jsonl --allow driver --format md -o diff.md");
    command->callback([options, &action] { action = [options] { return compare(*options); }; });
}

}  // namespace slimbench
