#include "host/kernel/plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "host/kernel/rounding.h"

namespace slimbench {

namespace {

// Of images of up to four channels, which no kernel of wider vectors writes.
constexpr std::int64_t narrow_pitch = 4;

// Vector kernels write 16 channels at a time. Pixels that stand 4 KiB apart share the same sets of
// a CPU's first-level cache, and a tile of 14 of them evicts its own. At a stride of 2 half as much
// between neighbours is enough for that. A line more keeps them apart.
std::int64_t pitch_of(std::int64_t channels, std::int64_t element_bytes,
                      const DeviceTraits& device) {
    constexpr std::int64_t line_bytes = 64;
    const std::int64_t pitch = round_up(channels, widest_vector);
    const bool collides = device.cpu() && pitch * element_bytes % colliding_bytes == 0;
    return collides ? pitch + line_bytes / element_bytes : pitch;
}

// The image, and what resizing makes of it, may keep few channels close together.
std::vector<Layout> assign_layouts(const Network& network, const std::vector<FusedStep>& steps,
                                   std::int64_t element_bytes, const DeviceTraits& device) {
    std::vector<Layout> layouts(network.tensors.size());
    for (std::size_t t = 0; t < layouts.size(); ++t)
        layouts[t] = {pitch_of(network.tensors[t].shape.channels, element_bytes, device),
                      halo_of(network, t)};
    std::set<TensorId> narrow;
    if (network.tensors[network.image].shape.channels <= narrow_pitch) narrow.insert(network.image);
    for (const FusedStep& step : steps)
        if (std::holds_alternative<Resize>(step.operation) && narrow.contains(step.input))
            narrow.insert(step.output);
    for (TensorId tensor : narrow) layouts[tensor].pitch = narrow_pitch;
    return layouts;
}

std::vector<std::size_t> last_readers(const Network& network, const std::vector<FusedStep>& steps) {
    std::vector<std::size_t> last(network.tensors.size(), 0);
    for (std::size_t s = 0; s < steps.size(); ++s) {
        last[steps[s].input] = s;
        if (steps[s].residual) last[*steps[s].residual] = s;
        last[steps[s].output] = std::max(last[steps[s].output], s);
    }
    last[network.image] = steps.size();  // uploaded once, read by every run of the chain
    last[network.scores] = steps.size();
    return last;
}

// Rows of tiles are loaded whole (kernels/cl/conv_amx.cl): so many bytes behind a tensor's end may
// be read, though not used.
constexpr std::uint64_t read_past_end = 64;

// Linear scan: each output takes the free slot that fits it best, else the largest free one grows,
// else a new one opens.
class SlotAllocator {
public:
    std::size_t take(std::uint64_t bytes) {
        auto best = free_.end();
        for (auto slot = free_.begin(); slot != free_.end(); ++slot)
            if (best == free_.end() || better(*slot, *best, bytes)) best = slot;
        if (best == free_.end()) {
            bytes_.push_back(bytes);
            return bytes_.size() - 1;
        }
        const std::size_t taken = *best;
        free_.erase(best);
        bytes_[taken] = std::max(bytes_[taken], bytes);
        return taken;
    }
    void give_back(std::size_t slot) { free_.push_back(slot); }
    std::vector<std::uint64_t> sizes() && { return std::move(bytes_); }

private:
    bool better(std::size_t a, std::size_t b, std::uint64_t bytes) const {
        const bool a_fits = bytes_[a] >= bytes, b_fits = bytes_[b] >= bytes;
        if (a_fits != b_fits) return a_fits;
        return a_fits ? bytes_[a] < bytes_[b] : bytes_[a] > bytes_[b];
    }
    std::vector<std::uint64_t> bytes_;
    std::vector<std::size_t> free_;
};

void assign_slots(Plan& plan, const Network& network, const std::vector<FusedStep>& steps) {
    const auto last = last_readers(network, steps);
    SlotAllocator allocator;
    plan.slots.assign(network.tensors.size(), Plan::no_slot);
    const auto place = [&](TensorId tensor) {
        plan.slots[tensor] = allocator.take(plan.tensor_bytes(network, tensor) + read_past_end);
    };
    place(network.image);
    for (std::size_t s = 0; s < steps.size(); ++s) {
        place(steps[s].output);
        std::set<TensorId> touched{steps[s].input, steps[s].output};
        if (steps[s].residual) touched.insert(*steps[s].residual);
        for (TensorId tensor : touched)
            if (last[tensor] == s) allocator.give_back(plan.slots[tensor]);
    }
    plan.slot_bytes = std::move(allocator).sizes();
}

std::string shape_text(const TensorShape& shape) {
    return fmt::format("{}x{}x{}x{}", shape.batch, shape.channels, shape.height, shape.width);
}

struct OperationText {
    const FusedStep& step;
    const Network& network;

