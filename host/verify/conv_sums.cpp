#include "host/verify/conv_sums.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "host/verify/conv_taps.h"

namespace slimbench {

template <class Element>
ConvSums<Element>::ConvSums(const ConvProblem& problem, const StepConstants& constants,
                            const HostTensor<Element>& input)
    : problem_(problem),
      out_(problem.out()),
      constants_(constants),
      input_(input),
      group_filters_(problem.filters / problem.groups),
      group_blocks_((group_filters_ + dot_channels - 1) / dot_channels) {
    pack_weights();
}

template <class Element>
void ConvSums<Element>::pack_weights() {
    const auto* weight = checked_weights(problem_, constants_, input_).data();
    const std::int64_t taps = problem_.kernel.height * problem_.kernel.width;
    const std::int64_t products = problem_.reduction();
    const std::int64_t channels = products / taps;
    const std::int64_t blocks = problem_.groups * group_blocks_;
    weights_.assign(static_cast<std::size_t>(blocks * products * dot_channels), 0.0f);
    for (std::int64_t filter = 0; filter < problem_.filters; ++filter) {
        const std::int64_t group = filter / group_filters_, in_group = filter % group_filters_;
        const std::int64_t block = group * group_blocks_ + in_group / dot_channels;
        float* packed = weights_.data() + block * products * dot_channels + in_group % dot_channels;
        for (std::int64_t channel = 0; channel < channels; ++channel)
            for (std::int64_t tap = 0; tap < taps; ++tap)
                packed[(tap * channels + channel) * dot_channels] = static_cast<float>(*weight++);
    }
}

template <class Element>
void ConvSums<Element>::gather(std::int64_t pixel, std::int64_t group, std::size_t column,
                               Patch& patch) const {
    const auto channels = static_cast<std::size_t>(problem_.in.channels / problem_.groups);
    const Pixel out = pixel_at(out_, pixel);
    std::size_t at = column;
    for (std::int64_t r = 0; r < problem_.kernel.height; ++r)
        for (std::int64_t s = 0; s < problem_.kernel.width; ++s) {
            const Element* all = tap_values(problem_, input_, out, {r, s});
            const Element* from = all ? all + group * static_cast<std::int64_t>(channels) : nullptr;
            for (std::size_t c = 0; c < channels; ++c, at += dot_pixels) {
                const float value = from ? static_cast<float>(from[c]) : constants_.input_pad;
                patch.values[at] = value;
                patch.magnitudes[at] = std::fabs(value);
            }
        }
}

template <class Element>
void ConvSums<Element>::multiply(std::int64_t group, const Patch& patch,
                                 const Target& target) const {
    const bool with_magnitudes = !target.magnitudes.empty();
    const auto products = static_cast<std::size_t>(problem_.reduction());
    const auto filters = static_cast<std::size_t>(problem_.filters);
    std::array<double, dot_pixels * dot_channels> sums;
    std::array<float, dot_pixels * dot_channels> magnitudes;
    for (std::int64_t block = 0; block < group_blocks_; ++block) {
        const auto packed =
            static_cast<std::size_t>(group * group_blocks_ + block) * products * dot_channels;
        dot_block({patch.values.data(), patch.magnitudes.data(), weights_.data() + packed, products,
                   sums.data(), with_magnitudes ? magnitudes.data() : nullptr});
        const auto first = static_cast<std::size_t>(group * group_filters_ + block * dot_channels);
        const auto count = static_cast<std::size_t>(
            std::min<std::int64_t>(dot_channels, group_filters_ - block * dot_channels));
        for (std::size_t p = 0; p < target.pixels; ++p)
            for (std::size_t o = 0; o < count; ++o) {
                const std::size_t to = p * filters + first + o;
                target.sums[to] = constants_.init[first + o] + sums[p * dot_channels + o];
                if (with_magnitudes) target.magnitudes[to] = magnitudes[p * dot_channels + o];
            }
    }
}

template <class Element>
void ConvSums<Element>::at(std::span<const std::int64_t> pixels, std::span<double> sums,
                           std::span<float> magnitudes) const {
    const auto patch_size = static_cast<std::size_t>(problem_.reduction() * dot_pixels);
    Patch patch{std::vector<double>(patch_size), std::vector<float>(patch_size)};
    const auto filters = static_cast<std::size_t>(problem_.filters);
    for (std::size_t first = 0; first < pixels.size(); first += dot_pixels) {
        const std::size_t count = std::min<std::size_t>(dot_pixels, pixels.size() - first);
        const Target target{sums.subspan(first * filters),
                            magnitudes.empty() ? magnitudes : magnitudes.subspan(first * filters),
                            count};
        for (std::int64_t group = 0; group < problem_.groups; ++group) {
            for (std::size_t column = 0; column < count; ++column)
                gather(pixels[first + column], group, column, patch);
            multiply(group, patch, target);
        }
    }
}

template class ConvSums<float>;
template class ConvSums<std::uint8_t>;

}  // namespace slimbench
