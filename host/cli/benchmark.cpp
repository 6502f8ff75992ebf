// `slimbench benchmark`: Google Benchmark's flags and output, so that its tools can call the
// program (https://github.com/google/benchmark, docs/user_guide.md and docs/tools.md).
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/cli/listed_layers.h"
#include "host/cli/measuring.h"
#include "host/record/whole_file.h"
#include "host/suite/suite_file.h"
#include "reports/gbench.h"

namespace slimbench {
namespace {

constexpr const char* suite_variable = "SLIMBENCH_SUITE";

struct BenchmarkOptions {
    std::vector<std::string> items, suites, contexts;
    std::string filter, min_time, out, out_format = "json", format = "console";
    int repetitions = 1;
    bool list_tests = false, display_aggregates_only = false, report_aggregates_only = false;
};

// A number of seconds, "0.5s", or a number of calls, "20x".
struct LeastSampling {
    std::optional<double> seconds;
    std::optional<int> calls;

    void apply(Protocol& protocol) const {
        constexpr double no_time = 1e-9;  // then the number of calls decides
        if (seconds) protocol.min_time = *seconds;
        if (calls) protocol.min_samples = *calls, protocol.min_time = no_time;
    }
};

LeastSampling parse_min_time(const std::string& text) {
    if (text.empty()) return {};
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string unit(stop, text.data() + text.size());
    if (error == std::errc{} && number > 0 && (unit.empty() || unit == "s"))
        return {.seconds = number, .calls = {}};
    if (error == std::errc{} && number >= 1 && number <= 1e6 && unit == "x")
        return {.seconds = {}, .calls = static_cast<int>(number)};
    throw std::invalid_argument(fmt::format(
        "--benchmark_min_time={}: expected seconds such as 0.5 or 0.5s, or calls such as 20x",
        text));
}

// As Google Benchmark reads it: "all" is every row, a leading '-' inverts.
std::optional<std::regex> parse_filter(const std::string& text) try {
    if (text.empty() || text == "all") return std::nullopt;
    return text[0] == '-' ? std::regex("^(?!.*(?:" + text.substr(1) + "))") : std::regex(text);
} catch (const std::regex_error& error) {
    throw std::invalid_argument(
        fmt::format("--benchmark_filter: '{}' is no regular expression: {}", text, error.what()));
}

std::vector<std::string> split_at_commas(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        if (end > at) parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

GbenchContext parse_context(const std::vector<std::string>& texts) {
    GbenchContext context;
    for (const std::string& text : texts)
        for (const std::string& pair : split_at_commas(text)) {
            const std::size_t equals = pair.find('=');
            if (equals == pair.npos || equals == 0)
                throw std::invalid_argument(
                    fmt::format("--benchmark_context={}: expected KEY=VALUE", text));
            context.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
        }
    return context;
}

std::vector<std::string> items_of(const BenchmarkOptions& options) {
    std::vector<std::string> items = options.items;
    for (const std::string& suite : options.suites)
        for (const std::string& name : split_at_commas(suite)) items.push_back(name);
    const char* named = std::getenv(suite_variable);
    if (items.empty() && named) items = split_at_commas(named);
    if (items.empty()) items.emplace_back("smoke");
    return items;
}

bool is_problem_file(const std::string& item) {
    return item.find_first_of("./") != item.npos && !item.ends_with(".json");
}

std::vector<Workload> workloads_of(const BenchmarkOptions& options,
                                   const MeasuringOptions& measuring) {
    SuiteOverrides overrides;
    overrides.precisions = measuring.parsed_precisions();
    std::vector<Workload> workloads;
    for (const std::string& item : items_of(options)) {
        std::vector<Workload> more = is_problem_file(item)
                                         ? list_layers({}, {item}, measuring).workloads
                                         : load_suite(item, overrides).workloads;
        std::ranges::move(more, std::back_inserter(workloads));
    }
    const LeastSampling least = parse_min_time(options.min_time);
    for (Workload& workload : workloads) {
        measuring.apply(workload);
        least.apply(workload.protocol);
    }
    return workloads;
}

// Drops what the filter leaves nothing of, and what an earlier item has already.
void keep_rows(std::vector<Workload>& workloads, const RunOptions& options,
               const std::string& filter) {
    const std::string example = rows_of(workloads.front(), {}).front().identity.id();
    std::set<std::string> known;
    std::erase_if(workloads, [&](const Workload& workload) {
        const std::vector<Row> rows = rows_of(workload, options);
        return rows.empty() || !known.insert(rows.front().identity.id()).second;
    });
    if (workloads.empty())
        throw std::invalid_argument(fmt::format(
            "--benchmark_filter: '{}' matches no row; a name looks like {}", filter, example));
}

int list_rows(const std::vector<Workload>& workloads, const RunOptions& options) {
    for (const Workload& workload : workloads)
        for (const Row& row : rows_of(workload, options)) fmt::print("{}\n", row.identity.id());
    return all_measured;
}

// Keeps the records of each round over all rows.
class RoundsObserver : public RunObserver {
public:
    RoundsObserver(std::size_t rounds, bool quiet) : rounds_(rounds), progress_(quiet) {}
    void start_round() { records_.emplace_back(); }
    const std::vector<Records>& records() const { return records_; }

    void position(std::size_t done, std::size_t rows, const std::string& id) override {
        progress_.position((records_.size() - 1) * rows + done, rounds_ * rows, id);
    }
    void phase(const std::string& text) override { progress_.phase(text); }
    void notice(const std::string& text) override { progress_.notice(text); }
    void record(const ResultRecord& record) override {
        records_.back().push_back(record);
        progress_.record(record);
    }

private:
    std::size_t rounds_;
    ProgressView progress_;
    std::vector<Records> records_;
};

// Each round starts workers of its own, so that what differs between two runs of a program (where
// memory lies, what else the machine does) differs between repetitions as well.
RunOutcome measure_rounds(const std::vector<Workload>& workloads, const RunOptions& options,
                          int rounds, RoundsObserver& observer) {
    RunOutcome sum;
    for (int round = 0; round < rounds && !sum.interrupted; ++round) {
        observer.start_round();
        const RunOutcome one = run_workloads(workloads, options, {}, observer, interrupted);
        sum.measured += one.measured;
        sum.incorrect += one.incorrect;
        sum.lost += one.lost;
        sum.not_run += one.not_run;
        sum.interrupted = one.interrupted;
    }
    return sum;
}

std::string rendered(const nlohmann::ordered_json& document, const std::string& format) {
    return format == "json"  ? gbench_json(document)
           : format == "csv" ? gbench_csv(document)
                             : gbench_console(document);
}

// An hour of measuring should not end at a folder that does not exist.
void check_writable(const std::string& path) {
    if (!path.empty() && !std::ofstream(path, std::ios::app))
        throw std::runtime_error(fmt::format("--benchmark_out={}: cannot be written", path));
}

void write(const BenchmarkOptions& options, const GbenchContext& context,
           const std::vector<Records>& records) {
    nlohmann::ordered_json document = gbench_repetitions(records, context);
    const nlohmann::ordered_json aggregates = gbench_aggregates_only(document);
    if (options.report_aggregates_only) document = aggregates;
    const std::string shown =
        rendered(options.display_aggregates_only ? aggregates : document, options.format);
    std::fwrite(shown.data(), 1, shown.size(), stdout);
    if (!options.out.empty()) write_whole_file(options.out, rendered(document, options.out_format));
}

void tell_ignored(const std::vector<std::string>& flags) {
    for (const std::string& flag : flags) {
        if (!flag.starts_with("--benchmark_") && !flag.starts_with("--v="))
            throw std::invalid_argument(
                fmt::format("benchmark: no option '{}'; see slimbench benchmark --help", flag));
        fmt::print(stderr, "slimbench: ignored {}: it has no meaning here\n", flag);
    }
}

int benchmark(const BenchmarkOptions& options, const MeasuringOptions& measuring,
              const std::vector<std::string>& other_flags) {
    tell_ignored(other_flags);
    RunOptions run_options = measuring.run_options();
    run_options.filter = parse_filter(options.filter);
    const GbenchContext context = parse_context(options.contexts);
    std::vector<Workload> workloads = workloads_of(options, measuring);
    keep_rows(workloads, run_options, options.filter);
    if (options.list_tests) return list_rows(workloads, run_options);
    check_writable(options.out);
    watch_interrupts();
    RoundsObserver observer(static_cast<std::size_t>(options.repetitions), measuring.quiet);
    const RunOutcome outcome =
        measure_rounds(workloads, run_options, options.repetitions, observer);
    write(options, context, observer.records());
    return exit_code(outcome);
}

// Of a flag given twice the last holds, as in Google Benchmark.
void add_google_flags(CLI::App& command, BenchmarkOptions& options) {
    const CLI::IsMember formats({"json", "console", "csv"});
    command
        .add_option("--benchmark_filter", options.filter,
                    "Rows whose name matches this regular expression; -RE: the others")
        ->take_last();
    command.add_flag("--benchmark_list_tests", options.list_tests, "Name the rows only");
    command
        .add_option("--benchmark_repetitions", options.repetitions,
                    "Measure everything so many times, each time in a fresh worker")
        ->take_last()
        ->check(CLI::Range(1, 10'000));
    command
        .add_option("--benchmark_min_time", options.min_time,
                    "Sample each row for so many seconds (0.5), or so many calls (20x)")
        ->take_last();
    command.add_option("--benchmark_out", options.out, "File for the results")->take_last();
    command
        .add_option("--benchmark_out_format", options.out_format, "Its form: json, console, csv")
        ->take_last()
        ->check(formats);
    command
        .add_option("--benchmark_format", options.format, "Form of what is printed: the same three")
        ->take_last()
        ->check(formats);
    command
        .add_option("--benchmark_context", options.contexts,
                    "KEY=VALUE to keep with the results, comma-separated")
        ->allow_extra_args(false);
    command.add_flag("--benchmark_display_aggregates_only", options.display_aggregates_only,
                     "Print no single repetitions");
    command.add_flag("--benchmark_report_aggregates_only", options.report_aggregates_only,
                     "Neither print nor write single repetitions");
}

}  // namespace

void add_benchmark(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "benchmark", "Measure as a program of Google Benchmark would: its flags, its output");
    auto options = std::make_shared<BenchmarkOptions>();
    command->add_option("items", options->items,
                        "Suites, networks (slimbench list), .json files, or files of problems");
    command
        ->add_option("--suite", options->suites,
                     fmt::format("The same by option, comma-separated; if there are none, the "
                                 "environment's {}, else smoke",
                                 suite_variable))
        ->allow_extra_args(false);
    add_google_flags(*command, *options);
    auto measuring = add_measuring_options(*command);
    command->allow_extras();
    command->footer(
        "Examples:  slimbench benchmark resnet18 --benchmark_repetitions=5 "
        "--benchmark_out=new.json\n"
        "           compare.py benchmarks old/slimbench new/slimbench "
        "--benchmark_filter=resnet18\n"
        "Without a command, --benchmark_* flags mean this one; so does the name "
        "slimbench-benchmark.");
    command->callback([=, &action] {
        action = [=] { return benchmark(*options, *measuring, command->remaining()); };
    });
}

}  // namespace slimbench
