#include "host/kernel/variant.h"

#include <algorithm>

#include <fmt/core.h>

namespace slimbench {

Family family_of(const Operation& operation) {
    struct Visitor {
        Family operator()(const Conv& conv) const {
            return conv.problem.depthwise() ? Family::depthwise : Family::conv;
        }
        Family operator()(const Pool&) const { return Family::pool; }
        Family operator()(const Resize&) const { return Family::resize; }
        Family operator()(const Add&) const { return Family::eltwise; }
        Family operator()(const Concat&) const { return Family::concat; }
        Family operator()(const Affine&) const { return Family::eltwise; }
    };
    return std::visit(Visitor{}, operation);
}

std::string Variant::build_options() const {
    const PrecisionTraits& types = traits(precision);
    const bool floats = family == Family::resize || algorithm == Algorithm::winograd;
    const DataType weight = floats ? DataType::f32 : types.weight;
    std::string options = fmt::format(
        "-DPIXELS={} -DVECTORS={} -DLANES={} -DCHANNEL_GROUP={} -DELEMENT={} -DWEIGHT={} -DINT8={} "
        "-DFP16={}",
        tile.pixels, tile.vectors, tile.lanes, channel_group, traits(types.activation).opencl_name,
        traits(weight).opencl_name, precision == Precision::int8 ? 1 : 0,
        precision == Precision::fp16 ? 1 : 0);
    if (!defines.empty()) options += fmt::format(" {}", defines);
    return options;
}

namespace {

std::optional<std::string> refusal(const Variant& row, const FusedStep& step,
                                   const Network& network, const DeviceTraits& device,
                                   const Selection& selection) {
    if (row.cpu_only && !device.cpu)
        return fmt::format("is made for CPUs, {} is none", device.name);
    if (row.tier > device.tier)
        return fmt::format("needs {}, device has {}", name(row.tier), name(device.tier));
    if (selection.tier && row.tier > *selection.tier)
        return fmt::format("needs {}, the run is held to {}", name(row.tier),
                           name(*selection.tier));
    return row.refuse(step, network);
}

}  // namespace

Choice choose(const FusedStep& step, const Network& network, Precision precision,
              const DeviceTraits& device, const Selection& selection) {
    const Family family = family_of(step.operation);
    const auto eligible = [&](const Variant& row) {
        return row.family == family && row.precision == precision;
    };
    const auto named = [&](const Variant& row) {
        return row.name.find(selection.only) != std::string_view::npos;
    };
    // A name that no row of the family has is meant for other families.
    const bool by_name = std::ranges::any_of(
        registry(), [&](const Variant& row) { return eligible(row) && named(row); });
    Choice choice;
    for (const Variant& row : registry()) {
        if (!eligible(row)) continue;
        if (by_name && !named(row)) {
            choice.refused.push_back(
                fmt::format("{}: its name does not contain '{}'", row.name, selection.only));
            continue;
        }
        if (const auto reason = refusal(row, step, network, device, selection)) {
            choice.refused.push_back(fmt::format("{}: {}", row.name, *reason));
            continue;
        }
        choice.variant = &row;
        return choice;
    }
    return choice;
}

}  // namespace slimbench
