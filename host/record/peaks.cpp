#include "host/record/peaks.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace slimbench {

const Peaks::Rate* Peaks::rate(std::string_view precision) const {
    const auto found = std::ranges::find(rates, precision, &Rate::precision);
    return found == rates.end() ? nullptr : &*found;
}

namespace {

// Before there were probes of matrix units, halves were always widened.
std::string compute_of(const nlohmann::json& rate) {
    const std::string precision = rate.at("precision");
    return rate.value("compute", precision == "fp16" ? "fp32" : precision);
}

}  // namespace

nlohmann::json to_json(const Peaks& peaks) {
    nlohmann::json rates = nlohmann::json::array(), bandwidths = nlohmann::json::array();
    for (const Peaks::Rate& rate : peaks.rates)
        rates.push_back({{"precision", rate.precision},
                         {"compute", rate.compute},
                         {"idiom", rate.idiom},
                         {"macs_per_second", rate.macs_per_second}});
    for (const Peaks::Bandwidth& level : peaks.bandwidths)
        bandwidths.push_back({{"level", level.level},
                              {"bytes", level.bytes},
                              {"read_bytes_per_second", level.read},
                              {"copy_bytes_per_second", level.copy}});
    return {{"rates", rates},
            {"bandwidths", bandwidths},
            {"launch_seconds", peaks.launch},
            {"launch_in_chain_seconds", peaks.launch_in_chain},
            {"launch_by_host_seconds", peaks.launch_by_host},
            {"timer_step_seconds", peaks.timer_step},
            {"time", peaks.time},
            {"kernels", peaks.kernels}};
}

Peaks peaks_from_json(const nlohmann::json& json) try {
    Peaks peaks;
    for (const auto& rate : json.at("rates"))
        peaks.rates.push_back(
            {rate.at("precision"), compute_of(rate), rate.at("idiom"), rate.at("macs_per_second")});
    for (const auto& level : json.at("bandwidths"))
        peaks.bandwidths.push_back({level.at("level"), level.at("bytes"),
                                    level.at("read_bytes_per_second"),
                                    level.at("copy_bytes_per_second")});
    peaks.launch = json.at("launch_seconds");
    peaks.launch_in_chain = json.at("launch_in_chain_seconds");
    peaks.launch_by_host = json.at("launch_by_host_seconds");
    peaks.timer_step = json.at("timer_step_seconds");
    peaks.time = json.at("time");
    peaks.kernels = json.at("kernels");
    return peaks;
} catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(fmt::format("peaks: {}", error.what()));
}

Peaks better_of(Peaks peaks, const Peaks& other) {
    for (Peaks::Rate& rate : peaks.rates)
        if (const Peaks::Rate* known = other.rate(rate.precision))
            rate.macs_per_second = std::max(rate.macs_per_second, known->macs_per_second);
    for (Peaks::Bandwidth& level : peaks.bandwidths)
        for (const Peaks::Bandwidth& known : other.bandwidths) {
            if (known.level != level.level) continue;
            level.read = std::max(level.read, known.read);
            level.copy = std::max(level.copy, known.copy);
        }
    peaks.launch = std::min(peaks.launch, other.launch);
    peaks.launch_in_chain = std::min(peaks.launch_in_chain, other.launch_in_chain);
    peaks.launch_by_host = std::min(peaks.launch_by_host, other.launch_by_host);
    peaks.timer_step = std::min(peaks.timer_step, other.timer_step);
    return peaks;
}

}  // namespace slimbench
