// Entry point: builds the command line, runs the chosen command, turns what went wrong into one
// message.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "host/cli/commands.h"

namespace slimbench {
namespace {

// The tools of Google Benchmark call a program with its flags and know no commands.
void insert_command(std::vector<std::string>& arguments, const std::string& program,
                    const CLI::App& app) {
    const bool by_name = std::filesystem::path(program).filename() == "slimbench-benchmark";
    const auto is_first = [&](const CLI::App* command) {
        return command->get_name() == arguments.front();
    };
    const bool has_command = !arguments.empty() && !app.get_subcommands(is_first).empty();
    const bool by_flags = std::ranges::any_of(arguments, [](const std::string& argument) {
        return argument.starts_with("--benchmark_");
    });
    if (by_name || (by_flags && !has_command)) arguments.insert(arguments.begin(), "benchmark");
}

}  // namespace
}  // namespace slimbench

int main(int argc, char** argv) {
    using namespace slimbench;
    CLI::App app{"slimbench: what would FP16, INT8 and structured pruning buy on this device?"};
    app.name("slimbench");
    app.require_subcommand(1);
    app.footer(
        "Start here:  slimbench run smoke\n"
        "Exit codes:  0 all measured, or not slower   1 slower (compare, gate)   2 usage or "
        "input/output\n"
        "             3 cannot tell (compare, gate)   4 wrong output   5 rows crashed or timed "
        "out");

    Action action;
    for (auto* add : {add_run, add_layer, add_benchmark, add_compare, add_gate, add_tune,
                      add_report, add_describe, add_list, add_devices, add_peaks, add_worker})
        add(app, action);
    try {
        std::vector<std::string> arguments(argv + 1, argv + argc);
        insert_command(arguments, argv[0], app);
        std::ranges::reverse(arguments);  // CLI11 takes them from the back
        app.parse(std::move(arguments));
        const int code = action();
        // A full disk shows when the last of the output leaves; half a report is no success.
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
            throw std::runtime_error("standard output could not be written to its end");
        return code;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? all_measured : usage;
    } catch (const std::exception& error) {
        fmt::print(stderr, "slimbench: {}\n", error.what());
        return usage;
    }
}
