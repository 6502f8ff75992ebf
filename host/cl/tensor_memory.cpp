#include "host/cl/tensor_memory.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace slimbench {

namespace {

// Calls visit(n, y, x, offset) for every pixel in memory; y and x are negative or past the end in
// the halo.
template <class Visit>
void for_each_pixel(const TensorShape& shape, const Layout& layout, Visit visit) {
    std::int64_t offset = 0;
    for (std::int64_t n = 0; n < shape.batch; ++n)
        for (std::int64_t y = -layout.halo; y < shape.height + layout.halo; ++y)
            for (std::int64_t x = -layout.halo; x < shape.width + layout.halo;
                 ++x, offset += layout.pitch)
                visit(n, y, x, offset);
}

bool inside(const TensorShape& shape, std::int64_t y, std::int64_t x) {
    return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
}

}  // namespace

template <class Element>
std::vector<Element> to_memory(const HostTensor<Element>& tensor, const Layout& layout,
                               Element pad) {
    std::vector<Element> memory(static_cast<std::size_t>(layout.elements(tensor.shape)), pad);
    for_each_pixel(tensor.shape, layout, [&](auto n, auto y, auto x, auto offset) {
        if (inside(tensor.shape, y, x))
            std::copy_n(&tensor.at(n, y, x, 0), tensor.shape.channels, memory.begin() + offset);
    });
    return memory;
}

template <class Element>
HostTensor<Element> from_memory(std::span<const Element> memory, const TensorShape& shape,
                                const Layout& layout) {
    HostTensor<Element> tensor{shape, {}};
    tensor.values.resize(static_cast<std::size_t>(shape.elements()));
    auto out = tensor.values.begin();
    for_each_pixel(shape, layout, [&](auto, auto y, auto x, auto offset) {
        if (inside(shape, y, x)) out = std::copy_n(memory.begin() + offset, shape.channels, out);
    });
    return tensor;
}

template <class Element>
std::optional<std::string> halo_fault(std::span<const Element> memory, const TensorShape& shape,
                                      const Layout& layout, Element pad) {
    std::optional<std::string> fault;
    for_each_pixel(shape, layout, [&](auto n, auto y, auto x, auto offset) {
        if (fault || inside(shape, y, x)) return;
        for (std::int64_t c = 0; c < shape.channels; ++c)
            if (const Element value = memory[static_cast<std::size_t>(offset + c)]; value != pad) {
                fault = fmt::format("halo n{} c{} y{} x{}: got {}, expected {}", n, c, y, x, value,
                                    pad);
                return;
            }
    });
    return fault;
}

template std::vector<float> to_memory(const HostTensor<float>&, const Layout&, float);
template std::vector<std::uint8_t> to_memory(const HostTensor<std::uint8_t>&, const Layout&,
                                             std::uint8_t);
template HostTensor<float> from_memory(std::span<const float>, const TensorShape&, const Layout&);
template HostTensor<std::uint8_t> from_memory(std::span<const std::uint8_t>, const TensorShape&,
                                              const Layout&);
template std::optional<std::string> halo_fault(std::span<const float>, const TensorShape&,
                                               const Layout&, float);
template std::optional<std::string> halo_fault(std::span<const std::uint8_t>, const TensorShape&,
                                               const Layout&, std::uint8_t);

}  // namespace slimbench
