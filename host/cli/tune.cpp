// `slimbench tune`: which variant is the quickest for each step, by measurement.
#include <memory>
#include <string>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/cli/measuring.h"
#include "host/cli/workload_options.h"
#include "host/run/tuner.h"
#include "host/run/tuning_files.h"

namespace slimbench {

namespace {

struct TuneArguments {
    std::string table;
    double budget = TuneOptions{}.budget;
};

class SavingObserver : public TuneObserver {
public:
    SavingObserver(std::string path, bool quiet) : path_(std::move(path)), progress_(quiet) {}
    void workload(std::size_t index, std::size_t count, const std::string& id) override {
        progress_.position(index, count, id);
        progress_.phase("preparing");
        progress_.notice(id);
    }
    void phase(const std::string& text) override { progress_.phase(text); }
    void notice(const std::string& text) override { progress_.notice(text); }
    void save(const TuningTable& table) override { write_tuning(path_, table); }

private:
    std::string path_;
    ProgressView progress_;
};

std::string table_path(const std::string& given) {
    std::string path = given.empty() ? user_tuning_path() : given;
    if (path.empty())
        throw std::runtime_error(
            "tune: there is no cache folder to keep the table in; name a file "
            "with --table");
    return path;
}

int tune(const WorkloadOptions& items, const TuneArguments& arguments,
         const MeasuringOptions& measuring) {
    const PlannedWorkloads planned = plan_workloads(items, measuring);
    const std::string path = table_path(arguments.table);
    TuningTable table = read_tuning(path);
    watch_interrupts();
    TuneOutcome outcome;
    {
        SavingObserver observer(path, measuring.quiet);
        outcome = tune_workloads(planned.workloads, {measuring.device, arguments.budget}, table,
                                 observer, interrupted);
    }
    fmt::print("{} variants of steps tried, {} wrong, {} lost; {} steps in {}\n", outcome.tried,
               outcome.incorrect, outcome.lost, table.size(), path);
    if (outcome.interrupted) fmt::print(stderr, "interrupted; the same command goes on\n");
    if (outcome.incorrect > 0) return wrong_output;
    return outcome.lost > 0 || outcome.interrupted ? rows_lost : all_measured;
}

}  // namespace

void add_tune(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "tune", "Try the kernel variants of each step, so that later runs take the quickest");
    auto arguments = std::make_shared<TuneArguments>();
    auto items = add_workload_options(*command);
    command
        ->add_option("--budget", arguments->budget,
                     "Seconds of samples that the variants of one step share")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--table", arguments->table,
                        "File to add to (default: $SLIMBENCH_TUNING, else tuning.json in the cache "
                        "folder, where runs look)");
    auto measuring = add_device_options(*command);
    command->footer(
        "Examples:  slimbench tune smoke\n"
        "           slimbench tune resnet50 --precision int8 --batch 1,8 --budget 1\n"
        "           slimbench run resnet50 --dry-run      # which variants, and why\n"
        "What was tried is kept after each round: a tuning that was ended goes on where it was.");
    command->callback(
        [=, &action] { action = [=] { return tune(*items, *arguments, *measuring); }; });
}

}  // namespace slimbench
