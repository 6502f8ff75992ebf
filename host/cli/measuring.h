// What the commands that measure share: options, progress on the terminal, Ctrl-C.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "host/run/coordinator.h"
#include "host/suite/workload.h"

namespace slimbench {

struct MeasuringOptions {
    std::string device, tier, kernel;
    std::vector<std::string> precisions, peers;
    double min_time = 0;    // 0: the suite's
    double time_limit = 0;  // 0: the suite's
    std::optional<std::uint64_t> seed;
    bool quiet = false, no_roofline = false, unproven = false, no_tuning = false;

    RunOptions run_options() const;
    std::vector<Precision> parsed_precisions()
        const;  // throws std::invalid_argument with what is allowed
    void apply(Workload& workload) const;
};
std::shared_ptr<MeasuringOptions> add_measuring_options(CLI::App& command);
// Those of them that tuning has too: device, precisions, time limit, quiet.
std::shared_ptr<MeasuringOptions> add_device_options(CLI::App& command);

// Becomes true at SIGINT or SIGTERM between watch_interrupts() and unwatch_interrupts(); otherwise
// they end the program.
extern volatile bool interrupted;
void watch_interrupts();
void unwatch_interrupts();

// One line that is rewritten on a terminal, plain lines elsewhere; everything on the error output.
class ProgressView {
public:
    explicit ProgressView(bool quiet);
    ~ProgressView();
    // So many of so many are done: rows, or layers to tune.
    void position(std::size_t done, std::size_t count, const std::string& id);
    void phase(const std::string& text);
    void notice(const std::string& text);
    void record(const ResultRecord& record);

private:
    void draw(const std::string& text);
    void print_line(const std::string& text);
    std::string time_left() const;

    bool quiet_, terminal_;
    std::size_t done_ = 0, count_ = 0;
    std::string id_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

// 4 when an output was wrong, else 5 when rows were lost or the run was interrupted, else 0.
int exit_code(const RunOutcome& outcome);

}  // namespace slimbench
