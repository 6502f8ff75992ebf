// Convolution sums: patches of the input times weights repacked for dot_block.
#pragma once

#include <vector>

#include "host/verify/dot_block.h"
#include "host/verify/step_sums.h"

namespace slimbench {

template <class Element>
class ConvSums : public StepSums {
public:
    ConvSums(const ConvProblem& problem, const StepConstants& constants,
             const HostTensor<Element>& input);

    void at(std::span<const std::int64_t> pixels, std::span<double> sums,
            std::span<float> magnitudes) const override;
    std::int64_t products() const override { return problem_.reduction(); }

private:
    struct Patch {                   // of one group, for dot_pixels pixels
        std::vector<double> values;  // [products][dot_pixels]
        std::vector<float> magnitudes;
    };
    struct Target {  // where a block of pixels goes
        std::span<double> sums;
        std::span<float> magnitudes;
        std::size_t pixels;
    };

    void pack_weights();
    void gather(std::int64_t pixel, std::int64_t group, std::size_t column, Patch& patch) const;
    void multiply(std::int64_t group, const Patch& patch, const Target& target) const;

    ConvProblem problem_;
    TensorShape out_;
    const StepConstants& constants_;
    const HostTensor<Element>& input_;
    std::int64_t group_filters_, group_blocks_;
    std::vector<float> weights_;  // [groups][blocks of channels][products][dot_channels]
};

}  // namespace slimbench
