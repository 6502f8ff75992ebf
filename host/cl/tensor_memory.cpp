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

template <class Stored>
std::vector<Stored> to_memory(const HostTensor<HostElement<Stored>>& tensor, const Layout& layout,
                              Stored pad) {
    std::vector<Stored> memory(static_cast<std::size_t>(layout.elements(tensor.shape)), pad);
    for_each_pixel(tensor.shape, layout, [&](auto n, auto y, auto x, auto offset) {
        if (!inside(tensor.shape, y, x)) return;
        const HostElement<Stored>* pixel = &tensor.at(n, y, x, 0);
        std::transform(pixel, pixel + tensor.shape.channels, memory.begin() + offset,
                       [](HostElement<Stored> value) { return Stored(value); });
    });
    return memory;
}

template <class Stored>
HostTensor<HostElement<Stored>> from_memory(std::span<const Stored> memory,
                                            const TensorShape& shape, const Layout& layout) {
    HostTensor<HostElement<Stored>> tensor{shape, {}};
    tensor.values.resize(static_cast<std::size_t>(shape.elements()));
    auto out = tensor.values.begin();
    for_each_pixel(shape, layout, [&](auto, auto y, auto x, auto offset) {
        if (inside(shape, y, x)) out = std::copy_n(memory.begin() + offset, shape.channels, out);
    });
    return tensor;
}

template <class Stored>
std::optional<std::string> halo_fault(std::span<const Stored> memory, const TensorShape& shape,
                                      const Layout& layout, Stored pad) {
    std::optional<std::string> fault;
    for_each_pixel(shape, layout, [&](auto n, auto y, auto x, auto offset) {
        if (fault || inside(shape, y, x)) return;
        for (std::int64_t c = 0; c < shape.channels; ++c)
            if (const Stored value = memory[static_cast<std::size_t>(offset + c)]; value != pad) {
                fault = fmt::format("halo n{} c{} y{} x{}: got {}, expected {}", n, c, y, x,
                                    HostElement<Stored>(value), HostElement<Stored>(pad));
                return;
            }
    });
    return fault;
}

#define SLIMBENCH_STORED(Stored)                                                                  \
    template std::vector<Stored> to_memory(const HostTensor<HostElement<Stored>>&, const Layout&, \
                                           Stored);                                               \
    template HostTensor<HostElement<Stored>> from_memory(std::span<const Stored>,                 \
                                                         const TensorShape&, const Layout&);      \
    template std::optional<std::string> halo_fault(std::span<const Stored>, const TensorShape&,   \
                                                   const Layout&, Stored);
SLIMBENCH_STORED(float)
SLIMBENCH_STORED(Half)
SLIMBENCH_STORED(std::uint8_t)
#undef SLIMBENCH_STORED

}  // namespace slimbench
