// Entry point: builds the command line, runs the chosen command, turns what went wrong into one
// message.
#include <cstdio>
#include <exception>
#include <stdexcept>

#include <fmt/core.h>

#include "host/cli/commands.h"

int main(int argc, char** argv) {
    using namespace slimbench;
    CLI::App app{"slimbench: what would FP16, INT8 and structured pruning buy on this device?"};
    app.name("slimbench");
    app.require_subcommand(1);
    app.footer(
        "Start here:  slimbench run smoke\n"
        "Exit codes:  0 all measured   2 usage or input/output   4 wrong output   5 rows crashed "
        "or timed out");

    Action action;
    for (auto* add :
         {add_run, add_layer, add_report, add_describe, add_list, add_devices, add_worker})
        add(app, action);
    try {
        app.parse(argc, argv);
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
