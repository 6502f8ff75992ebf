#include "host/kernel/refusal.h"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "host/kernel/layout.h"
#include "host/kernel/rounding.h"
#include "host/kernel/winograd.h"

namespace slimbench {

Refusal refuses_nothing(const FusedStep&, const Network&) {
    return std::nullopt;
}

Refusal grouped(const FusedStep& step, const Network&) {
    const std::int64_t groups = std::get<Conv>(step.operation).problem.groups;
    if (groups == 1) return std::nullopt;
    return fmt::format("computes dense convolutions, this one has {} groups", groups);
}

namespace {

// Tensors of up to 4 channels may be stored 4 channels wide (images and what resizing makes of
// them).
bool may_be_narrow(std::int64_t channels) {
    return channels <= 4;
}

}  // namespace

Refusal narrow(const FusedStep& step, const Network& network) {
    const std::int64_t channels = network.tensors[step.input].shape.channels;
    if (!may_be_narrow(channels)) return std::nullopt;
    return fmt::format("reads whole vectors of channels, an image of {} may be stored narrower",
                       channels);
}

Refusal dense_of_images(const FusedStep& step, const Network& network) {
    const std::int64_t channels = network.tensors[step.input].shape.channels;
    if (may_be_narrow(channels)) return grouped(step, network);
    return fmt::format("reads images of up to 4 channels, this input has {}", channels);
}

Refusal dense_of_features(const FusedStep& step, const Network& network) {
    if (auto reason = grouped(step, network)) return reason;
    return narrow(step, network);
}

Refusal overlapping(const FusedStep& step, const Network& network) {
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (p.kernel == Size{3, 3} && p.stride == Size{1, 1}) return dense_of_features(step, network);
    return "keeps what overlapping windows share: computes 3x3 kernels of stride 1";
}

std::int64_t largest_region(const FusedStep& step, const Network& network, std::int64_t pixels) {
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    const TensorShape &in = network.tensors[step.input].shape,
                      &out = network.tensors[step.output].shape;
    const std::int64_t halo = halo_of(network, step.input);
    const std::int64_t row = in.width + 2 * halo, image = (in.height + 2 * halo) * row;
    // The last pixel lies `pixels` - 1 behind the first, and so many rows and images.
    pixels = std::min(pixels, out.pixels());
    const std::int64_t rows =
        std::min((pixels + out.width - 2) / out.width, out.batch * out.height - 1);
    const std::int64_t images =
        std::min((pixels + out.height * out.width - 2) / (out.height * out.width), out.batch - 1);
    return pixels + rows * (row - out.width) + images * (image - out.height * row) +
           (p.kernel.height - 1) * p.dilation.height * row +
           (p.kernel.width - 1) * p.dilation.width;
}

Refusal inexact_sum(const FusedStep& step, const Network& network) {
    constexpr std::int64_t exact_products = (1 << 24) / (255 * 127);
    const std::int64_t products = std::get<Conv>(step.operation).problem.reduction();
    if (products <= exact_products) return narrow(step, network);
    return fmt::format("adds products in float, exact for up to {} of them, this step has {}",
                       exact_products, products);
}

// What kernels/cl/depthwise_dot.cl computes.
Refusal depthwise_dot(const FusedStep& step, const Network& network) {
    constexpr std::int64_t vector = 16, at_once = 4 * vector;
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    const bool dense = p.stride == Size{1, 1} || p.stride == Size{2, 2};
    if (p.kernel != Size{3, 3} || !dense || p.dilation != Size{1, 1} || step.residual)
        return "computes 3x3 kernels of stride 1 or 2 without a residual";
    if (round_up(p.in.channels, vector) < at_once)
        return fmt::format("computes {} channels at a time, this step has {}", at_once,
                           p.in.channels);
    return narrow(step, network);
}

// CLBlast counts the elements of a matrix in 32 bits.
Refusal countable(const FusedStep& step, const Network& network) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    for (const TensorId tensor : {step.input, step.output}) {
        const TensorShape& shape = network.tensors[tensor].shape;
        const std::int64_t elements = shape.pixels() * round_up(shape.channels, widest_vector);
        if (elements > most)
            return fmt::format("CLBlast counts up to {} elements, this tensor has {}", most,
                               elements);
    }
    return grouped(step, network);
}

namespace {

// What tiles of few pixels and many filters suit: no idle vectors, no row of the kernel in the
// padding, and a last tile that does not count.
constexpr std::int64_t usual_least_pixels = 128, least_of_few_weights = 32;
constexpr std::int64_t many_weights = 1 << 18;
Refusal whole_blocks(const FusedStep& step, const Network& network, std::int64_t block,
                     std::int64_t least_pixels = usual_least_pixels) {
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (auto reason = grouped(step, network)) return reason;
    if (round_up(p.filters, widest_vector) % block != 0)
        return fmt::format("computes {} filters at a time, this step has {}", block, p.filters);
    if (const std::int64_t pixels = network.tensors[step.output].shape.pixels();
        pixels < least_pixels)
        return fmt::format("computes {} pixels or more, this step has {}", least_pixels, pixels);
    return std::nullopt;
}

// Weights that caches hold pay for small maps, too, although small tiles read them more often.
Refusal pointwise_blocks(const FusedStep& step, const Network& network, std::int64_t block) {
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (p.kernel != Size{1, 1}) return "computes pointwise kernels";
    const bool few = p.filters * p.reduction() < many_weights;
    return whole_blocks(step, network, block, few ? least_of_few_weights : usual_least_pixels);
}

}  // namespace

