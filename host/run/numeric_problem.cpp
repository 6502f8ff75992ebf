#include "host/run/numeric_problem.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "host/problem/fnv1a.h"
#include "host/problem/network_json.h"
#include "host/verify/reference.h"
#include "host/verify/threads.h"

namespace slimbench {

namespace {

constexpr std::int64_t calibration_macs =
    1'000'000'000;  // about a second of the reference on two cores
constexpr std::int64_t least_side = 32;

std::int64_t shorter_side(const Network& network) {
    const TensorShape& image = network.tensors[network.image].shape;
    return std::min(image.height, image.width);
}

using FloatingConstants = StepConstants (*)(const FusedStep&, const Network&, const Parameters&);

NumericProblem numeric_floating(const Network& network, std::uint64_t seed,
                                FloatingConstants constants) {
    NumericProblem problem{network, fuse(network), {}, {}};
    const Parameters parameters = synthesize(network, seed);
    for (const FusedStep& step : problem.steps)
        problem.constants.push_back(constants(step, network, parameters));
    return problem;
}

}  // namespace

Network small_enough(Network network, std::int64_t most_macs) {
    network.tensors[network.image].shape.batch = 1;
    infer_shapes(network);
    while (count(network).macs > most_macs && shorter_side(network) >= 2 * least_side) {
        Network smaller = network;
        TensorShape& halved = smaller.tensors[smaller.image].shape;
        halved.height /= 2;
        halved.width /= 2;
        try {
            infer_shapes(smaller);
        } catch (const std::invalid_argument&) {
            return network;  // a kernel that no longer fits the image
        }
        network = std::move(smaller);
    }
    return network;
}

NumericProblem numeric_fp32(const Network& network, std::uint64_t seed) {
    return numeric_floating(network, seed, constants_fp32);
}

NumericProblem numeric_fp16(const Network& network, std::uint64_t seed) {
    return numeric_floating(network, seed, constants_fp16);
}

NumericProblem numeric_int8(const Network& network, std::uint64_t seed, const Ranges& ranges,
                            unsigned threads) {
    NumericProblem problem{network, fuse(network), {}, quantize_tensors(network, ranges)};
    const Parameters parameters = synthesize(network, seed);
    problem.constants.resize(problem.steps.size());
    share_chunks(problem.steps.size(), 1, threads, [&](std::size_t s, std::size_t) {
        problem.constants[s] =
            constants_int8(problem.steps[s], network, parameters, problem.quantization);
    });
    return problem;
}

std::string content_key(const Network& network, std::uint64_t seed) {
    return fnv1a(fmt::format("{} {}", to_json(network).dump(), seed));
}

Ranges calibrated_ranges(const Network& network, std::uint64_t seed,
                         const std::string& cache_folder, unsigned threads) {
    const std::string kept = cache_folder.empty() ? ""
                                                  : fmt::format("{}/ranges-{}.json", cache_folder,
                                                                content_key(network, seed));
    if (!kept.empty() && std::filesystem::exists(kept)) return read_ranges(kept);
    const NumericProblem problem = numeric_fp32(small_enough(network, calibration_macs), seed);
    const auto tensors = run_reference_network(problem.network, problem.steps, problem.constants,
                                               synthetic_image<float>(problem, seed), threads);
    const TensorShape& image = problem.network.tensors[problem.network.image].shape;
    Ranges ranges = calibrate(problem.network, problem.steps, tensors,
                              fmt::format("max calibration, 1 synthetic image {}x{}, seed {}",
                                          image.height, image.width, seed));
    if (!kept.empty()) write_ranges(kept, ranges);
    return ranges;
}

template <class Element>
HostTensor<Element> synthetic_image(const NumericProblem& problem, std::uint64_t seed) {
    const TensorShape& shape = problem.network.tensors[problem.network.image].shape;
    const std::vector<float> real = synthesize_image(shape, seed);
    if constexpr (std::is_same_v<Element, float>) {
        return {shape, real};
    } else {
        const AffineQuantization q = problem.quantization[problem.network.image];
        HostTensor<Element> image{shape, {}};
        image.values.reserve(real.size());
        for (float value : real)
            image.values.push_back(static_cast<Element>(std::clamp(
                std::nearbyint(value / q.scale) + static_cast<float>(q.zero_point), 0.0f, 255.0f)));
        return image;
    }
}

template HostTensor<float> synthetic_image(const NumericProblem&, std::uint64_t);
template HostTensor<std::uint8_t> synthetic_image(const NumericProblem&, std::uint64_t);

}  // namespace slimbench
