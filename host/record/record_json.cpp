// Records to JSON and back.
#include <stdexcept>

#include <fmt/format.h>

#include "host/record/field_json.h"
#include "host/record/roofline.h"
#include "host/record/statistics.h"

namespace slimbench {
namespace {

using field_json::Json;
using field_json::nanoseconds;

Json summary_json(const std::vector<double>& samples) {
    const Summary summary = summarize(samples);
    Json json{{"count", summary.count},
              {"median_ns", nanoseconds(summary.median)},
              {"mad_ns", nanoseconds(summary.mad)},
              {"p10_ns", nanoseconds(summary.p10)},
              {"p90_ns", nanoseconds(summary.p90)},
              {"min_ns", nanoseconds(summary.min)},
              {"max_ns", nanoseconds(summary.max)}};
    if (summary.median_95) {
        json["median_95_low_ns"] = nanoseconds(summary.median_95->low);
        json["median_95_high_ns"] = nanoseconds(summary.median_95->high);
    }
    return json;
}

// For readers with nothing but jq; never read back. A row that was not measured has no speed, so it
// gets none.
void add_summary(Json& json, const ResultRecord& record) {
    if (record.status != Status::measured || !record.measurement) return;
    const Measurement& measurement = *record.measurement;
    Json summary = Json::object();
    if (!measurement.device.empty()) summary["device"] = summary_json(measurement.device);
    if (!measurement.host.empty()) summary["host"] = summary_json(measurement.host);
    const std::vector<double>& samples =
        measurement.device.empty() ? measurement.host : measurement.device;
    const double median = samples.empty() ? 0 : summarize(samples).median;
    if (median > 0) {
        if (record.identity.kind == RowKind::forward)
            summary["images_per_second"] = static_cast<double>(record.identity.batch) / median;
        summary["gops"] = 2e-9 * static_cast<double>(record.macs) / median;
        if (const auto fraction = fraction_of_roof(record)) summary["fraction_of_roof"] = *fraction;
    }
    json["summary"] = summary;
}

void check_version(const Json& json) {
    if (!json.is_object()) field_json::fail("record", "an object", json);
    const auto found = json.find("record_version");
    if (found == json.end()) throw std::runtime_error("record: record_version is missing");
    int version = 0;
    field_json::read(*found, version, "record.record_version");
    if (version != record_version)
        throw std::runtime_error(
            fmt::format("record: record_version is {}, this program reads {}: use the slimbench "
                        "that wrote it",
                        version, record_version));
}

}  // namespace

Json to_json(const ResultRecord& record) {
    Json json = field_json::write(record);
    json["record_version"] = record_version;
    json["id"] = record.identity.id();
    add_summary(json, record);
    return json;
}

ResultRecord from_json(const Json& json) {
    check_version(json);
    ResultRecord record;
    field_json::read(json, record, "record");
    return record;
}

}  // namespace slimbench
