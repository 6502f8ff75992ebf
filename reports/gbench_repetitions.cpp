// Repeated measurements as Google Benchmark reports them. The median speaks for a repetition where
// Google Benchmark has the mean: a single interrupted call should not move it.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "host/record/statistics.h"
#include "reports/gbench.h"
#include "reports/selection.h"

namespace slimbench {
namespace {

using Json = nlohmann::ordered_json;

// One row and all that was measured of it.
struct Family {
    std::vector<const ResultRecord*> repetitions;
};

std::vector<Family> families_of(std::span<const Records> repetitions) {
    std::vector<Family> families;
    std::unordered_map<std::string, std::size_t> places;
    for (const Records& records : repetitions)
        for (const ResultRecord& record : records) {
            const auto [place, is_new] = places.emplace(record.identity.id(), families.size());
            if (is_new) families.emplace_back();
            families[place->second].repetitions.push_back(&record);
        }
    return families;
}

struct Times {
    std::vector<double> real, cpu;  // nanoseconds, one per repetition
};

Json repetition_entry(const ResultRecord& record, std::size_t family, std::size_t index,
                      std::size_t count) {
    const std::vector<double>& samples = *published_samples(record);
    const std::vector<double>& host = record.measurement->host;
    const double seconds = summarize(samples).median;
    const double host_seconds = host.empty() ? seconds : summarize(host).median;
    Json json = gbench_entry(record, family);
    json["run_type"] = "iteration";
    json["repetitions"] = count;
    json["repetition_index"] = index;
    json["threads"] = 1;
    json["iterations"] = samples.size();
    json["real_time"] = seconds * nanoseconds_per_second;
    json["cpu_time"] = host_seconds * nanoseconds_per_second;
    json["time_unit"] = "ns";
    add_gbench_label(json, record);
    add_gbench_rates(json, record, seconds);
    return json;
}

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(const std::vector<double>& values) {
    return summarize(values).median;
}

double deviation(const std::vector<double>& values) {
    const double centre = mean(values);
    double squares = 0;
    for (const double value : values) squares += (value - centre) * (value - centre);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double variation(const std::vector<double>& values) {
    return deviation(values) / mean(values);
}

struct Aggregate {
    const char* name;
    const char* unit;
    double (*compute)(const std::vector<double>&);
};
constexpr Aggregate aggregates[] = {{"mean", "time", mean},
                                    {"median", "time", median},
                                    {"stddev", "time", deviation},
                                    {"cv", "percentage", variation}};

Json aggregate_entry(const ResultRecord& record, std::size_t family, const Aggregate& aggregate,
                     const Times& times) {
    Json json = gbench_entry(record, family);
    json["name"] = record.identity.id() + "_" + aggregate.name;
    json["run_type"] = "aggregate";
    json["repetitions"] = times.real.size();
    json["threads"] = 1;
    json["aggregate_name"] = aggregate.name;
    json["aggregate_unit"] = aggregate.unit;
    json["iterations"] = times.real.size();
    json["real_time"] = aggregate.compute(times.real);
    json["cpu_time"] = aggregate.compute(times.cpu);
    json["time_unit"] = "ns";
    return json;
}

void append_family(Json& entries, const Family& rows, std::size_t family) {
    const auto measured = static_cast<std::size_t>(std::ranges::count_if(
        rows.repetitions, [](const ResultRecord* record) { return published_samples(*record); }));
    Times times;
    for (const ResultRecord* record : rows.repetitions) {
        if (!published_samples(*record)) {
            entries.push_back(gbench_error_entry(*record, family));
            continue;
        }
        entries.push_back(repetition_entry(*record, family, times.real.size(), measured));
        times.real.push_back(entries.back()["real_time"]);
        times.cpu.push_back(entries.back()["cpu_time"]);
    }
    if (times.real.size() < 2) return;
    for (const Aggregate& aggregate : aggregates)
        entries.push_back(aggregate_entry(*rows.repetitions.front(), family, aggregate, times));
}

}  // namespace

Json gbench_repetitions(std::span<const Records> repetitions, const GbenchContext& context) {
    Json document{
        {"context", gbench_context(repetitions.empty() ? Records{} : repetitions.front())},
        {"benchmarks", Json::array()}};
    for (const auto& [key, value] : context) document["context"][key] = value;
    const std::vector<Family> families = families_of(repetitions);
    for (std::size_t family = 0; family < families.size(); ++family)
        append_family(document["benchmarks"], families[family], family);
    return document;
}

Json gbench_aggregates_only(const Json& document) {
    Json kept{{"context", document.at("context")}, {"benchmarks", Json::array()}};
    for (const Json& entry : document.at("benchmarks"))
        if (entry.at("run_type") == "aggregate" || entry.at("repetitions") == 1)
            kept["benchmarks"].push_back(entry);
    return kept;
}

}  // namespace slimbench
