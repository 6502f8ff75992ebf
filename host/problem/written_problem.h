// A convolution as users of other programs write it: benchdnn's problem text, or a command line of
// MIOpenDriver. docs/problem-strings.md describes both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/problem/conv_problem.h"
#include "host/problem/data_type.h"

namespace slimbench {

struct WrittenProblem {
    ConvProblem problem = {};
    std::string name = {};                    // empty when none is given
    std::int64_t repeats = 1;                 // `*N`: so many layers of its network have this shape
    std::optional<Precision> precision = {};  // that a MIOpenDriver line names
    std::vector<std::string> ignored = {};    // options of such a line that change nothing here
};

// "conv -n 1 -c 64 ...", with or without the program before it.
bool is_miopen_line(std::string_view text);

// Each throws std::invalid_argument naming the text, the place in it and what is expected there.
WrittenProblem parse_benchdnn_text(std::string_view text);
WrittenProblem parse_miopen_line(std::string_view line);
WrittenProblem parse_written_problem(std::string_view text);  // either of the two

}  // namespace slimbench
