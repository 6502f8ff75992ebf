#include "host/cl/command.h"

namespace slimbench {

namespace {

KernelCommand bind(ProgramCache& programs, const Variant& variant, const LaunchSize& size,
                   const step_args& args, const StepBuffers& buffers) {
    KernelCommand command{programs.kernel(variant), size};
    command.kernel.setArg(0, buffers.input);
    command.kernel.setArg(1, buffers.weights);
    command.kernel.setArg(2, buffers.channels);
    command.kernel.setArg(3, buffers.residual);
    command.kernel.setArg(4, buffers.output);
    command.kernel.setArg(5, args);
    return command;
}

MatrixProduct product_of(const GemmPlan& plan, const GemmPlan::Chunk& chunk,
                         const StepBuffers& buffers, const ScratchBuffers& scratch) {
    const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
    MatrixProduct product;
    product.element = plan.gather->accumulator();
    product.rows = size(chunk.pixels);
    product.columns = size(plan.filters);
    product.depth = size(plan.products);
    product.a = plan.gathered ? Matrix{scratch.windows, 0, size(plan.window_pitch)}
                              : Matrix{buffers.input, size(chunk.first * plan.window_pitch),
                                       size(plan.window_pitch)};
    product.b = {buffers.weights, 0, size(plan.filters)};
    product.c = {plan.in_place ? buffers.output : scratch.sums, size(chunk.first * plan.sum_pitch),
                 size(plan.sum_pitch)};
    product.workspace = scratch.workspace;
    return product;
}

std::vector<Command> gemm_commands(ProgramCache& programs, const GemmPlan& plan,
                                   const step_args& args, const StepBuffers& buffers,
                                   const ScratchBuffers& scratch) {
    std::vector<Command> commands;
    StepBuffers gathering = buffers, finishing = buffers;
    gathering.output = scratch.windows;
    finishing.input = plan.in_place ? buffers.output : scratch.sums;
    for (const GemmPlan::Chunk& chunk : plan.chunks()) {
        if (plan.gathered)
            commands.push_back(bind(programs, *plan.gather, plan.gather_launch(chunk),
                                    gather_arguments(args, plan, chunk), gathering));
        commands.push_back(product_of(plan, chunk, buffers, scratch));
    }
    commands.push_back(
        bind(programs, *plan.finish, plan.finish_launch, finish_arguments(args, plan), finishing));
    return commands;
}

cl::NDRange range(const std::array<std::size_t, 3>& size) {
    return {size[0], size[1], size[2]};
}

struct Enqueue {
    cl::CommandQueue& queue;
    StepEvents& events;

    void operator()(const KernelCommand& command) const {
        queue.enqueueNDRangeKernel(command.kernel, cl::NullRange, range(command.size.global),
                                   range(command.size.local), nullptr, &events.last);
        if (events.first() == nullptr) events.first = events.last;
    }
    void operator()(const MatrixProduct& product) const {
        if (events.first() == nullptr) queue.enqueueMarkerWithWaitList(nullptr, &events.first);
        product.enqueue(queue);
    }
};

struct EnqueueUnobserved {
    cl::CommandQueue& queue;

    void operator()(const KernelCommand& command) const {
        queue.enqueueNDRangeKernel(command.kernel, cl::NullRange, range(command.size.global),
                                   range(command.size.local));
    }
    void operator()(const MatrixProduct& product) const { product.enqueue(queue); }
};

}  // namespace

std::vector<Command> step_commands(ProgramCache& programs, const PlannedStep& step,
                                   const step_args& args, const StepBuffers& buffers,
                                   const ScratchBuffers& scratch) {
    if (step.gemm) return gemm_commands(programs, *step.gemm, args, buffers, scratch);
    return {bind(programs, *step.choice.variant, step.launch, args, buffers)};
}

StepEvents enqueue(cl::CommandQueue& queue, const std::vector<Command>& commands) {
    StepEvents events;
    for (const Command& command : commands) std::visit(Enqueue{queue, events}, command);
    return events;
}

void enqueue_unobserved(cl::CommandQueue& queue, const std::vector<Command>& commands) {
    for (const Command& command : commands) std::visit(EnqueueUnobserved{queue}, command);
}

}  // namespace slimbench
