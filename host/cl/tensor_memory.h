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
template <class Element>
std::vector<Element> to_memory(const HostTensor<Element>& tensor, const Layout& layout,
                               Element pad);

template <class Element>
HostTensor<Element> from_memory(std::span<const Element> memory, const TensorShape& shape,
                                const Layout& layout);

// The first halo cell that does not hold `pad`, in words, or nothing.
template <class Element>
std::optional<std::string> halo_fault(std::span<const Element> memory, const TensorShape& shape,
                                      const Layout& layout, Element pad);

}  // namespace slimbench
