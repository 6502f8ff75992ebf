#include "host/kernel/variant.h"

#include <algorithm>

#include <fmt/core.h>

#include "host/kernel/packing.h"
#include "host/kernel/refusal.h"

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
        "-DFP16={} -DHALF_RUN={}",
        tile.pixels, tile.vectors, tile.lanes, channel_group, traits(types.activation).opencl_name,
        traits(weight).opencl_name, precision == Precision::int8 ? 1 : 0,
        precision == Precision::fp16 ? 1 : 0, half_run());
    if (team.items > 1) options += fmt::format(" -DWORK_ITEMS={}", team.items);
    if (team.depth > 0)
        options += fmt::format(
            " -DMEMBERS_ALONG_PIXELS={} -DMEMBERS_ALONG_FILTERS={} -DDEPTH={} -DUNIT={} "
            "-DSTAGES={}",
            team.along_pixels, team.along_filters, team.depth, team.unit, team.stages);
    if (team.region > 0) options += fmt::format(" -DREGION={}", team.region);
    if (!defines.empty()) options += fmt::format(" {}", defines);
    return options;
}

bool is_named(const Variant& variant, std::string_view part) {
    return variant.name.find(part) != std::string_view::npos;
}

bool is_unproven(std::string_view name) {
    return std::ranges::any_of(
        registry(), [&](const Variant& row) { return row.unproven && row.name == name; });
}

std::string_view name(ChosenBy chosen_by) {
    switch (chosen_by) {
        case ChosenBy::order:
            return "default";
        case ChosenBy::tuning:
            return "tuned";
        case ChosenBy::name:
            return "named";
    }
    return "";
}

namespace {

std::optional<std::string> refusal(const Variant& row, const FusedStep& step,
                                   const Network& network, const DeviceTraits& device,
                                   const Selection& selection) {
    if (row.cpu_only && !device.cpu())
        return fmt::format("is made for CPUs, {} is none", device.name);
    if (row.tier > device.tier)
        return fmt::format("needs {}, device has {}", name(row.tier), name(device.tier));
    if (selection.tier && row.tier > *selection.tier)
        return fmt::format("needs {}, the run is held to {}", name(row.tier),
                           name(*selection.tier));
    for (const Capability needed : all_capabilities)
        if (row.needs.has(needed) && !device.can(needed))
            return fmt::format("needs {}, which {} lacks", title(needed), device.name);
    if (row.team.local_bytes > device.usable_local_memory())
        return fmt::format("takes {} bytes of local memory, {} has {}", row.team.local_bytes,
                           device.name, device.usable_local_memory());
    if (row.made_for_gpus() && row.team.items > device.largest_work_group)
        return fmt::format("has {} work-items in a work-group, {} takes {}", row.team.items,
                           device.name, device.largest_work_group);
    if (auto reason = row.refuse(step, network)) return reason;
    if (row.family == Family::conv && row.tile.lanes > 4)
        if (auto reason = narrow_residual(step, network)) return reason;
    if (row.team.region > 0)
        if (const std::int64_t region = largest_region(step, network, row.block_pixels());
            region > row.team.region)
            return fmt::format("keeps {} positions of the input, the windows of {} pixels cover {}",
                               row.team.region, row.block_pixels(), region);
    if (row.unproven && !selection.unproven)
        return "has never run, verified, on a device that has what it needs; --unproven takes it";
    return std::nullopt;
}

// Why the row, which could compute the step, is left to those who ask for it by name.
std::optional<std::string> unfit(const Variant& row, const FusedStep& step, const Network& network,
                                 const DeviceTraits& device) {
    if (row.emulates)
        return fmt::format("emulates what makes its kernel fast; --kernel {} takes it all the same",
                           row.name);
    if (!row.vendor.empty() && row.vendor != device.vendor)
        return fmt::format("pays on devices of {}; --kernel {} takes it all the same", row.vendor,
                           row.name);
    if (!row.made_for_gpus()) return std::nullopt;
    if (device.cpu())
        return fmt::format("is made for GPUs, {} is none; --kernel {} takes it all the same",
                           device.name, row.name);
    const LaunchSize launch = launch_size(step, row, network);
    const std::size_t groups = launch.global[0] / launch.local[0];
    if (!row.team.fills_device) return std::nullopt;
    if (groups < device.compute_units)
        return fmt::format("has {} work-groups for {} compute units", groups, device.compute_units);
    const std::int64_t filters = network.tensors[step.output].shape.channels;
    if (2 * filters <= row.block_filters())
        return fmt::format("computes {} filters at a time, there are {}", row.block_filters(),
                           filters);
    return std::nullopt;
}

bool asked_for(const Variant& row, const std::string& part) {
    return !part.empty() && is_named(row, part);
}

// Rows of the family, those asked for by name first.
std::vector<const Variant*> rows_of(Family family, const Selection& selection) {
    std::vector<const Variant*> rows;
    for (const Variant& row : registry())
        if (row.family == family) rows.push_back(&row);
    std::stable_partition(rows.begin(), rows.end(), [&](const Variant* row) {
        return is_named(*row, selection.preferred) && is_named(*row, selection.only);
    });
    return rows;
}

// Whether the run asks for rows of the family by a part of their name.
bool asked_by_name(const std::vector<const Variant*>& rows, const std::string& part) {
    return !part.empty() &&
           std::ranges::any_of(rows, [&](const Variant* row) { return is_named(*row, part); });
}

// Why none of the rows that were asked for by name is looked at, or nothing.
std::optional<std::string> nothing_named(const std::vector<const Variant*>& rows,
                                         const std::string& part, const FusedStep& step,
                                         Precision precision) {
    const auto computes = [&](const Variant* row) {
        return row->computes_in(precision) && is_named(*row, part);
    };
    if (std::ranges::any_of(rows, computes)) return std::nullopt;
    return fmt::format("no kernel named '{}' computes {} in {}", part, kind_name(step.operation),
                       traits(precision).name);
}

}  // namespace

