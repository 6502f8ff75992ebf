// Ranges of an FP32 run's tensors, and the refusal of tensors on which INT8 would verify nothing.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "host/verify/reference.h"

namespace slimbench {

Ranges calibrate(const Network& network, const std::vector<FusedStep>& steps,
                 const std::vector<HostTensor<float>>& tensors, std::string source) {
    constexpr double most_at_one_value = 0.995;
    Ranges ranges{network.name, std::move(source), {}};
    const auto observe = [&](TensorId id) {
        const std::vector<float>& values = tensors.at(id).values;
        const std::string& name = network.tensors[id].name;
        if (values.empty())
            throw std::runtime_error(fmt::format("calibration: tensor {} was not computed", name));
        const auto [low, high] = std::ranges::minmax(values);
        if (!std::isfinite(low) || !std::isfinite(high))
            throw std::runtime_error(
                fmt::format("calibration: tensor {} holds values that are not finite", name));
        if (low == high)
            throw std::runtime_error(
                fmt::format("calibration: tensor {} is dead, all values are {}", name, low));
        for (const float bound : {low, high}) {
            const double share = static_cast<double>(std::ranges::count(values, bound)) /
                                 static_cast<double>(values.size());
            if (share > most_at_one_value)
                throw std::runtime_error(
                    fmt::format("calibration: tensor {} is {}, {:.2f} % of its values are {}", name,
                                bound == 0 ? "dead" : "saturated", share * 100, bound));
        }
        ranges.tensors[name] = {std::min(low, 0.0f), std::max(high, 0.0f)};
    };
    observe(network.image);
    for (const FusedStep& step : steps) observe(step.output);
    return ranges;
}

}  // namespace slimbench
