#include "host/cl/chain.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

#include "host/verify/threads.h"

namespace slimbench {

namespace {

// A multiple of every device's sub-buffer alignment, wide enough for a stray vector or row.
constexpr std::size_t guard_bytes = 4096;
// A large finite float (1.3e36) and a u8 that is no usual zero point: what a kernel left out shows.
constexpr std::uint8_t guard_value = 0x7B;

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    }

private:
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

// Steps with the same key have the same packed weights. INT8 weights do not depend on where the
// layer stands.
std::string weights_key(const PlannedStep& planned, std::size_t index) {
    const auto* conv = std::get_if<Conv>(&planned.step.operation);
    return conv ? fmt::format("{} {}", conv->weights, planned.choice.variant->name)
                : fmt::format("step {}", index);
}

}  // namespace

std::uint64_t PackedNetwork::bytes() const {
    std::uint64_t total = 0;
    for (const auto& packed : weights) total += packed.size();
    for (const Step& step : steps) total += step.channels.rows.size() * sizeof(float);
    return total;
}

PackedNetwork pack_network(const Plan& plan, const Network& network,
                           const std::vector<StepConstants>& constants, unsigned threads) {
    PackedNetwork packed;
    std::map<std::string, std::size_t> known;
    std::vector<std::size_t> first_with;  // of the steps that share weights
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
        const PlannedStep& planned = plan.steps[s];
        const auto [entry, is_new] = known.try_emplace(weights_key(planned, s), first_with.size());
        if (is_new) first_with.push_back(s);
        packed.steps.push_back({entry->second, pack_channels(planned.step, *planned.choice.variant,
                                                             constants[s], network)});
    }
    packed.weights.resize(first_with.size());
    share_chunks(first_with.size(), 1, threads, [&](std::size_t w, std::size_t) {
        const PlannedStep& planned = plan.steps[first_with[w]];
        packed.weights[w] =
            pack_weights(planned.step, *planned.choice.variant, constants[first_with[w]], network);
    });
    return packed;
}

MemoryNeed memory_need(const Plan& plan, const PackedNetwork& packed) {
    MemoryNeed need;
    const auto add = [&](std::uint64_t bytes) {
        need.total += bytes;
        need.largest = std::max(need.largest, bytes);
    };
    for (std::uint64_t bytes : plan.slot_bytes) add(bytes + 2 * guard_bytes);
    for (std::uint64_t bytes : {plan.scratch.windows, plan.scratch.sums, plan.scratch.workspace})
        add(bytes);
    for (const auto& weights : packed.weights) add(weights.size());
    for (const auto& step : packed.steps) add(step.channels.rows.size() * sizeof(float));
    return need;
}

LaunchTime times_of(const cl::Event& event) {
    return {event.getProfilingInfo<CL_PROFILING_COMMAND_START>(),
            event.getProfilingInfo<CL_PROFILING_COMMAND_END>()};
}

double ChainTimes::device() const {
    return LaunchTime{launches.front().start_ns, launches.back().end_ns}.seconds();
}

Chain::Chain(Device& device, ProgramCache& programs, const Network& network, const Plan& plan,
             const PackedNetwork& packed, const std::vector<StepConstants>& constants)
    : device_(device), network_(network), plan_(plan) {
    create_slots();
    const Stopwatch stopwatch;
    for (const auto& weights : packed.weights)
        weights_.push_back(constant_buffer(weights.data(), weights.size()));
    for (const auto& step : packed.steps)
        channels_.push_back(
            constant_buffer(step.channels.rows.data(), step.channels.rows.size() * sizeof(float)));
    device_.queue().finish();
    upload_seconds_ = stopwatch.seconds();
    create_commands(programs, packed, constants);
}

void Chain::create_slots() {
    for (std::uint64_t bytes : plan_.slot_bytes) {
        Slot slot;
        slot.all = zeroed_buffer(bytes + 2 * guard_bytes);
        cl_buffer_region region{guard_bytes, bytes};
        slot.inner =
            slot.all.createSubBuffer(CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region);
        slots_.push_back(std::move(slot));
    }
    device_.queue().finish();
}

// Touched once here, so that page faults fall into start-up and no launch reads undefined numbers.
// No buffer where there is nothing to hold.
cl::Buffer Chain::zeroed_buffer(std::uint64_t bytes) {
    if (bytes == 0) return {};
    cl::Buffer buffer(device_.context(), CL_MEM_READ_WRITE, bytes);
    device_.queue().enqueueFillBuffer(buffer, std::uint32_t{0}, 0, bytes / 4 * 4);
    return buffer;
}

cl::Buffer Chain::constant_buffer(const void* content, std::size_t bytes) {
    // Steps without weights still pass a buffer; its size may not be zero.
    cl::Buffer buffer(device_.context(), CL_MEM_READ_ONLY, std::max<std::size_t>(bytes, 4));
    if (bytes > 0) device_.queue().enqueueWriteBuffer(buffer, CL_TRUE, 0, bytes, content);
    return buffer;
}

