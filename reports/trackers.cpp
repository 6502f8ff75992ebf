#include "reports/trackers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/gbench.h"
#include "reports/selection.h"

namespace slimbench {
namespace {

using Json = nlohmann::ordered_json;

double nanoseconds(double seconds) {
    return std::round(seconds * nanoseconds_per_second);
}

std::string range_text(double low, double high) {
    const TimeUnit milliseconds{"ms", 1e-3};
    return fmt::format("{} to {} ms", format_time(low, milliseconds),
                       format_time(high, milliseconds));
}

}  // namespace

std::vector<TrackedRow> tracked_rows(const Records& records) {
    std::vector<TrackedRow> rows;
    for (const ResultRecord& record : records) {
        const std::optional<Summary> time = published_time(record);
        if (!time) continue;
        TrackedRow row;
        row.name = record.identity.id();
        row.median = time->median;
        if (time->median_95) {
            row.low = time->median_95->low;
            row.high = time->median_95->high;
        }
        row.note = fmt::format("median of {} samples", time->count);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string bencher_metrics(const std::vector<TrackedRow>& rows) {
    Json json = Json::object();
    for (const TrackedRow& row : rows) {
        Json latency{{"value", nanoseconds(row.median)}};
        if (row.low && row.high) {
            latency["lower_value"] = nanoseconds(*row.low);
            latency["upper_value"] = nanoseconds(*row.high);
        }
        json[row.name] = Json{{"latency", latency}};
    }
    return gbench_json(json);
}

std::string benchmark_action(const std::vector<TrackedRow>& rows) {
    Json json = Json::array();
    for (const TrackedRow& row : rows) {
        Json entry{{"name", row.name}, {"unit", "ms"}, {"value", nanoseconds(row.median) * 1e-6}};
        if (row.low && row.high) entry["range"] = range_text(*row.low, *row.high);
        entry["extra"] = row.note;
        json.push_back(std::move(entry));
    }
    return gbench_json(json);
}

std::string tracked_gbench(const Records& origin, const std::vector<TrackedRow>& rows) {
    Json benchmarks = Json::array();
    for (const TrackedRow& row : rows)
        benchmarks.push_back(Json{{"name", row.name},
                                  {"family_index", benchmarks.size()},
                                  {"per_family_instance_index", 0},
                                  {"run_name", row.name},
                                  {"run_type", "iteration"},
                                  {"repetitions", 1},
                                  {"repetition_index", 0},
                                  {"threads", 1},
                                  {"iterations", 1},
                                  {"real_time", nanoseconds(row.median)},
                                  {"cpu_time", nanoseconds(row.median)},
                                  {"time_unit", "ns"},
                                  {"label", row.note}});
    Json document = Json::object();
    document["context"] = gbench_context(origin);
    document["context"]["times"] = "real_time, cpu_time: median of the device span by events";
    document["benchmarks"] = std::move(benchmarks);
    return gbench_json(document);
}

}  // namespace slimbench
