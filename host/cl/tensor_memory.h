// Between a dense host tensor and its pitched, haloed image in device memory.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/kernel/plan.h"
#include "host/verify/host_tensor.h"

namespace slimbench {

// Halo and channels past the last are filled with `pad`.
template <class Stored>  // float, Half or std::uint8_t
std::vector<Stored> to_memory(const HostTensor<HostElement<Stored>>& tensor, const Layout& layout,
                              Stored pad);

template <class Stored>
HostTensor<HostElement<Stored>> from_memory(std::span<const Stored> memory,
                                            const TensorShape& shape, const Layout& layout);

// The first halo cell that does not hold `pad`, in words, or nothing.
template <class Stored>
std::optional<std::string> halo_fault(std::span<const Stored> memory, const TensorShape& shape,
                                      const Layout& layout, Stored pad);

}  // namespace slimbench
