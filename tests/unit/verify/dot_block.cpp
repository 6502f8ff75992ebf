// The inner loop of the reference, in each instruction set that this CPU has.
#include "host/verify/dot_block.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/verify/cases.h"

namespace slimbench::testing {
namespace {

struct Sums {
    std::array<double, dot_pixels * dot_channels> sums{};
    std::array<float, dot_pixels * dot_channels> magnitudes{};
    bool operator==(const Sums&) const = default;
};

class DotBlocks : public ::testing::Test {
protected:
    static constexpr std::size_t length = 173;

    DotBlocks() {
        Values values(1);
        weights_ = values.many<float>(length * dot_channels);
        patch_magnitude_ = values.many<float>(length * dot_pixels);
        patch_.assign(patch_magnitude_.begin(), patch_magnitude_.end());
        for (float& magnitude : patch_magnitude_) magnitude = std::fabs(magnitude);
    }
    Sums run(const DotKernel& kernel) const {
        Sums result;
        kernel.run({patch_.data(), patch_magnitude_.data(), weights_.data(), length,
                    result.sums.data(), result.magnitudes.data()});
        return result;
    }

    std::vector<float> weights_, patch_magnitude_;
    std::vector<double> patch_;
};

TEST_F(DotBlocks, give_the_same_bits_in_every_instruction_set) {
    const auto kernels = usable_dot_kernels();
    const Sums expected = run(kernels.back());
    for (const DotKernel& kernel : kernels) EXPECT_EQ(run(kernel), expected) << kernel.name;
}

TEST_F(DotBlocks, add_products_and_their_magnitudes) {
    const Sums result = run(usable_dot_kernels().front());
    double sum = 0, magnitude = 0;
    for (std::size_t k = 0; k < length; ++k) {
        const double product = patch_[k * dot_pixels + 2] * weights_[k * dot_channels + 11];
        sum += product;
        magnitude += std::fabs(product);
    }
    EXPECT_EQ(result.sums[2 * dot_channels + 11], sum);
    EXPECT_NEAR(result.magnitudes[2 * dot_channels + 11], magnitude, 1e-4);
}

}  // namespace
}  // namespace slimbench::testing
