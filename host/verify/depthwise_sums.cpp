#include "host/verify/depthwise_sums.h"

#include <algorithm>
#include <cmath>

#include "host/verify/conv_taps.h"

namespace slimbench {

template <class Element>
DepthwiseSums<Element>::DepthwiseSums(const ConvProblem& problem, const StepConstants& constants,
                                      const HostTensor<Element>& input)
    : problem_(problem), out_(problem.out()), constants_(constants), input_(input) {
    const auto& oihw = checked_weights(problem, constants, input);
    const auto channels = static_cast<std::size_t>(problem.filters);
    const auto taps = static_cast<std::size_t>(problem.reduction());
    weights_.resize(oihw.size());
    for (std::size_t channel = 0; channel < channels; ++channel)
        for (std::size_t tap = 0; tap < taps; ++tap)
            weights_[tap * channels + channel] = static_cast<float>(oihw[channel * taps + tap]);
}

template <class Element>
void DepthwiseSums<Element>::add_tap(const Element* from, const float* weights,
                                     std::span<double> sums, std::span<float> magnitudes) const {
    const auto value = [&](std::size_t c) {
        return from ? static_cast<float>(from[c]) : constants_.input_pad;
    };
    for (std::size_t c = 0; c < sums.size(); ++c)
        sums[c] += static_cast<double>(value(c)) * static_cast<double>(weights[c]);
    for (std::size_t c = 0; c < magnitudes.size(); ++c)
        magnitudes[c] += std::fabs(value(c) * weights[c]);
}

template <class Element>
void DepthwiseSums<Element>::add_window(const Pixel& out, std::span<double> sums,
                                        std::span<float> magnitudes) const {
    const TensorShape& in = problem_.in;
    const float* weights = weights_.data();
    for (std::int64_t r = 0; r < problem_.kernel.height; ++r)
        for (std::int64_t s = 0; s < problem_.kernel.width; ++s, weights += in.channels) {
            const Element* from = tap_values(problem_, input_, out, {r, s});
            add_tap(from, weights, sums, magnitudes);
        }
}

template <class Element>
void DepthwiseSums<Element>::at(std::span<const std::int64_t> pixels, std::span<double> sums,
                                std::span<float> magnitudes) const {
    const auto channels = static_cast<std::size_t>(problem_.filters);
    std::ranges::fill(magnitudes, 0.0f);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const auto own = [&](auto all) {
            return all.empty() ? all : all.subspan(i * channels, channels);
        };
        std::ranges::copy(constants_.init, own(sums).begin());
        add_window(pixel_at(out_, pixels[i]), own(sums), own(magnitudes));
    }
}

template class DepthwiseSums<float>;
template class DepthwiseSums<std::uint8_t>;

}  // namespace slimbench