    std::string in() const { return shape_text(network.tensors[step.input].shape); }
    std::string operator()(const Conv& conv) const { return conv.problem.text(); }
    std::string operator()(const Pool& pool) const {
        std::string text = fmt::format("{} {}", kind_name(pool), in());
        if (pool.kind != Pool::Kind::global_average)
            text += fmt::format(" k{}x{}s{}x{}p{}x{}", pool.kernel.height, pool.kernel.width,
                                pool.stride.height, pool.stride.width, pool.pad.top, pool.pad.left);
        return text;
    }
    std::string operator()(const Resize& resize) const {
        return fmt::format("{} {} to {}x{}",
                           resize.filter == Resize::Filter::bilinear ? "bilinear" : "bicubic", in(),
                           resize.size.height, resize.size.width);
    }
    std::string operator()(const Add&) const { return "add " + in(); }
    std::string operator()(const Concat&) const {
        return fmt::format("concat {} and {}", in(),
                           shape_text(network.tensors[*step.residual].shape));
    }
    std::string operator()(const Affine& affine) const {
        return fmt::format("{} {}", affine.norm ? "affine" : "activation", in());
    }
};

std::int64_t weight_elements(const FusedStep& step) {
    const auto* conv = std::get_if<Conv>(&step.operation);
    return conv ? conv->problem.weight_count() : 0;
}

int as_int(std::int64_t value) {
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
        throw std::overflow_error(
            fmt::format("extent {} does not fit the kernels' 32-bit arguments", value));
    return static_cast<int>(value);
}

tensor_view view(const TensorShape& shape, const Layout& layout) {
    return {as_int(shape.batch),    as_int(shape.height), as_int(shape.width),
            as_int(shape.channels), as_int(layout.pitch), as_int(layout.halo)};
}

void set_window(step_args& args, Size kernel, Size stride, Size dilation, const Padding& pad) {
    args.kernel_height = as_int(kernel.height);
    args.kernel_width = as_int(kernel.width);
    args.stride_height = as_int(stride.height);
    args.stride_width = as_int(stride.width);
    args.dilation_height = as_int(dilation.height);
    args.dilation_width = as_int(dilation.width);
    args.pad_top = as_int(pad.top);
    args.pad_left = as_int(pad.left);
}

void set_operation(step_args& args, const Operation& operation, const TensorShape& in) {
    set_window(args, {}, {}, {}, {});
    args.groups = 1;
    if (const auto* conv = std::get_if<Conv>(&operation)) {
        const ConvProblem& p = conv->problem;
        set_window(args, p.kernel, p.stride, p.dilation, p.pad);
        args.groups = as_int(p.groups);
    } else if (const auto* pool = std::get_if<Pool>(&operation)) {
        if (pool->kind == Pool::Kind::global_average)
            set_window(args, in.size(), {}, {}, {});
        else
            set_window(args, pool->kernel, pool->stride, {}, pool->pad);
        args.mode = pool->kind == Pool::Kind::max ? 0 : 1;
    } else if (const auto* resize = std::get_if<Resize>(&operation)) {
        args.mode = resize->filter == Resize::Filter::bilinear ? 2 : 4;
    }
}

// Layouts are the network's, whatever the variants: a wider halo is other code paths.
std::string place_of(const PlannedStep& planned, const std::vector<Layout>& layouts) {
    const Layout& in = layouts[planned.step.input];
    const Layout& out = layouts[planned.step.output];
    return fmt::format("{} | in {}/{} out {}/{}", planned.text, in.pitch, in.halo, out.pitch,
                       out.halo);
}

GemmPlan gemm_of(const Plan& plan, const PlannedStep& planned, const Network& network,
                 const DeviceTraits& device, std::optional<Tier> tier) {
    const FusedStep& step = planned.step;
    const Choice finish = choose(finishing_step(step), network, plan.precision, device, {tier});
    return plan_gemm(step, *planned.choice.variant, *finish.variant, network,
                     plan.layouts[step.input], plan.layouts[step.output]);
}

}  // namespace

std::uint64_t Plan::tensor_bytes(const Network& network, TensorId tensor) const {
    const std::int64_t elements = layouts[tensor].elements(network.tensors[tensor].shape);
    return static_cast<std::uint64_t>(elements * (traits(traits(precision).activation).bits / 8));
}

std::uint64_t Plan::activation_bytes() const {
    std::uint64_t total = scratch.total();
    for (std::uint64_t bytes : slot_bytes) total += bytes;
    return total;
}

std::uint64_t Plan::largest_buffer() const {
    std::uint64_t largest = scratch.largest();
    for (std::uint64_t bytes : slot_bytes) largest = std::max(largest, bytes);
    return largest;
}

std::uint64_t Plan::weight_bytes() const {
    std::map<std::pair<std::string, const Variant*>, std::int64_t> known;
    for (const PlannedStep& planned : steps)
        if (const auto* conv = std::get_if<Conv>(&planned.step.operation);
            conv && planned.choice.variant)
            known[{conv->weights, planned.choice.variant}] =
                packed_weight_bytes(planned.step, *planned.choice.variant);
    std::uint64_t total = 0;
    for (const auto& [key, bytes] : known) total += static_cast<std::uint64_t>(bytes);
    return total;
}

DataType Plan::arithmetic() const {
    std::map<DataType, std::int64_t> macs{{traits(precision).accumulator, 0}};
    for (const PlannedStep& planned : steps)
        if (planned.choice.variant) macs[planned.choice.variant->arithmetic()] += planned.macs;
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    return std::ranges::max_element(macs, fewer)->first;
}

Traffic compulsory_traffic(const FusedStep& step, const Network& network, Precision precision) {
    const std::int64_t activation = traits(traits(precision).activation).bits / 8;
    const auto bytes = [&](TensorId tensor) {
        return network.tensors[tensor].shape.elements() * activation;
    };
    return {bytes(step.input) + (step.residual ? bytes(*step.residual) : 0), bytes(step.output),
            weight_elements(step) * (traits(traits(precision).weight).bits / 8)};
}

Plan plan_network(const Network& network, const std::vector<FusedStep>& steps, Precision precision,
                  const DeviceTraits& device, const Selection& selection,
                  const TunedChoices& tuned) {
    Plan plan;
    plan.precision = precision;
    plan.layouts =
        assign_layouts(network, steps, traits(traits(precision).activation).bits / 8, device);
    assign_slots(plan, network, steps);
    for (const FusedStep& step : steps) {
        PlannedStep planned;
        planned.step = step;
        planned.text = step_text(step, network);
        planned.place = place_of(planned, plan.layouts);
        Selection of_step = selection;
        if (const auto found = tuned.find(planned.place); found != tuned.end())
            of_step.tuned = found->second;
        planned.choice = choose(step, network, precision, device, of_step);
        if (const Variant* variant = planned.choice.variant) {
            planned.executed_macs = executed_macs(step, *variant, network);
            if (variant->algorithm == Algorithm::gemm) {
                planned.gemm = gemm_of(plan, planned, network, device, selection.tier);
                plan.scratch.cover(planned.gemm->scratch);
            } else {
                planned.launch = launch_size(step, *variant, network);
            }
        }
        for (std::size_t node : step.nodes) planned.macs += macs(network.nodes[node]);
        planned.traffic = compulsory_traffic(step, network, precision);
        plan.steps.push_back(std::move(planned));
    }
    return plan;
}

std::string step_text(const FusedStep& step, const Network& network) {
    std::string text = std::visit(OperationText{step, network}, step.operation);
    const bool added = step.residual && !std::holds_alternative<Add>(step.operation) &&
                       !std::holds_alternative<Concat>(step.operation);
    if (added) text += " +add";
    if (step.activation != Activation::none) text += fmt::format(" +{}", name(step.activation));
    return text;
}

std::vector<std::size_t> distinct_steps(const Network& network,
                                        const std::vector<FusedStep>& steps) {
    std::vector<std::size_t> first;
    std::set<std::string> seen;
    for (std::size_t s = 0; s < steps.size(); ++s)
        if (seen.insert(step_text(steps[s], network)).second) first.push_back(s);
    return first;
}

namespace {

// Sums are 32-bit integers: half of one, an addend and a residual stay below 2^31.
bool saturates(const StepConstants& constants) {
    constexpr float most_scale = 0.5f, most_addend = 0x1p28f, most_residual_scale = 0x1p20f;
    const auto within = [](const std::vector<float>& values, float most) {
        return std::ranges::all_of(values, [=](float value) { return std::abs(value) <= most; });
    };
    return constants.low <= 0 && constants.high >= 255 && within(constants.scale, most_scale) &&
           within(constants.bias, most_addend) &&
           std::abs(constants.residual_scale) <= most_residual_scale;
}

}  // namespace

step_args kernel_arguments(const Plan& plan, std::size_t step, const Network& network,
                           const StepConstants& constants, int channel_stride) {
    const FusedStep& fused = plan.steps[step].step;
    const auto view_of = [&](TensorId t) {
        return view(network.tensors[t].shape, plan.layouts[t]);
    };
    step_args args{};
    args.input = view_of(fused.input);
    args.output = view_of(fused.output);
    args.has_residual = fused.residual ? 1 : 0;
    args.residual = view_of(fused.residual.value_or(fused.output));
    set_operation(args, fused.operation, network.tensors[fused.input].shape);
    const Variant* variant = plan.steps[step].choice.variant;
    if (const auto* conv = std::get_if<Conv>(&fused.operation); conv && variant)
        args.span = as_int(span_of(conv->problem, *variant));
    args.channel_stride = channel_stride;
    args.residual_scale = constants.residual_scale;
    args.low = constants.low;
    args.high = constants.high;
    args.saturates = saturates(constants) ? 1 : 0;
    args.input_pad = constants.input_pad;
    args.output_pad = constants.output_pad;
    return args;
}

}  // namespace slimbench
