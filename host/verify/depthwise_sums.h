// Depthwise convolution sums: every channel by itself, so that the inner loop runs over channels.
#pragma once

#include <vector>

#include "host/verify/step_sums.h"

namespace slimbench {

template <class Element>
class DepthwiseSums : public StepSums {
public:
    DepthwiseSums(const ConvProblem& problem, const StepConstants& constants,
                  const HostTensor<Element>& input);

    void at(std::span<const std::int64_t> pixels, std::span<double> sums,
            std::span<float> magnitudes) const override;
    std::int64_t products() const override { return problem_.reduction(); }

private:
    void add_tap(const Element* from, const float* weights, std::span<double> sums,
                 std::span<float> magnitudes) const;
    void add_window(const Pixel& out, std::span<double> sums, std::span<float> magnitudes) const;

    ConvProblem problem_;
    TensorShape out_;
    const StepConstants& constants_;
    const HostTensor<Element>& input_;
    std::vector<float> weights_;  // [taps][channels]
};

}  // namespace slimbench
