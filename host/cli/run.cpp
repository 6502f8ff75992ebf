// `slimbench run`: suites, networks or files through the device, into a journal and a report.
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/cli/commands.h"
#include "host/cli/measuring.h"
#include "host/cli/out_folder.h"
#include "host/cli/workload_options.h"
#include "host/kernel/plan.h"
#include "host/record/journal.h"
#include "host/record/whole_file.h"
#include "host/run/environment.h"
#include "host/run/tuning_files.h"
#include "reports/report.h"

namespace slimbench {

namespace {

struct RunArguments {
    std::string filter, out, table = "summary";
    bool layers = false, cold = false, dry_run = false, resume = false;
};

std::regex parse_filter(const std::string& text) try {
    return std::regex(text);
} catch (const std::regex_error& error) {
    throw std::invalid_argument(
        fmt::format("--filter: '{}' is no regular expression: {}", text, error.what()));
}

// Drops workloads none of whose rows pass the filter; that none is left is an error.
void keep_matching(PlannedWorkloads& planned, const RunOptions& options,
                   const std::string& filter) {
    const std::string example = rows_of(planned.workloads.front(), {}).front().identity.id();
    std::erase_if(planned.workloads,
                  [&](const Workload& workload) { return rows_of(workload, options).empty(); });
    if (planned.workloads.empty())
        throw std::invalid_argument(
            fmt::format("--filter: '{}' matches no row; an id looks like {}", filter, example));
}

void print_plan(const Workload& workload, const DeviceTraits& device, const RunOptions& options) {
    const std::vector<FusedStep> steps = fuse(workload.network);
    const TunedChoices tuned = options.tuning
                                   ? tuned_choices(*options.tuning, device, workload.precision)
                                   : TunedChoices{};
    const Plan plan = plan_network(workload.network, steps, workload.precision, device,
                                   {options.tier, options.kernel, "", options.unproven}, tuned);
    std::map<std::string, int> variants;
    for (const PlannedStep& step : plan.steps)
        ++variants[step.choice.variant
                       ? fmt::format("{} ({})", step.choice.variant->name,
                                     name(step.choice.chosen_by))
                       : fmt::format("none ({})", fmt::join(step.choice.refused, "; "))];
    fmt::print("{}\n    {} rows, {:.3f} GMACs, {:.0f} MB of activations\n", workload.id(),
               rows_of(workload, options).size(),
               1e-9 * static_cast<double>(count(workload.network).macs),
               1e-6 * static_cast<double>(plan.activation_bytes()));
    for (const auto& [variant, uses] : variants) fmt::print("    {:4} x {}\n", uses, variant);
}

int dry_run(const PlannedWorkloads& planned, const RunOptions& options) {
    const DeviceTraits device = traits_from(describe_device(options.device).at("device"));
    fmt::print("device: {} ({}), kernel tier {}\n", device.name, device.platform,
               name(device.tier));
    for (const Workload& workload : planned.workloads) print_plan(workload, device, options);
    return all_measured;
}

std::set<std::string> settled_rows(const std::string& path) {
    std::set<std::string> done;
    if (!std::filesystem::exists(path)) return done;
    const JournalContents journal = read_journal(path);
    if (journal.torn) fmt::print(stderr, "{}: a torn last line is cut off\n", path);
    for (const ResultRecord& record : journal.records)
        if (is_settled(record.status)) done.insert(record.identity.id());
    return done;
}

class JournalObserver : public RunObserver {
public:
    JournalObserver(const std::string& path, bool quiet) : journal_(path), progress_(quiet) {}
    void position(std::size_t done, std::size_t rows, const std::string& id) override {
        progress_.position(done, rows, id);
    }
    void phase(const std::string& text) override { progress_.phase(text); }
    void notice(const std::string& text) override { progress_.notice(text); }
    void record(const ResultRecord& record) override {
        journal_.append(record);
        progress_.record(record);
    }

private:
    JournalWriter journal_;
    ProgressView progress_;
};

// Formats that fit a terminal, by the names of `slimbench report`.
constexpr std::array<std::string_view, 2> table_names{"summary", "layers"};

void write_reports(const std::string& folder, const std::string& table) {
    const std::string journal = folder + "/records.jsonl", report = folder + "/report.md",
                      details = folder + "/details.md";
    const Records journals[] = {read_journal(journal).records};
    const Records records = merge_records(journals);
    write_whole_file(report, report_markdown(records));
    write_whole_file(details, report_details(records));
    fmt::print("{}\nrecords  {}\nreport   {}\ndetails  {}\n", format_named(table).render(records),
               journal, report, details);
}

int run(const WorkloadOptions& items, const RunArguments& arguments,
        const MeasuringOptions& measuring) {
    PlannedWorkloads planned = plan_workloads(items, measuring);
    for (Workload& workload : planned.workloads) {
        workload.rows.layers_hot |= arguments.layers;
        workload.rows.layers_cold |= arguments.cold;
    }
    RunOptions options = measuring.run_options();
    if (!arguments.filter.empty()) {
        options.filter = parse_filter(arguments.filter);
        keep_matching(planned, options, arguments.filter);
    }
    if (arguments.dry_run) return dry_run(planned, options);
    options.suite = planned.name;
    options.suite_hash = planned.hash;
    watch_interrupts();

    const std::string folder = arguments.out.empty() ? "out/" + planned.name : arguments.out;
    create_folder(folder);
    const std::string journal = folder + "/records.jsonl";
    if (!arguments.resume) set_aside(journal);
    const std::set<std::string> done =
        arguments.resume ? settled_rows(journal) : std::set<std::string>{};
    RunOutcome outcome;
    {
        JournalObserver observer(journal, measuring.quiet);
        outcome = run_workloads(planned.workloads, options, done, observer, interrupted);
    }
    write_reports(folder, arguments.table);
    if (outcome.interrupted) fmt::print(stderr, "interrupted; go on with --resume\n");
    return exit_code(outcome);
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "run", "Measure suites or networks; writes records.jsonl, report.md and details.md");
    auto arguments = std::make_shared<RunArguments>();
    auto items = add_workload_options(*command);
    command->add_option("--filter", arguments->filter,
                        "Keep rows whose id matches this regular expression");
    command->add_option("--out", arguments->out,
                        "Folder for records and report (default: out/ITEM)");
    command
        ->add_option("--table", arguments->table,
                     "What to print at the end: summary, or layers for those who tune kernels")
        ->check(CLI::IsMember(std::vector<std::string>(table_names.begin(), table_names.end())))
        ->capture_default_str();
    command->add_flag("--layers", arguments->layers,
                      "Also measure each distinct layer alone, caches warm");
    command->add_flag("--cold", arguments->cold,
                      "Also measure each distinct layer alone, caches flushed");
    command->add_flag("--dry-run", arguments->dry_run,
                      "Show workloads, kernels and memory; measure nothing");
    command->add_flag("--resume", arguments->resume,
                      "Go on with an earlier run: keep its records, measure the rest");
    auto measuring = add_measuring_options(*command);
    command->footer(
        "Examples:  slimbench run smoke\n"
        "           slimbench run resnet18 --precision fp32,int8 --prune none,all@0.5 --peer "
        "onednn\n"
        "           slimbench run resnet50 --precision int8 --table layers\n"
        "           slimbench run pyramid --filter int8 --out out/int8 --resume");
    command->callback(
        [=, &action] { action = [=] { return run(*items, *arguments, *measuring); }; });
}

}  // namespace slimbench
