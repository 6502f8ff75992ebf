// What a gate leaves behind, one pure function a format.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "host/gate/comparison.h"
#include "host/gate/gate_report.h"

namespace slimbench {

std::string gate_text(const GateReport& report);      // for a terminal
std::string gate_markdown(const GateReport& report);  // for a pull request's comment
std::string gate_json(const GateReport& report);      // gate_report.schema.json
std::string gate_junit(const GateReport& report);     // a test case a row, for CI servers
// The candidate's times, for trackers of benchmarks (reports/trackers.h).
std::string gate_bmf(const GateReport& report);
std::string gate_benchmark_action(const GateReport& report);
std::string gate_gbench(const GateReport& report);

struct GateOutput {
    std::string_view file;  // in the gate's folder
    std::string_view description;
    std::string (*render)(const GateReport&);
};
std::span<const GateOutput> gate_outputs();

std::string comparison_text(const Comparison& comparison);
std::string comparison_markdown(const Comparison& comparison);
std::string comparison_json(const Comparison& comparison);

}  // namespace slimbench
