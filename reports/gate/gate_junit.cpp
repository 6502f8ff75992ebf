// JUnit XML as CI servers read it: a test case a row, the device as its class, the verdict in the
// body of what failed. The schema that the tests hold it against is Jenkins' (tests/schemas).
#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "reports/format.h"
#include "reports/gate/gate_outputs.h"
#include "reports/gate/wording.h"

namespace slimbench {
namespace {

enum class CaseResult { passed, failed, error, skipped };

CaseResult result_of(const GateReport& report, const GateRow& row) {
    switch (row.verdict) {
        case RowVerdict::slower:
        case RowVerdict::wrong_output:
            return CaseResult::failed;
        case RowVerdict::not_comparable:
            return CaseResult::error;
        case RowVerdict::inconclusive:
            return report.policy.is_object() &&
                           report.policy.value("inconclusive", "fail") == "pass"
                       ? CaseResult::skipped
                       : CaseResult::error;
        default:
            return CaseResult::passed;
    }
}

// XML 1.0 has no place for most control characters, which messages of drivers may hold.
std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') c = ' ';
    return text;
}

std::string body(const GateRow& row) {
    return printable(fmt::format(
        "{}\nslower by {}, tolerated {}, to be caught {}\nbaseline {}, candidate {}, {} pairs\n{}",
        words(name(row.verdict)), slow_down_text(row.slow_down), format_percent(row.threshold),
        format_percent(row.effect), format_time(row.baseline.median),
        format_time(row.candidate.median), row.pairs, row.reason));
}

void add_case(pugi::xml_node suite, const GateReport& report, const GateRow& row) {
    pugi::xml_node test = suite.append_child("testcase");
    test.append_attribute("classname") = printable(device_text(report.device)).c_str();
    test.append_attribute("name") = printable(row.id).c_str();
    test.append_attribute("time") = fmt::format("{:.9f}", row.candidate.median.value_or(0)).c_str();
    const CaseResult result = result_of(report, row);
    if (result == CaseResult::passed) return;
    pugi::xml_node why = test.append_child(result == CaseResult::failed  ? "failure"
                                           : result == CaseResult::error ? "error"
                                                                         : "skipped");
    why.append_attribute("message") =
        printable(fmt::format("{}: {}", words(name(row.verdict)), row.reason)).c_str();
    if (result == CaseResult::skipped) return;
    why.append_attribute("type") = std::string(name(row.verdict)).c_str();
    why.text() = body(row).c_str();
}

// What no row tells: a gate that could not be held.
bool fails_as_a_whole(const GateReport& report) {
    return report.verdict == GateVerdict::not_comparable &&
           std::ranges::none_of(report.rows, [](const GateRow& row) {
               return row.verdict == RowVerdict::not_comparable;
           });
}

void add_whole(pugi::xml_node suite, const GateReport& report) {
    pugi::xml_node test = suite.append_child("testcase");
    test.append_attribute("classname") = printable(device_text(report.device)).c_str();
    test.append_attribute("name") = "gate";
    test.append_attribute("time") = "0";
    pugi::xml_node why = test.append_child("error");
    why.append_attribute("message") = printable(report.reason).c_str();
    why.append_attribute("type") = std::string(name(report.verdict)).c_str();
    why.text() =
        printable(fmt::format("{}: {}", words(name(report.verdict)), report.reason)).c_str();
}

int count(const GateReport& report, CaseResult result) {
    int cases = 0;
    for (const GateRow& row : report.rows) cases += result_of(report, row) == result;
    return cases;
}

}  // namespace

std::string gate_junit(const GateReport& report) {
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    pugi::xml_node suites = document.append_child("testsuites");
    pugi::xml_node suite = suites.append_child("testsuite");
    suite.append_attribute("name") = printable("slimbench gate " + report.suite).c_str();
    const int whole = fails_as_a_whole(report) ? 1 : 0;
    suite.append_attribute("tests") = static_cast<int>(report.rows.size()) + whole;
    suite.append_attribute("failures") = count(report, CaseResult::failed);
    suite.append_attribute("errors") = count(report, CaseResult::error) + whole;
    suite.append_attribute("skipped") = count(report, CaseResult::skipped);
    suite.append_attribute("time") = fmt::format("{:.3f}", report.seconds).c_str();
    if (!report.time.empty())  // JUnit's has no zone
        suite.append_attribute("timestamp") = report.time.substr(0, report.time.find('Z')).c_str();
    if (whole > 0) add_whole(suite, report);
    for (const GateRow& row : report.rows) add_case(suite, report, row);
    suite.append_child("system-out").text() =
        printable(fmt::format("{}: {}", words(name(report.verdict)), report.reason)).c_str();
    std::ostringstream text;
    document.save(text, "  ");
    return text.str();
}

}  // namespace slimbench
