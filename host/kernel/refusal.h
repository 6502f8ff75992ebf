// Why a row of the registry may not compute a step, or nothing.
#pragma once

#include <optional>
#include <string>

#include "host/kernel/variant.h"

namespace slimbench {

using Refusal = std::optional<std::string>;

Refusal refuses_nothing(const FusedStep&, const Network&);
Refusal grouped(const FusedStep& step, const Network& network);  // dense convolutions only
Refusal narrow(const FusedStep& step, const Network& network);   // images of few channels
Refusal dense_of_images(const FusedStep& step, const Network& network);
Refusal dense_of_features(const FusedStep& step, const Network& network);
Refusal overlapping(const FusedStep& step, const Network& network);  // 3x3 windows of stride 1
Refusal inexact_sum(const FusedStep& step, const Network& network);  // of integers added in float
Refusal depthwise_dot(const FusedStep& step, const Network& network);
Refusal countable(const FusedStep& step, const Network& network);           // in CLBlast's 32 bits
Refusal whole_blocks_of_64(const FusedStep& step, const Network& network);  // of filters
Refusal pointwise_blocks_of_64(const FusedStep& step, const Network& network);
Refusal pointwise_blocks_of_48(const FusedStep& step, const Network& network);
Refusal small_map(const FusedStep& step, const Network& network);
Refusal small_map_and_blocks_of_64(const FusedStep& step, const Network& network);
Refusal three_vectors_of_8(const FusedStep& step, const Network& network);  // of filters
Refusal amx(const FusedStep& step, const Network& network);  // what AMX's tiles do not suit
Refusal many_pixels(const FusedStep& step, const Network& network);
Refusal narrow_residual(const FusedStep& step, const Network& network);  // of a convolution

// Positions of its padded input, one behind the other, that the windows of so many output pixels of
// a convolution of stride 1 cover at most, wherever they start.
std::int64_t largest_region(const FusedStep& step, const Network& network, std::int64_t pixels);

// Where Winograd's algorithm with tiles and blocks of such a size does not pay.
Refusal winograd_6x64(const FusedStep& step, const Network& network);
Refusal winograd_8x32(const FusedStep& step, const Network& network);
Refusal winograd_6x16(const FusedStep& step, const Network& network);

}  // namespace slimbench
