#include <stdexcept>

#include "host/problem/written_problem.h"
#include "host/suite/layer_workload.h"
#include "tests/fuzz/promises.h"
#include "tests/fuzz/targets.h"

namespace slimbench::fuzz {
namespace {

// Padding behind the last window has no place in the text.
void check_canonical_text(const ConvProblem& problem) {
    const std::string text = problem.text();
    ConvProblem parsed = parse_benchdnn_text(text).problem;
    require(parsed.text() == text, "a canonical text reads back as itself");
    require(parsed.out() == problem.out(), "a canonical text keeps the output");
    parsed.pad.bottom = problem.pad.bottom;
    parsed.pad.right = problem.pad.right;
    require(parsed == problem, "a canonical text keeps the problem");
}

}  // namespace

void check_problem_text(std::string_view text) {
    const std::string_view place = is_miopen_line(text) ? "MIOpenDriver line '" : "problem '";
    const auto written =
        read_or_refuse<std::invalid_argument>(place, [&] { return parse_written_problem(text); });
    if (!written) return;
    require(written->repeats >= 1, "a problem stands for at least one layer");
    check_canonical_text(written->problem);
    check_accepted(layer_workload(written->problem, written->name,
                                  written->precision.value_or(Precision::fp32))
                       .network);
}

}  // namespace slimbench::fuzz