Choice choose(const FusedStep& step, const Network& network, Precision precision,
              const DeviceTraits& device, const Selection& selection) {
    std::vector<const Variant*> rows = rows_of(family_of(step.operation), selection);
    // A name that no row of the family has is meant for other families.
    const bool by_name = asked_by_name(rows, selection.only);
    const bool by_preference = asked_by_name(rows, selection.preferred);
    const auto tuned = [&](const Variant* row) {
        return !by_name && !by_preference && row->name == selection.tuned;
    };
    std::stable_partition(rows.begin(), rows.end(), tuned);
    Choice choice;
    for (const std::string& asked : {by_name ? selection.only : "", selection.preferred})
        if (const auto reason = nothing_named(rows, asked, step, precision))
            choice.refused.push_back(*reason);
    for (const Variant* row : rows) {
        if (!row->computes_in(precision)) continue;
        if (by_name && !is_named(*row, selection.only)) {
            choice.refused.push_back(
                fmt::format("{}: its name does not contain '{}'", row->name, selection.only));
            continue;
        }
        auto reason = refusal(*row, step, network, device, selection);
        const bool asked =
            asked_for(*row, selection.only) || asked_for(*row, selection.preferred) || tuned(row);
        if (!reason && !asked) reason = unfit(*row, step, network, device);
        if (reason) {
            choice.refused.push_back(fmt::format("{}: {}", row->name, *reason));
            continue;
        }
        choice.variant = row;
        if (tuned(row)) choice.chosen_by = ChosenBy::tuning;
        if (by_name || (by_preference && is_named(*row, selection.preferred)))
            choice.chosen_by = ChosenBy::name;
        return choice;
    }
    return choice;
}

std::vector<const Variant*> candidates(const FusedStep& step, const Network& network,
                                       Precision precision, const DeviceTraits& device) {
    std::vector<const Variant*> rows = rows_of(family_of(step.operation), {});
    std::erase_if(rows, [&](const Variant* row) {
        return !row->computes_in(precision) || refusal(*row, step, network, device, {}) ||
               row->emulates || (row->made_for_gpus() && device.cpu());
    });
    const auto is_gemm = [](const Variant* row) { return row->algorithm == Algorithm::gemm; };
    int most_lanes = 1, most_elements = 1;
    for (const Variant* row : rows) {
        if (is_gemm(row)) continue;
        most_lanes = std::max(most_lanes, row->tile.lanes);
        most_elements = std::max(most_elements, row->tile.elements());
    }
    std::erase_if(rows, [&](const Variant* row) {
        if (is_gemm(row)) return false;
        const bool idle_lanes = device.cpu() && 2 * row->tile.lanes < most_lanes;
        return idle_lanes || (row->tile.elements() == 1 && most_elements > 1);
    });
    if (const auto first = std::ranges::find_if(rows, is_gemm); first != rows.end())
        rows.erase(std::remove_if(first + 1, rows.end(), is_gemm), rows.end());
    return rows;
}

}  // namespace slimbench
