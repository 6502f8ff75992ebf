// The operations that a network is made of: pure values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host/problem/conv_problem.h"

namespace slimbench {

enum class Activation { none, relu, relu6 };
std::string_view name(Activation activation);

// Convolution with the batch normalisation, bias and activation that follow it directly.
// A fully connected layer is the 1x1 convolution of a 1x1 image, marked so that it counts as "fc".
struct Conv {
    ConvProblem problem = {};              // problem.in is filled in by infer_shapes
    std::string weights = {};              // parameter name; layers that name the same one share it
    std::optional<std::string> norm = {};  // parameter name of the batch normalisation's copy
    bool bias = false;                     // its values stand under the weights' name
    Activation activation = Activation::none;
    bool fully_connected = false;
};

struct Pool {
    enum class Kind { max, average, global_average };
    Kind kind = Kind::max;  // average counts padding as zeros; global_average ignores
                            // the extents below
    Size kernel = {}, stride = {};
    Padding pad = {};
    // An average over so many windows, spread evenly: infer_shapes then fills in the extents above.
    // No finer than the image; windows overlap where the grid does not divide it.
    std::optional<Size> grid = {};
};

// Separable interpolation with half-pixel centres and clamped borders; cubic uses a = -0.75, as
// PyTorch does.
struct Resize {
    enum class Filter { bilinear, bicubic };
    Filter filter = Filter::bilinear;
    // The output's size: a multiple of the input's (rounded down) or that of another tensor.
    struct Factor {
        std::int64_t numerator = 1, denominator = 1;
    };
    struct LikeTensor {
        std::string name;
    };
    std::variant<Factor, LikeTensor> to;
    Size size = {};  // filled in by infer_shapes
};

struct Add {  // sum of two tensors of one shape
    Activation activation = Activation::none;
};

struct Concat {};  // the channels of one tensor, then those of another

// Per-channel scale and shift (a batch normalisation that stands before a convolution), then an
// activation.
// Without norm it is the activation alone.
struct Affine {
    std::optional<std::string> norm = {};
    Activation activation = Activation::none;
};

using Operation = std::variant<Conv, Pool, Resize, Add, Concat, Affine>;

// "conv", "depthwise", "fc", "max_pool", "average_pool", "global_average_pool", "resize", "add",
// "concat", "affine"
std::string_view kind_name(const Operation& operation);
Activation activation_of(const Operation& operation);

}  // namespace slimbench
