// What follows from a convolution's extents.
#include "host/problem/conv_problem.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/core.h>

namespace slimbench {
namespace {

struct Axis {
    std::int64_t in, kernel, stride, before, after, dilation;

    std::int64_t padded() const { return in + before + after; }
    std::int64_t kernel_extent() const { return (kernel - 1) * dilation + 1; }
    // 0 or less when the kernel does not fit once.
    std::int64_t out() const {
        const std::int64_t slack = padded() - kernel_extent();
        return slack < 0 ? 0 : slack / stride + 1;
    }
    // Pairs of a window's position and a tap that meets the input and not its padding.
    std::int64_t taps_on_data() const {
        std::int64_t taps = 0;
        for (std::int64_t tap = 0; tap < kernel; ++tap) {
            // Positions from `first` on, as many as start before the input's end.
            const std::int64_t offset = before - tap * dilation;
            const std::int64_t first = offset > 0 ? (offset + stride - 1) / stride : 0;
            const std::int64_t end = (in + offset + stride - 1) / stride;
            taps += std::max<std::int64_t>(0, std::min(end, out()) - first);
        }
        return taps;
    }
};

Axis vertical(const ConvProblem& p) {
    return {p.in.height, p.kernel.height, p.stride.height,
            p.pad.top,   p.pad.bottom,    p.dilation.height};
}

Axis horizontal(const ConvProblem& p) {
    return {p.in.width, p.kernel.width, p.stride.width, p.pad.left, p.pad.right, p.dilation.width};
}

void check_axis(const Axis& axis, std::string_view extent) {
    constexpr std::int64_t limit = 1'000'000'000;  // of every number in a problem's text
    const auto require = [&](bool holds, std::string_view what) {
        if (!holds)
            throw std::invalid_argument(fmt::format("impossible convolution: {} {}", what, extent));
    };
    require(axis.in >= 1, "input has no");
    require(axis.kernel >= 1, "kernel has no");
    require(axis.stride >= 1, "stride must be at least 1 along the");
    require(axis.dilation >= 1, "dilation must be at least 1 along the");
    require(axis.before >= 0 && axis.after >= 0, "padding must not be negative along the");
    for (const std::int64_t each :
         {axis.in, axis.kernel, axis.stride, axis.dilation, axis.before, axis.after})
        require(each <= limit, "numbers may not exceed 10^9 along the");
    require(axis.padded() <= limit, "padded input may not exceed 10^9 along the");
    if (axis.out() < 1)
        throw std::invalid_argument(
            fmt::format("impossible convolution: a kernel of extent {} does not fit the padded "
                        "input's {} of {}",
                        axis.kernel_extent(), extent, axis.padded()));
}

// Memory around an image is as wide on each side as its widest padding, and channels are stored in
// whole vectors.
void check_size(const ConvProblem& problem, const TensorShape& out) {
    const auto product = [](auto... factors) { return (static_cast<double>(factors) * ...); };
    const Padding& pad = problem.pad;
    const std::int64_t around = 2 * std::max({pad.top, pad.left, pad.bottom, pad.right});
    const TensorShape& in = problem.in;
    const double largest =
        std::max({product(in.batch, in.channels, in.height + around, in.width + around),
                  product(out.batch, out.channels, out.height, out.width),
                  product(problem.filters, problem.kernel.height, problem.kernel.width,
                          in.channels / problem.groups)});
    if (largest > static_cast<double>(largest_element_count))
        throw std::invalid_argument(fmt::format(
            "impossible convolution: a tensor of {:.1e} elements exceeds 2^40", largest));
    const double products =
        product(out.batch, out.channels, out.height, out.width, problem.kernel.height,
                problem.kernel.width, in.channels / problem.groups);
    if (products > static_cast<double>(largest_mac_count))
        throw std::invalid_argument(fmt::format(
            "impossible convolution: {:.1e} multiply-accumulates exceed 2^50", products));
}

}  // namespace

TensorShape ConvProblem::out() const {
    return {in.batch, filters, vertical(*this).out(), horizontal(*this).out()};
}

std::int64_t ConvProblem::macs() const {
    return out().elements() * reduction();
}

std::int64_t ConvProblem::data_macs() const {
    return in.batch * filters * (in.channels / groups) * vertical(*this).taps_on_data() *
           horizontal(*this).taps_on_data();
}

std::int64_t ConvProblem::reduction() const {
    return kernel.height * kernel.width * (in.channels / groups);
}

std::int64_t ConvProblem::weight_count() const {
    return filters * reduction();
}

bool ConvProblem::depthwise() const {
    return groups == in.channels && groups == filters && filters > 1;
}

void ConvProblem::check() const {
    check_axis(vertical(*this), "height");
    check_axis(horizontal(*this), "width");
    if (in.batch < 1 || in.channels < 1 || filters < 1 || groups < 1)
        throw std::invalid_argument(
            fmt::format("impossible convolution: batch {}, input channels {}, filters {} and "
                        "groups {} must all be "
                        "at least 1",
                        in.batch, in.channels, filters, groups));
    if (in.channels % groups != 0 || filters % groups != 0)
        throw std::invalid_argument(fmt::format(
            "impossible convolution: {} groups must divide {} input channels and {} filters",
            groups, in.channels, filters));
    check_size(*this, out());
}

std::string ConvProblem::text() const {
    const TensorShape result = out();
    return fmt::format("{}mb{}ic{}ih{}iw{}oc{}oh{}ow{}kh{}kw{}sh{}sw{}ph{}pw{}dh{}dw{}",
                       groups > 1 ? fmt::format("g{}", groups) : "", in.batch, in.channels,
                       in.height, in.width, filters, result.height, result.width, kernel.height,
                       kernel.width, stride.height, stride.width, pad.top, pad.left,
                       dilation.height - 1, dilation.width - 1);
}

}  // namespace slimbench
