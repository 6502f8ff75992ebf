#include "host/cli/measuring.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/cli/commands.h"
#include "host/kernel/variant.h"
#include "host/record/statistics.h"
#include "host/run/peer_names.h"
#include "host/run/tuning_files.h"
#include "reports/format.h"

namespace slimbench {

namespace {

std::string duration(double seconds) {
    const long whole = std::lround(seconds);
    return whole < 60 ? fmt::format("{} s", whole)
                      : fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

std::vector<std::string_view> precision_names() {
    std::vector<std::string_view> names;
    for (Precision precision : known_precisions) names.push_back(traits(precision).name);
    return names;
}

// A name that no kernel knows would silently restrict nothing.
std::string checked_kernel(const std::string& part) {
    const auto known = [&](const Variant& row) { return row.name.find(part) != row.name.npos; };
    if (std::ranges::any_of(registry(), known)) return part;
    throw std::invalid_argument(
        fmt::format("--kernel: no kernel's name contains '{}'; see slimbench list kernels", part));
}

std::string outcome_text(const ResultRecord& record) {
    if (record.status == Status::measured && record.measurement)
        return format_time(summarize(record.measurement->device).median);
    return fmt::format("{}: {}", name(record.status), record.reason);
}

}  // namespace

volatile bool interrupted = false;

void watch_interrupts() {
    for (int number : {SIGINT, SIGTERM}) std::signal(number, [](int) { interrupted = true; });
}

void unwatch_interrupts() {
    for (int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
}

RunOptions MeasuringOptions::run_options() const {
    RunOptions options;
    options.device = device;
    if (!tier.empty()) options.tier = parse_tier(tier);
    options.kernel = checked_kernel(kernel);
    options.unproven = unproven;
    options.peers = peers;
    options.roofline = !no_roofline;
    if (!no_tuning) {
        options.tuning = shipped_tuning();
        options.tuning->take(read_tuning(user_tuning_path()));
    }
    return options;
}

std::vector<Precision> MeasuringOptions::parsed_precisions() const {
    std::vector<Precision> parsed;
    for (const std::string& text : precisions) {
        const auto precision = parse_precision(text);
        if (!precision)
            throw std::invalid_argument(fmt::format("--precision: unknown '{}'; there are {}", text,
                                                    fmt::join(precision_names(), ", ")));
        parsed.push_back(*precision);
    }
    return parsed;
}

void MeasuringOptions::apply(Workload& workload) const {
    if (min_time > 0) workload.protocol.min_time = min_time;
    if (time_limit > 0) workload.protocol.time_limit = time_limit;
    if (seed) workload.seed = *seed;
}

std::shared_ptr<MeasuringOptions> add_device_options(CLI::App& command) {
    auto options = std::make_shared<MeasuringOptions>();
    command.add_option(
        "--device", options->device,
        "Device: index, kind (cpu, gpu) or part of its name (see slimbench devices)");
    command
        .add_option(
            "--precision", options->precisions,
            fmt::format("Precisions, comma-separated: {}", fmt::join(precision_names(), ", ")))
        ->delimiter(',')
        ->allow_extra_args(false);
    command
        .add_option("--time-limit", options->time_limit,
                    "Seconds a workload may take before it is given up")
        ->check(CLI::PositiveNumber);
    command.add_flag("--quiet", options->quiet, "No progress");
    return options;
}

std::shared_ptr<MeasuringOptions> add_measuring_options(CLI::App& command) {
    auto options = add_device_options(command);
    command
        .add_option("--peer", options->peers,
                    fmt::format("Also measure convolutions through other libraries, "
                                "comma-separated: {}",
                                fmt::join(peer_names, ", ")))
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(peer_names));
    command.add_option("--min-time", options->min_time, "Seconds to sample each row at least")
        ->check(CLI::PositiveNumber);
    command.add_option("--seed", options->seed, "What weights and images are drawn from")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--tier", options->tier, "Use CPU kernels of at most this tier")
        ->check(CLI::IsMember({"portable", "avx2", "avx512", "avx512-vnni", "amx"}));
    command.add_option(
        "--kernel", options->kernel,
        "Use only kernel variants whose name contains this (in families that have one); "
        "clblast: CLBlast's matrix products");
    command.add_flag("--unproven", options->unproven,
                     "Also take kernels that no device has run yet (slimbench list kernels); "
                     "their outputs are verified like all others");
    command.add_flag("--no-roofline", options->no_roofline,
                     "Do not hold rows against the device's peaks (see slimbench peaks)");
    command.add_flag("--no-tuning", options->no_tuning,
                     "Take each step's variant in the registry's order, not by measurement (see "
                     "slimbench tune)");
    return options;
}

ProgressView::ProgressView(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressView::~ProgressView() {
    if (!quiet_ && terminal_) fmt::print(stderr, "\r\x1b[K");
}

std::string ProgressView::time_left() const {
    if (done_ == 0) return "";
    const double spent =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    return ", about " +
           duration(spent / static_cast<double>(done_) * static_cast<double>(count_ - done_)) +
           " left";
}

void ProgressView::draw(const std::string& text) {
    if (quiet_ || !terminal_) return;
    fmt::print(stderr, "\r\x1b[K[{}/{}{}] {}  {}", done_ + 1, count_, time_left(), id_, text);
    std::fflush(stderr);
}

void ProgressView::print_line(const std::string& text) {
    if (quiet_) return;
    fmt::print(stderr, "{}[{}/{}] {}\n", terminal_ ? "\r\x1b[K" : "", done_ + 1, count_, text);
}

void ProgressView::position(std::size_t done, std::size_t count, const std::string& id) {
    done_ = done;
    count_ = count;
    id_ = id;
}

void ProgressView::phase(const std::string& text) {
    draw(text);
}

void ProgressView::notice(const std::string& text) {
    print_line(text);
}

void ProgressView::record(const ResultRecord& record) {
    print_line(fmt::format("{}  {}", record.identity.id(), outcome_text(record)));
}

int exit_code(const RunOutcome& outcome) {
    if (outcome.incorrect > 0) return wrong_output;
    return outcome.lost > 0 || outcome.interrupted ? rows_lost : all_measured;
}

}  // namespace slimbench
