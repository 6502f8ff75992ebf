// One program per target: libFuzzer's entry point around SLIMBENCH_FUZZ_CHECK.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    slimbench::fuzz::SLIMBENCH_FUZZ_CHECK({reinterpret_cast<const char*>(data), size});
    return 0;
}