// Bytes of weights are few: pointwise kernels pay for small maps, too.
Refusal whole_blocks_of_64(const FusedStep& step, const Network& network) {
    const bool pointwise = std::get<Conv>(step.operation).problem.kernel == Size{1, 1};
    return pointwise ? whole_blocks(step, network, 64, least_of_few_weights)
                     : whole_blocks(step, network, 64);
}

Refusal pointwise_blocks_of_64(const FusedStep& step, const Network& network) {
    return pointwise_blocks(step, network, 64);
}

Refusal pointwise_blocks_of_48(const FusedStep& step, const Network& network) {
    return pointwise_blocks(step, network, 48);
}

// So few pixels that to fetch weights takes as long as to use them, and so many weights that there
// are blocks to come.
Refusal small_map(const FusedStep& step, const Network& network) {
    constexpr std::int64_t most_pixels = 64;
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (auto reason = grouped(step, network)) return reason;
    if (const std::int64_t pixels = network.tensors[step.output].shape.pixels();
        pixels > most_pixels)
        return fmt::format("computes {} pixels at most, this step has {}", most_pixels, pixels);
    if (const std::int64_t weights = p.filters * p.reduction(); weights < many_weights)
        return fmt::format("pays from {} weights on, this step has {}", many_weights, weights);
    return std::nullopt;
}

Refusal small_map_and_blocks_of_64(const FusedStep& step, const Network& network) {
    if (auto reason = small_map(step, network)) return reason;
    return whole_blocks_of_64(step, network);
}

Refusal three_vectors_of_8(const FusedStep& step, const Network& network) {
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (auto reason = grouped(step, network)) return reason;
    if (p.filters > 16 && p.filters <= 24) return std::nullopt;
    return fmt::format("computes 17 to 24 filters, this step has {}", p.filters);
}

// Where a pixel has few products, finishing its sums takes most of the time, and theirs have a way
// through memory.
Refusal amx(const FusedStep& step, const Network& network) {
    constexpr std::int64_t few = 32, few_for_many = 40, vector = 16;
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (auto reason = grouped(step, network)) return reason;
    const std::int64_t least = p.filters > vector ? few_for_many : few;
    if (p.reduction() >= least) return std::nullopt;
    return fmt::format("pays from {} products to a sum on, this step has {}", least, p.reduction());
}

Refusal many_pixels(const FusedStep& step, const Network& network) {
    const std::int64_t pixels = network.tensors[step.output].shape.pixels();
    if (pixels == 1) return std::nullopt;
    return fmt::format("computes a single pixel, this step has {}", pixels);
}

Refusal narrow_residual(const FusedStep& step, const Network& network) {
    if (!step.residual) return std::nullopt;
    const std::int64_t channels = network.tensors[*step.residual].shape.channels;
    if (!may_be_narrow(channels)) return std::nullopt;
    return fmt::format(
        "reads whole vectors of a residual, one of {} channels may be stored narrower", channels);
}

namespace {

// What the last block leaves of a tensor's tiles and vectors of channels is computed for nothing.
Refusal wasteful(const FusedStep& step, const Network& network, const WinogradBlock& block) {
    constexpr std::int64_t least_channels = 8;
    constexpr std::int64_t most_channels = 512;  // kernels/cl/conv_winograd.cl
    constexpr double worth_it = 0.7;             // of the direct products; transforms cost the rest
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (auto reason = grouped(step, network)) return reason;
    if (p.kernel != Size{3, 3} || p.stride != Size{1, 1} || p.dilation != Size{1, 1})
        return "computes dense 3x3 kernels of stride 1";
    if (p.in.channels < least_channels || p.in.channels > most_channels)
        return fmt::format("takes {} to {} input channels, this step has {}", least_channels,
                           most_channels, p.in.channels);
    const std::int64_t products =
        winograd_macs(network.tensors[step.output].shape, p.in.channels, block);
    const std::int64_t direct = p.macs() / p.filters * round_up(p.filters, block.lanes);
    const double share = static_cast<double>(products) / static_cast<double>(direct);
    if (share > worth_it)
        return fmt::format("would compute {:.2f} of the direct products, {} is worth it", share,
                           worth_it);
    // Inside a network weights come from memory: in the time of a float a CPU's two cores compute
    // about 30 products.
    constexpr std::int64_t products_per_weight = 30;
    const std::int64_t more_weights = winograd_weight_count(p, block) - p.weight_count();
    if (direct - products >= products_per_weight * more_weights) return std::nullopt;
    return fmt::format("saves {} products and reads {} weights more", direct - products,
                       more_weights);
}

}  // namespace

Refusal winograd_6x64(const FusedStep& step, const Network& network) {
    constexpr std::int64_t block = 64, half = block / 2;
    const std::int64_t filters = std::get<Conv>(step.operation).problem.filters;
    if (filters <= half)
        return fmt::format("computes {} output channels at a time, this step has {}", block,
                           filters);
    return wasteful(step, network, {.tiles = 6, .filters = block, .lanes = 16});
}

Refusal winograd_8x32(const FusedStep& step, const Network& network) {
    return wasteful(step, network, {.tiles = 8, .filters = 32, .lanes = 16});
}

Refusal winograd_6x16(const FusedStep& step, const Network& network) {
    return wasteful(step, network, {.tiles = 6, .filters = 16, .lanes = 8});
}

}  // namespace slimbench
