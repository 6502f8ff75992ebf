// Whole networks on the host, and the ranges taken from them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/verify/reference.h"
#include "tests/unit/verify/cases.h"

namespace slimbench::testing {
namespace {

// image -> conv (ReLU) -> body; body + conv -> sum (folded into the second convolution) -> pool.
Network residual_network() {
    Network network;
    network.name = "tiny";
    for (const char* name : {"image", "stem", "branch", "sum", "pooled"})
        network.tensors.push_back({name, {}});
    network.tensors[0].shape = {1, 3, 12, 12};
    Conv stem;
    stem.problem.filters = 8;
    stem.problem.kernel = {3, 3};
    stem.problem.pad = Padding::all(1);
    stem.weights = "stem";
    stem.activation = Activation::relu;
    Conv branch = stem;
    branch.weights = "branch";
    branch.activation = Activation::none;
    Pool pool;
    pool.kind = Pool::Kind::global_average;
    network.nodes = {{"stem", stem, {0}, 1, "stem", {}},
                     {"branch", branch, {1}, 2, "body", {}},
                     {"add", Add{Activation::relu}, {2, 1}, 3, "body", {}},
                     {"pool", pool, {3}, 4, "head", {}}};
    network.image = 0;
    network.scores = 4;
    infer_shapes(network);
    return network;
}

struct Fp32Run {
    Network network = residual_network();
    std::vector<FusedStep> steps = fuse(network);
    Parameters parameters = synthesize(network, 7);
    std::vector<HostTensor<float>> tensors;

    Fp32Run() {
        std::vector<StepConstants> constants;
        for (const FusedStep& step : steps)
            constants.push_back(constants_fp32(step, network, parameters));
        const TensorShape& shape = network.tensors[network.image].shape;
        tensors = run_reference_network<float>(network, steps, constants,
                                               {shape, synthesize_image(shape, 3)}, 2);
    }
};

TEST(NetworkReference, computes_every_tensor_that_is_not_fused_away) {
    const Fp32Run run;
    EXPECT_EQ(run.tensors[1].values.size(), 8u * 144);
    EXPECT_TRUE(run.tensors[2].values.empty());
    EXPECT_EQ(run.tensors[3].values.size(), 8u * 144);
    EXPECT_EQ(run.tensors[4].values.size(), 8u);
}

TEST(NetworkReference, int8_network_follows_the_fp32_one_within_a_few_steps) {
    const Fp32Run run;
    const Ranges ranges = calibrate(run.network, run.steps, run.tensors, "test");
    const auto quantization = quantize_tensors(run.network, ranges);
    std::vector<StepConstants> constants;
    for (const FusedStep& step : run.steps)
        constants.push_back(constants_int8(step, run.network, run.parameters, quantization));
    HostTensor<std::uint8_t> image{run.tensors[0].shape, {}};
    for (const float value : run.tensors[0].values)
        image.values.push_back(
            static_cast<std::uint8_t>(std::clamp(std::nearbyint(value / quantization[0].scale) +
                                                     static_cast<float>(quantization[0].zero_point),
                                                 0.0f, 255.0f)));
    const auto tensors = run_reference_network(run.network, run.steps, constants, image, 2);
    for (std::size_t i = 0; i < tensors[3].values.size(); ++i) {
        const float real = quantization[3].scale *
                           static_cast<float>(tensors[3].values[i] - quantization[3].zero_point);
        EXPECT_NEAR(real, run.tensors[3].values[i], 6 * quantization[3].scale) << i;
    }
}

TEST(Calibration, ranges_contain_zero_and_name_computed_tensors) {
    const Fp32Run run;
    const Ranges ranges = calibrate(run.network, run.steps, run.tensors, "where from");
    EXPECT_EQ(ranges.network, "tiny");
    EXPECT_EQ(ranges.source, "where from");
    EXPECT_FALSE(ranges.tensors.contains("branch"));
    for (const char* name : {"image", "stem", "sum", "pooled"}) {
        ASSERT_TRUE(ranges.tensors.contains(name)) << name;
        EXPECT_LE(ranges.tensors.at(name).low, 0);
        EXPECT_GT(ranges.tensors.at(name).high, 0);
    }
    EXPECT_EQ(ranges.tensors.at("stem").low, 0);
    EXPECT_EQ(ranges.tensors.at("stem").high, std::ranges::max(run.tensors[1].values));
}

std::string complaint_about(const Fp32Run& run) {
    try {
        calibrate(run.network, run.steps, run.tensors, "test");
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Calibration, rejects_a_tensor_of_one_value) {
    Fp32Run run;
    std::ranges::fill(run.tensors[1].values, 0.0f);
    EXPECT_THAT(complaint_about(run), ::testing::HasSubstr("tensor stem is dead"));
}

TEST(Calibration, rejects_a_tensor_that_is_almost_all_zero) {
    Fp32Run run;
    std::fill(run.tensors[3].values.begin() + 4, run.tensors[3].values.end(), 0.0f);
    EXPECT_THAT(complaint_about(run), ::testing::HasSubstr("tensor sum is dead"));
}

TEST(Calibration, rejects_a_tensor_that_is_almost_all_at_its_upper_bound) {
    Fp32Run run;
    std::fill(run.tensors[3].values.begin() + 4, run.tensors[3].values.end(), 6.0f);
    run.tensors[3].values[0] = 0;
    for (std::size_t i = 1; i < 4; ++i)
        run.tensors[3].values[i] = std::min(run.tensors[3].values[i], 5.0f);
    EXPECT_THAT(complaint_about(run), ::testing::HasSubstr("tensor sum is saturated"));
}

}  // namespace
}  // namespace slimbench::testing
