// What follows from a convolution's extents.
#include "host/problem/conv_problem.h"

#include <stdexcept>

#include <fmt/core.h>

namespace slimbench {
namespace {

struct Axis {
    std::int64_t in, kernel, stride, before, after, dilation;

    std::int64_t kernel_extent() const { return (kernel - 1) * dilation + 1; }
    // 0 or less when the kernel does not fit once.
    std::int64_t out() const {
        const std::int64_t slack = in + before + after - kernel_extent();
        return slack < 0 ? 0 : slack / stride + 1;
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
    constexpr std::int64_t limit =
        1'000'000'000;  // keeps all products of an axis far from overflow
    const auto require = [&](bool holds, std::string_view what) {
        if (!holds)
            throw std::invalid_argument(fmt::format("impossible convolution: {} {}", what, extent));
    };
    require(axis.in >= 1 && axis.in < limit, "input has no");
    require(axis.kernel >= 1 && axis.kernel < limit, "kernel has no");
    require(axis.stride >= 1 && axis.stride < limit, "stride must be at least 1 along the");
    require(axis.dilation >= 1 && axis.dilation < limit, "dilation must be at least 1 along the");
    require(axis.before >= 0 && axis.after >= 0 && axis.before < limit && axis.after < limit,
            "padding must not be negative along the");
    if (axis.out() < 1)
        throw std::invalid_argument(
            fmt::format("impossible convolution: a kernel of extent {} does not fit the padded "
                        "input's {} of {}",
                        axis.kernel_extent(), extent, axis.in + axis.before + axis.after));
}

}  // namespace

TensorShape ConvProblem::out() const {
    return {in.batch, filters, vertical(*this).out(), horizontal(*this).out()};
}

std::int64_t ConvProblem::macs() const {
    return out().elements() * reduction();
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
    const TensorShape result = out();
    const double products = static_cast<double>(result.batch) *
                            static_cast<double>(result.channels) *
                            static_cast<double>(result.height) * static_cast<double>(result.width) *
                            static_cast<double>(kernel.height) * static_cast<double>(kernel.width) *
                            static_cast<double>(in.channels / groups);
    if (products > 0x1p62)
        throw std::invalid_argument(fmt::format(
            "impossible convolution: {:.1e} multiply-accumulates exceed 2^62", products));
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
