// What a number is made of, and the numeric schemes (precisions) built from such types.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace slimbench {

enum class DataType { f32, f16, u8, s8, s32, tf32 };

struct DataTypeTraits {
    DataType type;
    std::string_view name;
    int bits;
    std::string_view opencl_name;
    double epsilon;                    // unit roundoff; 0 for integers
    std::int64_t exact_integer_limit;  // integers up to this magnitude are represented exactly
};

const DataTypeTraits& traits(DataType type);

enum class Precision { fp32, fp16, int8, tf32 };

// What a network computes in: the types of activations, weights and accumulators.
struct PrecisionTraits {
    Precision precision;
    std::string_view name;
    DataType activation;
    DataType weight;
    DataType accumulator;
    DataType factor;  // what a convolution rounds the factors of its products to
};

const PrecisionTraits& traits(Precision precision);
std::optional<Precision> parse_precision(std::string_view name);

// Those that every device computes; what runs where none is named.
inline constexpr std::array all_precisions{Precision::fp32, Precision::fp16, Precision::int8};
// TF32 needs units that round the factors of products: never what "FP32" means here.
inline constexpr std::array known_precisions{Precision::fp32, Precision::tf32, Precision::fp16,
                                             Precision::int8};

}  // namespace slimbench
