// Google Benchmark's JSON (its docs/user_guide.md, "Output Formats"): one entry per sample, so that
// compare.py can test the difference of two files. real_time is the device span, cpu_time the
// host's wall time of the same call.
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "reports/gbench.h"
#include "reports/provenance.h"
#include "reports/selection.h"

namespace slimbench {

using Json = nlohmann::ordered_json;

namespace {

// "48K" of Linux' cache description in bytes; nothing if it reads otherwise.
std::optional<std::int64_t> bytes_of(const std::string& text) {
    char* unit = nullptr;
    const std::int64_t count = std::strtoll(text.c_str(), &unit, 10);
    if (unit == text.c_str()) return std::nullopt;
    const std::string_view suffix = unit;
    if (suffix == "K") return count * 1024;
    if (suffix == "M") return count * 1024 * 1024;
    return suffix.empty() ? std::optional(count) : std::nullopt;
}

// "0-3,8" names five processors.
std::int64_t count_of_list(const std::string& list) {
    std::int64_t count = 0;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        const std::string range = list.substr(at, end - at);
        const std::size_t dash = range.find('-');
        const std::int64_t first = std::atoll(range.c_str());
        count += dash == std::string::npos ? 1 : std::atoll(range.c_str() + dash + 1) - first + 1;
        at = end + 1;
    }
    return count;
}

Json caches(const nlohmann::json& environment) {
    Json list = Json::array();
    const auto found = environment.is_object() ? environment.find("caches") : environment.end();
    if (found == environment.end() || !found->is_array()) return list;
    for (const nlohmann::json& cache : *found) {
        const std::optional<std::int64_t> size = bytes_of(text_at(cache, "size"));
        if (!size) continue;
        list.push_back({{"type", text_at(cache, "type")},
                        {"level", std::atoi(text_at(cache, "level").c_str())},
                        {"size", *size},
                        {"num_sharing", count_of_list(text_at(cache, "shared_by"))}});
    }
    return list;
}

Json load(const nlohmann::json& environment) {
    const auto found =
        environment.is_object() ? environment.find("load_average") : environment.end();
    if (found == environment.end() || found->is_null()) return Json::array();
    return found->is_array() ? Json(*found) : Json::array({Json(*found)});
}

}  // namespace

Json gbench_context(const Records& records) {
    const ResultRecord first = records.empty() ? ResultRecord{} : records.front();
    const nlohmann::json& environment = first.environment;
    Json context{{"date", first.time},
                 {"host_name", text_at(environment, "host")},
                 {"executable", "slimbench"}};
    if (const std::string threads = text_at(environment, "threads"); !threads.empty())
        context["num_cpus"] = std::atoi(threads.c_str());
    if (const std::string clock = text_at(environment, "cpu_mhz"); !clock.empty())
        context["mhz_per_cpu"] = std::atoi(clock.c_str());
    context["caches"] = caches(environment);
    context["load_avg"] = load(environment);
    context["library_version"] = text_at(first.build, "version");
    context["library_build_type"] = text_at(first.build, "type");
    context["json_schema_version"] = 1;
    context["device"] = device_title(first);
    context["times"] =
        "real_time: device span by events; cpu_time: the host's wall time of the call";
    return context;
}

Json gbench_entry(const ResultRecord& record, std::size_t family) {
    const std::string name = record.identity.id();
    return {{"name", name},
            {"family_index", family},
            {"per_family_instance_index", 0},
            {"run_name", name}};
}

void add_gbench_label(Json& json, const ResultRecord& record) {
    if (const std::string label = arithmetic_label(record); !label.empty()) json["label"] = label;
}

void add_gbench_rates(Json& json, const ResultRecord& record, double seconds) {
    if (seconds <= 0) return;
    if (record.identity.kind == RowKind::forward)
        json["images_per_second"] = static_cast<double>(record.identity.batch) / seconds;
    if (record.macs > 0) json["gops"] = 2e-9 * static_cast<double>(record.macs) / seconds;
}

namespace {

Json sample_entry(const ResultRecord& record, std::size_t family, std::size_t index) {
    const std::vector<double>& real = *published_samples(record);
    const std::vector<double>& host = record.measurement->host;
    const double host_seconds = index < host.size() ? host[index] : real[index];
    Json json = gbench_entry(record, family);
    json["run_type"] = "iteration";
    json["repetitions"] = real.size();
    json["repetition_index"] = index;
    json["threads"] = 1;
    json["iterations"] = 1;
    json["real_time"] = std::round(real[index] * nanoseconds_per_second);
    json["cpu_time"] = std::round(host_seconds * nanoseconds_per_second);
    json["time_unit"] = "ns";
    add_gbench_label(json, record);
    json["host_seconds"] = host_seconds;
    add_gbench_rates(json, record, real[index]);
    return json;
}

}  // namespace

// Without a time, since it has none. compare.py demands one of every "iteration", hence the other
// run type, and a time unit of every entry; one that differs from the samples' keeps it from
// pairing them with this.
Json gbench_error_entry(const ResultRecord& record, std::size_t family) {
    Json json = gbench_entry(record, family);
    json["run_type"] = "aggregate";
    json["aggregate_name"] = "error";
    json["repetitions"] = 0;
    json["threads"] = 1;
    json["time_unit"] = "s";
    json["error_occurred"] = true;
    json["error_message"] = fmt::format("{}: {}", name(record.status), record.reason);
    return json;
}

std::string report_gbench(const Records& records) {
    Json json{{"context", gbench_context(records)}, {"benchmarks", Json::array()}};
    for (std::size_t family = 0; family < records.size(); ++family) {
        const std::vector<double>* samples = published_samples(records[family]);
        if (!samples) json["benchmarks"].push_back(gbench_error_entry(records[family], family));
        for (std::size_t index = 0; samples && index < samples->size(); ++index)
            json["benchmarks"].push_back(sample_entry(records[family], family, index));
    }
    return gbench_json(json);
}

}  // namespace slimbench
