#include "host/run/memory_fit.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace slimbench {

namespace {

std::uint64_t bytes_of(DataType type) {
    return static_cast<std::uint64_t>(traits(type).bits) / 8;
}

std::uint64_t with_unit(std::int64_t elements, std::uint64_t bytes) {
    return static_cast<std::uint64_t>(elements) * bytes;
}

// What the host computes with: binary16 is unpacked to floats.
std::uint64_t host_element_bytes(Precision precision) {
    const DataType stored = traits(precision).activation;
    return bytes_of(stored == DataType::f16 ? DataType::f32 : stored);
}

// One step while it is verified: input, residual and output as the reference sees them, and the
// output as it came from the device.
std::uint64_t verification_bytes(const Plan& plan, const Network& network, const FusedStep& step) {
    const auto tensor = [&](TensorId id) {
        return with_unit(network.tensors[id].shape.elements(), host_element_bytes(plan.precision));
    };
    const std::uint64_t memory =
        std::max(plan.tensor_bytes(network, step.input), plan.tensor_bytes(network, step.output));
    return tensor(step.input) + (step.residual ? tensor(*step.residual) : 0) + tensor(step.output) +
           memory;
}

// Every step's weights twice, as constants and packed for upload, beside the floats that they were
// made from.
std::uint64_t constant_bytes(const Plan& plan, const Network& network) {
    const bool integers = traits(plan.precision).weight == DataType::s8;
    const std::uint64_t each = bytes_of(integers ? DataType::s8 : DataType::f32);
    std::uint64_t bytes = with_unit(count(network).params, bytes_of(DataType::f32));
    for (const PlannedStep& planned : plan.steps)
        if (const auto* conv = std::get_if<Conv>(&planned.step.operation))
            bytes += with_unit(conv->problem.filters * conv->problem.reduction(), each);
    return bytes + plan.weight_bytes();
}

std::string amount(std::uint64_t bytes) {
    return fmt::format("{:.0f} MiB ({} bytes)", static_cast<double>(bytes) / (1 << 20), bytes);
}

// Kernels count the pixels of a batch in 32 bits, and may round them up to whole tiles.
std::optional<std::string> too_many_pixels(const Network& network) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() - (1 << 20);
    for (const Tensor& tensor : network.tensors)
        if (tensor.shape.pixels() > most)
            return fmt::format("tensor '{}' has {} pixels in the batch, kernels count up to {}",
                               tensor.name, tensor.shape.pixels(), most);
    return std::nullopt;
}

}  // namespace

MemoryEstimate estimate_memory(const Plan& plan, const Network& network) {
    MemoryEstimate need;
    need.device = plan.activation_bytes() + plan.weight_bytes();
    need.largest_buffer = plan.largest_buffer();
    for (const PlannedStep& planned : plan.steps)
        need.verification =
            std::max(need.verification, verification_bytes(plan, network, planned.step));
    need.host = need.verification + plan.tensor_bytes(network, network.image) +
                constant_bytes(plan, network);
    return need;
}

std::optional<std::string> too_large(const Plan& plan, const Network& network,
                                     const DeviceTraits& device, std::uint64_t host_memory) {
    const MemoryEstimate need = estimate_memory(plan, network);
    if (need.largest_buffer > device.largest_allocation)
        return fmt::format("needs one buffer of {}, the device allows {}",
                           amount(need.largest_buffer), amount(device.largest_allocation));
    if (need.device > device.global_memory)
        return fmt::format("needs {} on the device, which has {}", amount(need.device),
                           amount(device.global_memory));
    const std::uint64_t host = need.host + (device.cpu() ? need.device : 0);
    if (host > host_memory)
        return fmt::format("needs {} of host memory, {} of it for verification; available are {}",
                           amount(host), amount(need.host), amount(host_memory));
    return too_many_pixels(network);
}

}  // namespace slimbench
