// IEEE 754 binary16 as a storage type: arithmetic happens in float.
#pragma once

#include <bit>
#include <cstdint>

namespace slimbench {

class Half {
public:
    Half() = default;
    explicit Half(float value)
        : bits_(round(value)) {}  // to nearest, ties to even; overflow becomes infinity
    static Half from_bits(std::uint16_t bits) {
        Half half;
        half.bits_ = bits;
        return half;
    }

    operator float() const {
        const std::uint32_t sign = static_cast<std::uint32_t>(bits_ & 0x8000u) << 16;
        const std::uint32_t magnitude = static_cast<std::uint32_t>(bits_ & 0x7fffu) << 13;
        // The exponent's bias differs by 112; scaling by a power of two also gets subnormals right.
        const float scaled = std::bit_cast<float>(magnitude) * 0x1p112f;
        const bool finite = (bits_ & 0x7c00u) != 0x7c00u;
        const std::uint32_t value =
            finite ? std::bit_cast<std::uint32_t>(scaled) : magnitude | 0x7f800000u;
        return std::bit_cast<float>(sign | value);
    }
    std::uint16_t bits() const { return bits_; }
    bool operator==(const Half&) const = default;

private:
    static std::uint16_t round(float value) {
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
        const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
        const std::uint32_t magnitude = bits & 0x7fffffffu;
        if (magnitude > 0x7f800000u) return sign | 0x7e00u;   // NaN
        if (magnitude >= 0x477ff000u) return sign | 0x7c00u;  // 65520 and more round to infinity
        if (magnitude < 0x38800000u) {                        // below 2^-14: subnormal
            // Adding 0.5 leaves the rounded multiple of 2^-24 in the low bits.
            const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
            return static_cast<std::uint16_t>(sign |
                                              (std::bit_cast<std::uint32_t>(shifted) & 0xffffu));
        }
        const std::uint32_t odd = (magnitude >> 13) & 1u;
        return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
    }

    std::uint16_t bits_ = 0;
};

}  // namespace slimbench
