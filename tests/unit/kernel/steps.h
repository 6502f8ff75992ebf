// One fused step in a network of its own, for tests.
#pragma once

#include <stdexcept>

#include "host/kernel/packing.h"

namespace slimbench {

struct LoneStep {
    Network network;
    FusedStep step;
};

inline LoneStep lone_step(Operation operation, const TensorShape& in, const TensorShape& out) {
    LoneStep lone;
    lone.network.tensors = {{"in", in}, {"out", out}};
    lone.network.nodes = {{.name = "step",
                           .operation = operation,
                           .inputs = {0},
                           .output = 1,
                           .block = "",
                           .level = {}}};
    lone.step.operation = std::move(operation);
    lone.step.input = 0;
    lone.step.output = 1;
    return lone;
}

inline LoneStep lone_conv(std::string_view text) {
    Conv conv;
    conv.problem = parse_conv_problem(text);
    return lone_step(conv, conv.problem.in, conv.problem.out());
}

inline LoneStep lone_resize(Resize::Filter filter, const TensorShape& in, const TensorShape& out) {
    return lone_step(Resize{.filter = filter, .to = Resize::Factor{1, 1}, .size = out.size()}, in,
                     out);
}

inline LoneStep lone_concat(const TensorShape& in, std::int64_t behind) {
    LoneStep lone = lone_step(Concat{}, in, in);
    lone.network.tensors.push_back({"second", in});
    lone.network.tensors[2].shape.channels = behind;
    lone.network.tensors[1].shape.channels += behind;
    lone.step.residual = 2;
    return lone;
}

// Steps of every family, some with channels that no vector divides.
inline std::vector<LoneStep> steps_of_every_family() {
    return {lone_conv("mb1ic37ih19oc53oh10kh3sh2ph1"),
            lone_conv("g4mb2ic16ih9oc24kh3ph1"),
            lone_conv("g19mb1ic19ih7oc19kh3ph1"),
            lone_step(Pool{.kernel = {2, 2}, .stride = {2, 2}, .pad = {}}, {1, 19, 8, 8},
                      {1, 19, 4, 4}),
            lone_step(Add{}, {1, 19, 8, 8}, {1, 19, 8, 8}),
            lone_concat({1, 19, 8, 8}, 5),
            lone_resize(Resize::Filter::bicubic, {1, 3, 8, 8}, {1, 3, 4, 4})};
}

inline DeviceTraits device_of(Tier tier) {
    DeviceTraits device;
    device.name = "test device";
    device.kind = DeviceKind::cpu;
    device.tier = tier;
    return device;
}

inline DeviceTraits gpu() {
    DeviceTraits device;
    device.name = "some GPU";
    device.compute_units = 64;
    device.local_memory = 48 << 10;
    device.largest_work_group = 1024;
    return device;
}

inline constexpr std::array all_tiers{Tier::portable, Tier::avx2, Tier::avx512, Tier::avx512_vnni,
                                      Tier::amx};

inline const Variant& row(std::string_view name) {
    for (const Variant& variant : registry())
        if (variant.name == name) return variant;
    throw std::invalid_argument("no row " + std::string(name));
}

// The name of the row that is taken, or "nothing".
inline std::string chosen(const LoneStep& lone, Precision precision, const DeviceTraits& device,
                          const Selection& selection = {}) {
    const Choice choice = choose(lone.step, lone.network, precision, device, selection);
    return choice.variant ? std::string(choice.variant->name) : "nothing";
}

}  // namespace slimbench
