// slimbench gate: is the candidate slower than the baseline?
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/cli/measuring.h"
#include "host/cli/out_folder.h"
#include "host/cli/read_records.h"
#include "host/gate/comparability.h"
#include "host/gate/stored_gate.h"
#include "host/record/whole_file.h"
#include "host/run/environment.h"
#include "host/run/paired_gate.h"
#include "reports/gate/calibration_text.h"
#include "reports/gate/gate_outputs.h"

namespace slimbench {
namespace {

struct Options {
    std::string item;              // a suite; with --baseline the candidate's records
    std::string baseline_records;  // stored mode
    std::string baseline_binary, candidate_binary;
    std::string replay;  // recorded pairs
    std::string policy, calibration, device, out;
    std::vector<std::string> allowed;
    bool calibrate = false, quiet = false, json = false;
    std::size_t pairs = 0;  // to record or to calibrate with
    int gates = 1000;       // to replay

    bool records_pairs() const { return calibrate || pairs > 0; }
};

constexpr std::size_t pairs_of_a_calibration = 60;

class PairLines : public PairedObserver {
public:
    explicit PairLines(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}
    ~PairLines() override {
        if (!quiet_ && terminal_) fmt::print(stderr, "\r\x1b[K");
    }
    void phase(const std::string& text) override {
        if (!quiet_ && terminal_) fmt::print(stderr, "\r\x1b[K{}", text);
    }
    void pair(std::size_t number, const Pair& pair) override {
        if (quiet_) return;
        double seconds = pair.start_seconds;
        for (const PairRow& row : pair.rows) seconds += row.seconds;
        fmt::print(stderr, "{}pair {}: {} rows in {:.1f} s\n", terminal_ ? "\r\x1b[K" : "", number,
                   pair.rows.size(), seconds);
    }

private:
    bool quiet_, terminal_;
};

Policy policy_of(const Options& options) {
    return options.policy.empty() ? default_policy() : load_policy(options.policy);
}

std::optional<Calibration> calibration_of(const Options& options) {
    if (options.calibration.empty()) return std::nullopt;
    return read_calibration(options.calibration);
}

int exit_code(const GateReport& report, const Policy& policy) {
    switch (report.verdict) {
        case GateVerdict::pass:
            return all_measured;
        case GateVerdict::regression:
            return regression;
        case GateVerdict::wrong_output:
            return wrong_output;
        case GateVerdict::inconclusive:
            return policy.inconclusive_passes ? all_measured : inconclusive;
        case GateVerdict::not_comparable:
            return inconclusive;
    }
    throw std::logic_error("verdict without an exit code");
}

// Reports are on the disk before anybody learns the verdict.
int conclude(const GateReport& report, const Policy& policy, const std::string& folder) {
    for (const GateOutput& output : gate_outputs())
        write_whole_file(fmt::format("{}/{}", folder, output.file), output.render(report));
    fmt::print("{}reports  {}\n", gate_text(report), folder);
    return exit_code(report, policy);
}

std::string out_folder(const Options& options) {
    std::string folder = options.out.empty() ? "out/gate" : options.out;
    create_folder(folder);
    return folder;
}

// Without the reports of an earlier gate, which nobody may take for this one's.
std::string clean_folder(const Options& options) {
    std::string folder = out_folder(options);
    for (const GateOutput& output : gate_outputs())
        std::filesystem::remove(fmt::format("{}/{}", folder, output.file));
    return folder;
}

int stored(const Options& options) {
    const std::string folder = clean_folder(options);
    const Policy policy = policy_of(options);
    const std::optional<Calibration> calibration = calibration_of(options);
    const StoredRuns runs{read_records(options.baseline_records), read_records(options.item),
                          options.allowed};
    const ResultRecord& base = first_measured(runs.baseline);
    if (calibration) require_fitting(*calibration, base);
    GateReport report = judge_stored(policy, runs, calibration ? &*calibration : nullptr);
    report.time = utc_now();
    report.suite = base.suite;
    report.suite_hash = base.suite_hash;
    report.protocol = base.protocol;
    report.device = base.device;
    report.environment = base.environment;
    report.baseline_build = base.build;
    report.candidate_build = first_measured(runs.candidate).build;
    if (calibration) report.calibration = to_json(*calibration);
    return conclude(report, policy, folder);
}

std::string checked_binary(const std::string& path, const char* option) {
    if (access(path.c_str(), X_OK) != 0 || std::filesystem::is_directory(path))
        throw std::runtime_error(
            fmt::format("{}: '{}' is no program that can be started", option, path));
    // A worker starts without looking at PATH, and in whatever folder.
    return std::filesystem::absolute(path).string();
}

PairedSetup setup_of(const Options& options, const std::string& folder) {
    PairedSetup setup;
    setup.suite = load_suite(options.item);
    if (options.calibrate) {
        const std::string self = options.baseline_binary.empty()
                                     ? std::filesystem::read_symlink("/proc/self/exe").string()
                                     : checked_binary(options.baseline_binary, "--baseline-binary");
        setup.binaries = {self, self};
    } else {
        setup.binaries = {checked_binary(options.baseline_binary, "--baseline-binary"),
                          checked_binary(options.candidate_binary, "--candidate-binary")};
    }
    setup.options.device = options.device;
    setup.policy = policy_of(options);
    setup.allowed = options.allowed;
    setup.journal = folder + "/pairs.jsonl";
    return setup;
}

int paired(const Options& options) {
    watch_interrupts();
    const std::string folder = clean_folder(options);
    PairedSetup setup = setup_of(options, folder);
    // No call may last longer than the whole gate.
    for (Workload& workload : setup.suite.workloads)
        workload.protocol.time_limit = std::min(workload.protocol.time_limit, setup.policy.budget);
    const std::optional<Calibration> calibration = calibration_of(options);
    set_aside(setup.journal);
    GateReport report;
    {
        PairLines lines(options.quiet);
        report = run_paired_gate(setup, calibration ? &*calibration : nullptr, lines, interrupted);
    }
    const int code = conclude(report, setup.policy, folder);
    // An interruption is no finding that a policy could let pass.
    return interrupted && report.verdict == GateVerdict::inconclusive ? inconclusive : code;
}

int record(const Options& options) {
    const std::string folder = out_folder(options);
    const PairedSetup setup = setup_of(options, folder);
    const std::size_t count = options.pairs > 0 ? options.pairs : pairs_of_a_calibration;
    if (options.calibrate && count < longest_gate(setup.policy))
        throw std::invalid_argument(
            fmt::format("--pairs: a gate of policy '{}' may take {} pairs; "
                        "calibrate with as many at least",
                        setup.policy.name, longest_gate(setup.policy)));
    RecordedPairs recorded;
    try {
        PairLines lines(options.quiet);
        watch_interrupts();
        recorded = record_pairs(setup, count, lines, interrupted);
        unwatch_interrupts();
    } catch (const WrongOutput& error) {
        fmt::print(stderr, "slimbench: {}\n", error.what());
        return wrong_output;
    }
    if (recorded.pairs.size() < count) {
        fmt::print(stderr, "{} of {} pairs are recorded; the same command goes on\n",
                   recorded.pairs.size(), count);
        return rows_lost;
    }
    if (!options.calibrate) return all_measured;
    Calibration calibration = calibrate(setup.policy, recorded);
    calibration.time = utc_now();
    const std::string path = folder + "/calibration.json";
    write_whole_file(path, to_json(calibration).dump(2) + "\n");
    fmt::print("{}calibration  {}\n", calibration_text(calibration), path);
    return all_measured;
}

int replayed(const Options& options) {
    const Policy policy = policy_of(options);
    const std::optional<Calibration> calibration = calibration_of(options);
    const RecordedPairs recorded = read_pairs(options.replay);
    if (calibration) require_fitting(*calibration, recorded.origin);
    std::vector<std::string> ids;
    if (!recorded.pairs.empty())
        for (const PairRow& row : recorded.pairs.front().rows) ids.push_back(row.id);
    const ReplayTally tally =
        replay(policy, gated_rows(policy, ids, calibration ? &*calibration : nullptr), recorded,
               {options.gates, policy.seed});
    fmt::print("{}", options.json ? to_json(tally).dump() + "\n" : tally_text(tally));
    return all_measured;
}

int gate(const Options& options) {
    if (!options.replay.empty()) return replayed(options);
    if (options.item.empty())
        throw std::invalid_argument(
            "gate: name a suite, or with --baseline the candidate's "
            "records; see slimbench gate --help");
    if (!options.baseline_records.empty()) return stored(options);
    if (options.calibrate && !options.candidate_binary.empty())
        throw std::invalid_argument(
            "gate: --calibrate measures one build against itself: name it by --baseline-binary");
    const bool has_binaries = !options.baseline_binary.empty() && !options.candidate_binary.empty();
    if (!options.calibrate && !has_binaries)
        throw std::invalid_argument(
            "gate: --baseline-binary and --candidate-binary name the two "
            "builds; see slimbench gate --help");
    return options.records_pairs() ? record(options) : paired(options);
}

}  // namespace

void add_gate(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(
        "gate", "Say whether one build is slower than another, with known error rates");
    command->add_option("ITEM", options->item,
                        "Suite to measure; with --baseline, the candidate's records");
    command->add_option("--baseline-binary", options->baseline_binary, "Program to compare with");
    command->add_option("--candidate-binary", options->candidate_binary, "Program to judge");
    command->add_option("--baseline", options->baseline_records,
                        "Records to compare ITEM's with: nothing is measured");
    command->add_flag("--calibrate", options->calibrate,
                      "Measure a build against itself: noise, thresholds, detectable slow-downs");
    command
        ->add_option("--pairs", options->pairs,
                     "Only record this many pairs of processes; goes on with those in --out")
        ->check(CLI::PositiveNumber);
    command->add_option("--replay", options->replay,
                        "Run gates on recorded pairs (pairs.jsonl) and count their verdicts");
    command->add_option("--gates", options->gates, "How many gates to replay")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_flag("--json", options->json, "Print what a replay counted as JSON");
    command->add_option("--policy", options->policy,
                        "Policy file (docs/gating.md); without it the one shipped");
    command->add_option("--calibration", options->calibration,
                        "calibration.json of this machine: raises thresholds of noisy rows");
    command
        ->add_option("--allow", options->allowed,
                     "Field that may differ, repeatable: device, driver, environment, protocol, "
                     "precision, suite, build_type")
        ->allow_extra_args(false);
    command->add_option("--device", options->device,
                        "Device: index, cpu, gpu or part of its name (see slimbench devices)");
    command->add_option("--out", options->out, "Folder for reports and pairs (default: out/gate)");
    command->add_flag("--quiet", options->quiet, "No progress");
    command->footer(
        "Exit codes:  0 not slower   1 slower   2 usage or input/output   3 cannot tell, or not "
        "comparable   4 wrong output   5 interrupted while recording\n\n"
        "Examples:  slimbench gate gate --baseline-binary base/slimbench --candidate-binary "
        "build/release/slimbench\n"
        "           slimbench gate --calibrate gate --out out/calibration\n"
        "           slimbench gate --baseline monday.jsonl tuesday.jsonl --calibration "
        "out/calibration/calibration.json");
    command->callback([options, &action] { action = [options] { return gate(*options); }; });
}

}  // namespace slimbench
