// Everything needed to judge the numbers and to repeat them.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "host/record/peaks.h"
#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/provenance.h"
#include "reports/table.h"

namespace slimbench {
namespace {

// Different values in order of appearance: a journal may span several builds or machines, and must
// not hide it.
class DistinctValues {
public:
    void add(const std::string& what, const std::string& value) {
        if (value.empty()) return;
        auto row = std::find_if(rows_.begin(), rows_.end(),
                                [&](const auto& known) { return known.first == what; });
        if (row == rows_.end()) row = rows_.insert(rows_.end(), {what, {}});
        if (std::find(row->second.begin(), row->second.end(), value) == row->second.end())
            row->second.push_back(value);
    }

    std::string markdown() const {
        Table table({{"what", Table::Align::left}, {"value", Table::Align::left}});
        for (const auto& [what, values] : rows_) {
            const std::size_t shown = std::min<std::size_t>(values.size(), 3);
            const std::vector<std::string> first(
                values.begin(), values.begin() + static_cast<std::ptrdiff_t>(shown));
            const std::string more =
                values.size() > shown ? fmt::format("; {} more", values.size() - shown) : "";
            table.add_row({what, fmt::format("{}{}", fmt::join(first, "; "), more)});
        }
        return table.markdown();
    }

private:
    std::vector<std::pair<std::string, std::vector<std::string>>> rows_;
};

// Lists of objects (cache descriptions) are left to the journal.
bool readable(const nlohmann::json& value) {
    return !value.is_object() && !(value.is_array() && !value.empty() && value.front().is_object());
}

// The machine's momentary state differs in every row and says nothing in a table.
bool momentary(const std::string& key) {
    static const std::set<std::string> keys{"load", "load_average", "available_memory", "cpu_mhz"};
    return keys.contains(key);
}

void add_object(DistinctValues& values, std::string_view prefix, const nlohmann::json& object) {
    if (!object.is_object()) return;
    for (const auto& [key, value] : object.items())
        if (readable(value) && !momentary(key))
            values.add(fmt::format("{}: {}", prefix, key), text_at(object, key));
}

std::string from_to(std::vector<double> values, const auto& text_of) {
    if (values.empty()) return "";
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return *low == *high ? text_of(*low) : fmt::format("{} to {}", text_of(*low), text_of(*high));
}

// What a GPU told right behind the measurement, or nothing.
std::optional<double> gpu_reading(const ResultRecord& row, const std::string& key) {
    if (!row.environment.is_object()) return std::nullopt;
    const auto gpu = row.environment.find("gpu");
    if (gpu == row.environment.end() || !gpu->is_object()) return std::nullopt;
    const auto reading = gpu->find(key);
    if (reading == gpu->end() || !reading->is_number()) return std::nullopt;
    return reading->get<double>();
}

void add_clocks(DistinctValues& values, const Records& records) {
    for (const auto& [title, key, unit] :
         {std::tuple{"clock", "sm_mhz", "MHz"}, std::tuple{"memory clock", "memory_mhz", "MHz"},
          std::tuple{"power", "power_watts", "W"}}) {
        std::vector<double> readings;
        for (const ResultRecord& row : records)
            if (const auto reading = gpu_reading(row, key)) readings.push_back(*reading);
        values.add(title, from_to(readings, [unit = unit](double reading) {
                       return fmt::format("{:.0f} {}", reading, unit);
                   }));
    }
}

void add_protocol(DistinctValues& values, const Records& records) {
    std::vector<double> counts, warm_ups;
    for (const ResultRecord& row : records) {
        if (const std::vector<double>* samples = published_samples(row))
            counts.push_back(static_cast<double>(samples->size()));
        if (row.measurement && row.measurement->warmup)
            warm_ups.push_back(*row.measurement->warmup);
        if (row.measurement && row.measurement->spinning_waits)
            values.add("driver's threads", "spin between launches");
        if (row.measurement && row.measurement->blocks > 1)
            values.add("what is compared", fmt::format("in turn, in {} blocks of samples a row",
                                                       row.measurement->blocks));
    }
    values.add("samples per row",
               from_to(counts, [](double count) { return fmt::format("{:.0f}", count); }));
    values.add("warm-up per row",
               from_to(warm_ups, [](double seconds) { return format_time(seconds); }));
}

void add_peaks(DistinctValues& values, const nlohmann::json& json) {
    if (json.is_null()) return;
    const Peaks peaks = peaks_from_json(json);
    for (const Peaks::Rate& rate : peaks.rates)
        values.add(
            "peak: " + rate.precision,
            fmt::format("{} GOP/s ({})", format_number(2e-9 * rate.macs_per_second), rate.idiom));
    for (const Peaks::Bandwidth& level : peaks.bandwidths)
        values.add("peak: " + level.level,
                   fmt::format("{} GB/s", format_number(1e-9 * level.best())));
    values.add("peak: launch", format_time(std::min(peaks.launch, peaks.launch_in_chain)));
}

void add_dates(DistinctValues& values, const Records& records) {
    std::set<std::string> times;
    for (const ResultRecord& row : records)
        if (!row.time.empty()) times.insert(row.time);
    if (!times.empty())
        values.add("measured", fmt::format("{} to {}", *times.begin(), *times.rbegin()));
}

}  // namespace

std::string provenance(const Records& records) {
    DistinctValues values;
    add_dates(values, records);
    for (const ResultRecord& row : records) add_object(values, "build", row.build);
    for (const ResultRecord& row : records) {
        values.add("suite", row.suite);
        values.add("suite hash", row.suite_hash);
        values.add("INT8 ranges", row.quantization_source);
        values.add("seed", fmt::format("{}", row.identity.seed));
    }
    add_protocol(values, records);
    for (const ResultRecord& row : records)
        if (is_ours(row)) add_object(values, "device", row.device);
    for (const ResultRecord& row : records) add_object(values, "environment", row.environment);
    add_clocks(values, records);
    for (const ResultRecord& row : records) add_peaks(values, row.peaks);
    return "## Provenance\n\n" + values.markdown() + "\n" +
           wrap(
               "Each record in the journal also holds every sample and the command that measures "
               "its row again. The costliest layers, closure, start-up and the coverage of the "
               "verification are in another report: `slimbench report RECORDS --format details`.") +
           "\n";
}

}  // namespace slimbench
