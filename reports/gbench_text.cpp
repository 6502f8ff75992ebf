// Google Benchmark's three forms of output: JSON, a table for people, CSV.
#include <algorithm>

#include <fmt/format.h>

#include "reports/gbench.h"

namespace slimbench {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* counters[] = {"images_per_second", "gops"};

bool is_error(const Json& entry) {
    return entry.value("error_occurred", false);
}

std::string time_text(const Json& entry, const char* key) {
    const double time = entry.at(key);
    if (entry.value("aggregate_unit", "time") == "percentage")
        return fmt::format("{:10.2f} %   ", 100 * time);
    const int digits = time < 1 ? 3 : time < 10 ? 2 : time < 100 ? 1 : 0;
    return fmt::format("{:10.{}f} {:<4}", time, digits, entry.at("time_unit").get<std::string>());
}

std::string console_line(const Json& entry, std::size_t width) {
    const std::string name = entry.at("name");
    if (is_error(entry))
        return fmt::format("{:<{}} ERROR OCCURRED: '{}'\n", name, width,
                           entry.at("error_message").get<std::string>());
    std::string line =
        fmt::format("{:<{}} {} {} {:>12}", name, width, time_text(entry, "real_time"),
                    time_text(entry, "cpu_time"), entry.at("iterations").get<std::int64_t>());
    for (const char* counter : counters)
        if (entry.contains(counter))
            line += fmt::format(" {}={:.4g}", counter, entry.at(counter).get<double>());
    if (entry.contains("label")) line += " " + entry.at("label").get<std::string>();
    return line + "\n";
}

std::string quoted(const std::string& text) {
    std::string doubled;
    for (const char c : text) doubled += c == '"' ? "\"\"" : std::string(1, c);
    return "\"" + doubled + "\"";
}

std::string csv_number(const Json& entry, const char* key) {
    return entry.contains(key) ? entry.at(key).dump() : "";
}

std::string csv_line(const Json& entry) {
    const bool error = is_error(entry);
    std::string line = fmt::format(
        "{},{},{},{},{},,,{},{},{}", quoted(entry.at("name")), csv_number(entry, "iterations"),
        csv_number(entry, "real_time"), csv_number(entry, "cpu_time"),
        error ? "" : entry.at("time_unit").get<std::string>(),
        entry.contains("label") ? quoted(entry.at("label")) : "", error ? "true" : "",
        error ? quoted(entry.at("error_message")) : "");
    for (const char* counter : counters) line += "," + csv_number(entry, counter);
    return line + "\n";
}

}  // namespace

std::string gbench_json(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string gbench_console(const Json& document) {
    std::size_t width = 10;
    for (const Json& entry : document.at("benchmarks"))
        width = std::max(width, entry.at("name").get_ref<const std::string&>().size());
    const std::string head =
        fmt::format("{:<{}} {:>15} {:>15} {:>12}", "Benchmark", width, "Time", "CPU", "Iterations");
    const std::string rule(head.size(), '-');
    std::string text = rule + "\n" + head + "\n" + rule + "\n";
    for (const Json& entry : document.at("benchmarks")) text += console_line(entry, width);
    return text;
}

std::string gbench_csv(const Json& document) {
    // bytes_per_second and items_per_second are columns of the format that stay empty.
    std::string text =
        "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,"
        "error_occurred,error_message";
    for (const char* counter : counters) text += fmt::format(",\"{}\"", counter);
    text += "\n";
    for (const Json& entry : document.at("benchmarks")) text += csv_line(entry);
    return text;
}

}  // namespace slimbench
