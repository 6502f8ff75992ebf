#include "host/run/message.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/problem/network_json.h"

namespace slimbench {

namespace {

constexpr std::array<std::string_view, 3> peaks_wanted_names{"known", "anew", "raised"};

}  // namespace

nlohmann::json to_json(const PrepareRequest& request) {
    const RowIdentity& identity = request.identity;
    nlohmann::json json{{"verb", "prepare"},
                        {"network_name", identity.network},
                        {"pruning", identity.pruning},
                        {"batch", identity.batch},
                        {"height", identity.height},
                        {"width", identity.width},
                        {"precision", traits(request.precision).name},
                        {"seed", request.seed},
                        {"kernel", request.kernel},
                        {"tuned", request.tuned},
                        {"time_limit", request.time_limit},
                        {"unproven", request.unproven},
                        {"network", to_json(request.network)}};
    if (request.tier) json["tier"] = name(*request.tier);
    return json;
}

PrepareRequest prepare_request_from(const nlohmann::json& json) try {
    PrepareRequest request;
    request.identity.network = json.at("network_name");
    request.identity.pruning = json.at("pruning");
    request.identity.batch = json.at("batch");
    request.identity.height = json.at("height");
    request.identity.width = json.at("width");
    request.identity.precision = json.at("precision");
    request.identity.seed = request.seed = json.at("seed");
    request.precision = parse_precision(request.identity.precision).value();
    request.kernel = json.value("kernel", "");
    request.tuned = json.value("tuned", TunedChoices{});
    request.time_limit = json.value("time_limit", request.time_limit);
    request.unproven = json.value("unproven", false);
    if (json.contains("tier")) request.tier = parse_tier(json["tier"].get<std::string>());
    request.network = network_from_json(json.at("network"));
    return request;
} catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(fmt::format("prepare request: {}", error.what()));
} catch (const std::bad_optional_access&) {
    throw std::runtime_error("prepare request: unknown precision");
}

nlohmann::json to_json(PeaksWanted wanted) {
    return {{"verb", "peaks"}, {"which", peaks_wanted_names.at(static_cast<std::size_t>(wanted))}};
}

PeaksWanted peaks_wanted_from(const nlohmann::json& json) {
    const std::string which = json.value("which", "known");
    const auto found = std::ranges::find(peaks_wanted_names, which);
    if (found == peaks_wanted_names.end())
        throw std::runtime_error(fmt::format("peaks request: '{}' is none of {}", which,
                                             fmt::join(peaks_wanted_names, ", ")));
    return static_cast<PeaksWanted>(found - peaks_wanted_names.begin());
}

nlohmann::json to_json(const MeasureRequest& request) {
    nlohmann::json json{{"verb", "measure"},
                        {"kind", request.kind == RowKind::forward ? "forward" : "layer"},
                        {"step", request.step},
                        {"cache", request.cache == CacheState::hot ? "hot" : "cold"},
                        {"warm_up", request.protocol.warm_up},
                        {"min_time", request.protocol.min_time},
                        {"min_samples", request.protocol.min_samples},
                        {"max_samples", request.protocol.max_samples},
                        {"block", request.block}};
    if (request.calls_per_sample) json["calls_per_sample"] = *request.calls_per_sample;
    return json;
}

MeasureRequest measure_request_from(const nlohmann::json& json) try {
    MeasureRequest request;
    request.kind = json.at("kind") == "forward" ? RowKind::forward : RowKind::layer;
    request.step = json.at("step");
    request.cache = json.at("cache") == "hot" ? CacheState::hot : CacheState::cold;
    request.protocol.warm_up = json.at("warm_up");
    request.protocol.min_time = json.at("min_time");
    request.protocol.min_samples = json.at("min_samples");
    request.protocol.max_samples = json.value("max_samples", request.protocol.max_samples);
    request.block = json.value("block", false);
    if (json.contains("calls_per_sample"))
        request.calls_per_sample = json["calls_per_sample"].get<int>();
    return request;
} catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(fmt::format("measure request: {}", error.what()));
}

}  // namespace slimbench
