// What oneDNN computes exactly on this CPU.
#pragma once

#include <string>

namespace slimbench::testing {

// Without VNNI its INT8 adds two products in 16 bits, which saturates; rows then say that they are
// incorrect (docs/numerics.md).
inline bool onednn_has_exact_int8() {
    return __builtin_cpu_supports("avx512vnni");
}

inline std::string exact_onednn_precisions() {
    return onednn_has_exact_int8() ? "fp32,int8" : "fp32";
}

}  // namespace slimbench::testing