void Chain::create_commands(ProgramCache& programs, const PackedNetwork& packed,
                            const std::vector<StepConstants>& constants) {
    const ScratchBuffers scratch{zeroed_buffer(plan_.scratch.windows),
                                 zeroed_buffer(plan_.scratch.sums),
                                 zeroed_buffer(plan_.scratch.workspace)};
    device_.queue().finish();
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
        const FusedStep& step = plan_.steps[s].step;
        const StepBuffers buffers{slot(step.input).inner, weights_[packed.steps[s].weights],
                                  channels_[s], slot(step.residual.value_or(step.input)).inner,
                                  slot(step.output).inner};
        const step_args args =
            kernel_arguments(plan_, s, network_, constants[s], packed.steps[s].channels.stride);
        commands_.push_back(step_commands(programs, plan_.steps[s], args, buffers, scratch));
    }
}

StepEvents Chain::enqueue_step(std::size_t step) {
    try {
        return enqueue(device_.queue(), commands_[step]);
    } catch (const cl::Error& error) {
        cannot_enqueue(step, error);
    }
}

void Chain::enqueue_step_unobserved(std::size_t step) {
    try {
        enqueue_unobserved(device_.queue(), commands_[step]);
    } catch (const cl::Error& error) {
        cannot_enqueue(step, error);
    }
}

void Chain::cannot_enqueue(std::size_t step, const cl::Error& error) const {
    throw std::runtime_error(fmt::format("{}: {}: {}", plan_.steps[step].choice.variant->name,
                                         error.what(), error_name(error.err())));
}

PassesTime Chain::run_unobserved(std::size_t first, std::size_t end, int passes, int leading) {
    cl::Event begun, ended;
    const Stopwatch stopwatch;
    for (int pass = -leading; pass < passes; ++pass)
        for (std::size_t s = first; s < end; ++s) {
            const bool opens = pass == 0 && s == first;
            const bool closes = pass + 1 == passes && s + 1 == end;
            if (!opens && !closes) {
                enqueue_step_unobserved(s);
                continue;
            }
            const StepEvents events = enqueue_step(s);
            if (opens) begun = events.first;
            if (closes) ended = events.last;
        }
    device_.queue().finish();
    const double each = stopwatch.seconds() / (passes + leading);
    return {{times_of(begun).start_ns, times_of(ended).end_ns}, each * passes, each * leading};
}

std::vector<ChainTimes> Chain::run_passes(std::size_t first, std::size_t end, int passes) {
    std::vector<StepEvents> events;
    const Stopwatch stopwatch;
    for (int pass = 0; pass < passes; ++pass)
        for (std::size_t s = first; s < end; ++s) events.push_back(enqueue_step(s));
    device_.queue().finish();
    const double host = stopwatch.seconds() / passes;
    std::vector<ChainTimes> times(static_cast<std::size_t>(passes));
    for (std::size_t e = 0; e < events.size(); ++e)
        times[e / (end - first)].launches.push_back(
            {times_of(events[e].first).start_ns, times_of(events[e].last).end_ns});
    for (ChainTimes& pass : times) pass.host = host;
    return times;
}

double Chain::write(TensorId tensor, const void* memory) {
    const Stopwatch stopwatch;
    device_.queue().enqueueWriteBuffer(slot(tensor).inner, CL_TRUE, 0,
                                       plan_.tensor_bytes(network_, tensor), memory);
    return stopwatch.seconds();
}

double Chain::read(TensorId tensor, void* memory) {
    const Stopwatch stopwatch;
    device_.queue().enqueueReadBuffer(slot(tensor).inner, CL_TRUE, 0,
                                      plan_.tensor_bytes(network_, tensor), memory);
    return stopwatch.seconds();
}

void Chain::arm_guards(std::size_t step) {
    const TensorId output = plan_.steps[step].step.output;
    const std::uint64_t size = plan_.tensor_bytes(network_, output);
    device_.queue().enqueueFillBuffer(slot(output).all, guard_value, 0, size + 2 * guard_bytes);
    device_.queue().finish();
}

std::optional<std::string> Chain::check_guards(std::size_t step) {
    const TensorId output = plan_.steps[step].step.output;
    const std::uint64_t size = plan_.tensor_bytes(network_, output);
    std::array<std::uint8_t, guard_bytes> zone;
    device_.queue().enqueueReadBuffer(slot(output).all, CL_TRUE, 0, guard_bytes, zone.data());
    for (std::size_t i = 0; i < guard_bytes; ++i)
        if (zone[i] != guard_value)
            return fmt::format("wrote {} bytes before its output", guard_bytes - i);
    device_.queue().enqueueReadBuffer(slot(output).all, CL_TRUE, guard_bytes + size, guard_bytes,
                                      zone.data());
    for (std::size_t i = 0; i < guard_bytes; ++i)
        if (zone[i] != guard_value) return fmt::format("wrote {} bytes past its output", i + 1);
    return std::nullopt;
}

}  // namespace slimbench
