// Synthetic parameters and images.
#include "host/problem/parameters.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

double mean_square(const std::vector<float>& values) {
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
           static_cast<double>(values.size());
}

Network chain(std::int64_t filters, Activation activation = Activation::relu) {
    NetworkBuilder builder({1, 16, 8, 8});
    const TensorId a = builder.conv("a", 0, filters, activation);
    builder.conv("b", a, 16);
    return builder.build();
}

TEST(Synthesize, values_depend_on_name_shape_and_seed_alone) {
    const Parameters once = synthesize(chain(32), 1);
    EXPECT_EQ(once.weights, synthesize(chain(32), 1).weights);
    EXPECT_NE(once.weights.at("a"), synthesize(chain(32), 2).weights.at("a"));

    NetworkBuilder alone({1, 32, 5, 5});
    alone.conv("b", 0, 16);
    EXPECT_EQ(synthesize(alone.build(), 1).weights.at("b"), once.weights.at("b"));
}

TEST(Synthesize, pruned_widths_get_values_of_their_own) {
    const auto wide = synthesize(chain(32), 1).weights.at("a");
    const auto narrow = synthesize(chain(16), 1).weights.at("a");
    EXPECT_FALSE(std::equal(narrow.begin(), narrow.end(), wide.begin()));
}

TEST(Synthesize, weights_keep_the_magnitude_of_activations) {
    const double fan_in = 16 * 9;
    EXPECT_NEAR(mean_square(synthesize(chain(256), 1).weights.at("a")) * fan_in, 2.0, 0.1);
    EXPECT_NEAR(mean_square(synthesize(chain(256, Activation::none), 1).weights.at("a")) * fan_in,
                1.0, 0.05);
}

TEST(Synthesize, the_end_of_a_residual_branch_is_scaled_down) {
    NetworkBuilder builder({1, 64, 8, 8});
    const TensorId a = builder.conv("a", 0, 64, Activation::relu);
    const TensorId b = builder.conv("b", a, 64, Activation::relu);
    const TensorId c = builder.conv("c", b, 64);
    builder.add("sum", Add{}, {a, c});
    const Parameters parameters = synthesize(builder.build(), 1);
    EXPECT_NEAR(mean_square(parameters.norms.at("c.norm").scale), 0.25, 0.05);
    EXPECT_NEAR(mean_square(parameters.norms.at("a.norm").scale), 1.0, 0.1);
}

TEST(Synthesize, shared_weights_appear_once) {
    NetworkBuilder builder({1, 16, 8, 8});
    const TensorId a = builder.conv("a", 0, 16);
    builder.conv("b", a, 16);
    builder.share_weights(0, 1);
    const Parameters parameters = synthesize(builder.build(), 1);
    EXPECT_EQ(parameters.weights.size(), 1u);
    EXPECT_EQ(parameters.norms.size(), 2u);
}

// Pinned so that records of different machines and builds speak of the same numbers.
TEST(Synthesize, values_are_the_same_on_every_machine) {
    const auto weights = synthesize(chain(32), 1).weights.at("a");
    EXPECT_FLOAT_EQ(weights[0], 0.0223665684f);
    EXPECT_FLOAT_EQ(weights[1], 0.0571358241f);
}

TEST(SynthesizeImage, is_smooth_bounded_and_seeded) {
    const TensorShape shape{2, 3, 64, 96};
    const auto image = synthesize_image(shape, 1);
    ASSERT_EQ(image.size(), static_cast<std::size_t>(shape.elements()));
    EXPECT_EQ(image, synthesize_image(shape, 1));
    EXPECT_NE(image, synthesize_image(shape, 2));
    const auto [low, high] = std::ranges::minmax(image);
    EXPECT_GE(low, -2.0f);
    EXPECT_LE(high, 2.0f);
    EXPECT_NEAR(mean_square(image), 0.5, 0.4);

    double neighbour_difference = 0;
    for (std::size_t i = 0; i + 3 < image.size(); ++i)
        neighbour_difference += std::abs(image[i + 3] - image[i]);
    EXPECT_LT(neighbour_difference / static_cast<double>(image.size()),
              0.5 * std::sqrt(mean_square(image)));
}

TEST(SynthesizeImage, images_of_a_batch_differ) {
    const auto image = synthesize_image({2, 1, 8, 8}, 1);
    EXPECT_FALSE(std::equal(image.begin(), image.begin() + 64, image.begin() + 64));
}

}  // namespace
}  // namespace slimbench
