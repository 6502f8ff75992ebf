#include "host/gate/gate_report.h"

#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/record/field_json.h"

namespace slimbench {

std::string_view name(GateVerdict verdict) {
    return enum_name(verdict);
}

std::string_view name(RowVerdict verdict) {
    return enum_name(verdict);
}

namespace {

std::vector<std::string> ids_with(RowVerdict verdict, const std::vector<GateRow>& rows) {
    std::vector<std::string> ids;
    for (const GateRow& row : rows)
        if (row.verdict == verdict) ids.push_back(row.id);
    return ids;
}

struct Conclusion {
    RowVerdict of_a_row;
    GateVerdict of_all;
    const char* meaning;
};

// The first that any row calls for: a wrong output outranks any speed.
constexpr Conclusion conclusions[] = {
    {RowVerdict::wrong_output, GateVerdict::wrong_output, "wrong output"},
    {RowVerdict::slower, GateVerdict::regression, "slower"},
    {RowVerdict::not_comparable, GateVerdict::not_comparable, "not measured on both sides"}};

}  // namespace

void conclude(GateReport& report) {
    for (const Conclusion& conclusion : conclusions) {
        const auto ids = ids_with(conclusion.of_a_row, report.rows);
        if (ids.empty()) continue;
        report.verdict = conclusion.of_all;
        report.reason = fmt::format("{}: {}", conclusion.meaning, fmt::join(ids, ", "));
        return;
    }
    const std::size_t open = ids_with(RowVerdict::inconclusive, report.rows).size();
    report.verdict = open > 0 ? GateVerdict::inconclusive : GateVerdict::pass;
    report.reason = open > 0
                        ? fmt::format("cannot tell about {} of {} rows", open, report.rows.size())
                        : "no gating row is slower";
}

nlohmann::json to_json(const GateReport& report) {
    nlohmann::json json = field_json::write(report);
    json["gate_version"] = gate_version;
    return json;
}

GateReport gate_report_from_json(const nlohmann::json& json) {
    if (!json.is_object()) field_json::fail("gate report", "an object", json);
    if (json.value("gate_version", 0) != gate_version)
        throw std::runtime_error("gate report: gate_version is not 1, which this program reads");
    GateReport report;
    field_json::read(json, report, "gate report");
    return report;
}

}  // namespace slimbench
