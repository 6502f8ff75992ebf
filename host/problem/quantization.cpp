// INT8 parameters from ranges, and the ranges file.
#include "host/problem/quantization.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <stdexcept>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "host/problem/fused_step.h"
#include "host/problem/strict_json.h"

namespace slimbench {
namespace {

bool keeps_quantization(const FusedStep& step) {
    return !step.residual && (std::holds_alternative<Pool>(step.operation) ||
                              std::holds_alternative<Resize>(step.operation));
}

AffineQuantization of_range(const std::string& tensor, const Ranges& ranges) {
    const auto found = ranges.tensors.find(tensor);
    if (found == ranges.tensors.end())
        throw std::runtime_error(fmt::format("ranges of '{}' ({}): tensor '{}' has no range",
                                             ranges.network, ranges.source, tensor));
    const Range& range = found->second;
    if (!(range.low < range.high) || !std::isfinite(range.low) || !std::isfinite(range.high))
        throw std::runtime_error(
            fmt::format("ranges of '{}' ({}): tensor '{}' is dead: its range [{}, {}] is empty",
                        ranges.network, ranges.source, tensor, range.low, range.high));
    return affine_u8(range);
}

// Ties to even, below 2^51: what nearbyint() computes, without a call for each weight.
double nearest(double value) {
    constexpr double shift = 0x1.8p52;
    return value + shift - shift;
}

}  // namespace

AffineQuantization affine_u8(Range range) {
    const double low = std::min(0.0, static_cast<double>(range.low));
    const double high = std::max(0.0, static_cast<double>(range.high));
    const float scale = static_cast<float>((high - low) / 255);
    const double zero_point = std::nearbyint(-low / scale);
    return {scale, static_cast<int>(std::clamp(zero_point, 0.0, 255.0))};
}

Ranges read_ranges(const std::string& path) {
    const nlohmann::json document = parse_json_file(path, read_text_file(path));
    const JsonPlace file(document, path);
    file.require_object({"network", "source", "tensors"});
    Ranges ranges{.network = file.at("network").string(),
                  .source = file.at("source").string(),
                  .tensors = {}};
    constexpr double most = std::numeric_limits<float>::max();
    for (const auto& [name, place] : file.at("tensors").members()) {
        const auto bounds = place.items();
        if (bounds.size() != 2) place.fail("expected [low, high]");
        const Range range{static_cast<float>(bounds[0].number(-most, 0)),
                          static_cast<float>(bounds[1].number(0, most))};
        ranges.tensors.emplace(name, range);
    }
    return ranges;
}

void write_ranges(const std::string& path, const Ranges& ranges) {
    nlohmann::json tensors = nlohmann::json::object();
    for (const auto& [name, range] : ranges.tensors)
        tensors[name] = {std::min(0.0f, range.low), std::max(0.0f, range.high)};
    const nlohmann::json document{
        {"network", ranges.network}, {"source", ranges.source}, {"tensors", tensors}};
    std::ofstream stream(path);
    if (!(stream << document.dump(1) << '\n') || !stream.flush())
        throw std::runtime_error(fmt::format("cannot write '{}': {}", path, std::strerror(errno)));
}

std::vector<AffineQuantization> quantize_tensors(const Network& network, const Ranges& ranges) {
    std::vector<AffineQuantization> tensors(network.tensors.size());
    tensors[network.image] = of_range(network.tensors[network.image].name, ranges);
    for (const FusedStep& step : fuse(network))
        tensors[step.output] = keeps_quantization(step)
                                   ? tensors[step.input]
                                   : of_range(network.tensors[step.output].name, ranges);
    return tensors;
}

QuantizedWeights quantize_weights(const std::vector<float>& oihw, std::int64_t filters) {
    const std::size_t per_filter = oihw.size() / static_cast<std::size_t>(filters);
    QuantizedWeights quantized;
    quantized.values.resize(oihw.size());
    auto values = quantized.values.begin();
    for (auto filter = oihw.begin(); filter != oihw.end();
         filter += static_cast<std::ptrdiff_t>(per_filter)) {
        const auto end = filter + static_cast<std::ptrdiff_t>(per_filter);
        float largest = 0;
        for (auto weight = filter; weight != end; ++weight)
            largest = std::max(largest, std::abs(*weight));
        // A filter of zeros stays zero at any scale.
        const float scale =
            largest > 0 ? static_cast<float>(static_cast<double>(largest) / 127) : 1.0f;
        values = std::transform(filter, end, values, [scale](float weight) {
            const double steps = nearest(static_cast<double>(weight) / scale);
            return static_cast<std::int8_t>(std::clamp(steps, -127.0, 127.0));
        });
        quantized.scale.push_back(scale);
    }
    return quantized;
}

}  // namespace slimbench
