// What a step's operation adds up before its epilogue, for chosen output pixels.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "host/problem/step_constants.h"
#include "host/verify/host_tensor.h"

namespace slimbench {

// Index of an output pixel in batch x height x width order, and back.
struct Pixel {
    std::int64_t n = 0, y = 0, x = 0;
};
Pixel pixel_at(const TensorShape& shape, std::int64_t index);

// Sums of all channels of some output pixels. INT8 sums are integers (resize: floats), held exactly
// in the doubles.
class StepSums {
public:
    virtual ~StepSums() = default;

    // For pixel i and channel c writes sums[i * channels + c] and, unless `magnitudes` is empty,
    // sum |x||w| likewise.
    virtual void at(std::span<const std::int64_t> pixels, std::span<double> sums,
                    std::span<float> magnitudes) const = 0;

    // Products that a sum consists of, which bounds its rounding error; 0 where it is one input
    // element, unrounded.
    virtual std::int64_t products() const = 0;
};

// Throws std::invalid_argument unless the residual is there exactly when the step has one, and as
// large as the output; of a concatenation, as large as the output's last channels.
template <class Element>
void check_residual(const FusedStep& step, const TensorShape& out,
                    const HostTensor<Element>* residual);

// `input` and `constants` must outlive the result. Throws std::invalid_argument when the shapes
// contradict the step.
template <class Element>
std::unique_ptr<StepSums> make_sums(const FusedStep& step, const StepConstants& constants,
                                    const TensorShape& out, const HostTensor<Element>& input);

}  // namespace slimbench
