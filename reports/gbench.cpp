// Google Benchmark's JSON (its docs/user_guide.md, "Output Formats"): one entry per sample, so that
// compare.py can test the difference of two files. real_time is the device span, cpu_time the
// host's wall time of the same call.
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "reports/gbench.h"
#include "reports/provenance.h"
#include "reports/selection.h"

namespace slimbench {

using Json = nlohmann::ordered_json;

namespace {

// The whole number that text starts with, and what follows it; nothing where none of 32 bits does.
std::optional<std::pair<std::int64_t, std::string_view>> number_of(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    return std::pair<std::int64_t, std::string_view>(
        number, text.substr(static_cast<std::size_t>(end - text.data())));
}

// "48K" of Linux' cache description in bytes; nothing if it reads otherwise.
std::optional<std::int64_t> bytes_of(std::string_view text) {
    const auto size = number_of(text);
    if (!size) return std::nullopt;
    const auto [count, unit] = *size;
    if (unit == "K") return count * 1024;
    if (unit == "M") return count * 1024 * 1024;
    return unit.empty() ? std::optional(count) : std::nullopt;
}

// "0-3,8" names five processors; nothing if it reads otherwise.
std::optional<std::int64_t> count_of_list(std::string_view list) {
    std::int64_t count = 0;
    for (;;) {
        const auto first = number_of(list);
        if (!first) return std::nullopt;
        list = first->second;
        std::int64_t last = first->first;
        if (list.starts_with('-')) {
            const auto end = number_of(list.substr(1));
            if (!end || end->first < last) return std::nullopt;
            last = end->first;
            list = end->second;
        }
        count += last - first->first + 1;
        if (list.empty()) return count;
        if (!list.starts_with(',')) return std::nullopt;
        list.remove_prefix(1);
    }
}

Json caches(const nlohmann::json& environment) {
    Json list = Json::array();
    const auto found = environment.is_object() ? environment.find("caches") : environment.end();
    if (found == environment.end() || !found->is_array()) return list;
    for (const nlohmann::json& cache : *found) {
        const std::optional<std::int64_t> size = bytes_of(text_at(cache, "size"));
        const std::optional<std::int64_t> sharing = count_of_list(text_at(cache, "shared_by"));
        if (!size || !sharing) continue;
        list.push_back({{"type", text_at(cache, "type")},
                        {"level", std::atoi(text_at(cache, "level").c_str())},
                        {"size", *size},
                        {"num_sharing", *sharing}});
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
