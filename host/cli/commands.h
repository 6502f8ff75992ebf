// The commands of the program: one file each under host/cli.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace slimbench {

// Exit codes, documented in README.md. Exceptions that reach main end with `usage`.
enum ExitCode : int {
    all_measured = 0,
    regression = 1,  // compare, gate: something is slower
    usage = 2,
    inconclusive = 3,  // compare, gate: cannot tell, or not comparable
    wrong_output = 4,
    rows_lost = 5
};

// What the chosen subcommand does; returns an exit code.
using Action = std::function<int()>;

// Each adds its subcommand and, when that was given on the command line, sets `action`.
void add_devices(CLI::App& app, Action& action);
void add_peaks(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_describe(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);
void add_layer(CLI::App& app, Action& action);
void add_benchmark(CLI::App& app, Action& action);
void add_compare(CLI::App& app, Action& action);
void add_gate(CLI::App& app, Action& action);
void add_tune(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_worker(CLI::App& app, Action& action);  // hidden: started by the coordinator

}  // namespace slimbench
