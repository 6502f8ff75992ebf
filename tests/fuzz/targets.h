// What people and programs may feed slimbench, one check per language: fuzzed by ci/fuzz, and run
// over the kept corpus by an ordinary test.
#pragma once

#include <array>
#include <string_view>

namespace slimbench::fuzz {

// Each reads the text as its language. It returns where the text is refused with the documented
// exception, whose message names the place, or is accepted and what must hold then does; whatever
// else it throws is a mistake of the program.
void check_problem_text(std::string_view text);      // benchdnn's or MIOpenDriver's
void check_problem_file(std::string_view text);      // slimbench layer --file
void check_network_file(std::string_view text);      // suites/networks/*.json
void check_pruning_file(std::string_view text);      // suites/pruning/*.json
void check_suite_file(std::string_view text);        // suites/*.json
void check_expanded_network(std::string_view text);  // what a worker is handed
void check_tuning_table(std::string_view text);      // what slimbench tune keeps
void check_journal(std::string_view text);           // slimbench report

struct Target {
    std::string_view name;  // of the folder in tests/fuzz/corpus
    void (*check)(std::string_view text);
};

inline constexpr auto targets = std::to_array<Target>({
    {"problem_text", check_problem_text},
    {"problem_file", check_problem_file},
    {"network_file", check_network_file},
    {"pruning_file", check_pruning_file},
    {"suite_file", check_suite_file},
    {"expanded_network", check_expanded_network},
    {"tuning_table", check_tuning_table},
    {"journal", check_journal},
});

}  // namespace slimbench::fuzz
