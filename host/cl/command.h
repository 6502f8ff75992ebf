// What a step puts into the queue: kernels whose arguments are set, and products of the library.
#pragma once

#include <variant>
#include <vector>

#include "host/cl/matrix_product.h"
#include "host/cl/program.h"
#include "host/kernel/plan.h"

namespace slimbench {

struct KernelCommand {
    cl::Kernel kernel;
    LaunchSize size;
};
using Command = std::variant<KernelCommand, MatrixProduct>;

// The arguments of a kernel (kernels/cl/abi.h) but its struct.
struct StepBuffers {
    cl::Buffer input, weights, channels, residual, output;
};
struct ScratchBuffers {
    cl::Buffer windows, sums, workspace;
};

// The step's only kernel, or what its GemmPlan says.
std::vector<Command> step_commands(ProgramCache& programs, const PlannedStep& step,
                                   const step_args& args, const StepBuffers& buffers,
                                   const ScratchBuffers& scratch);

// A step's time is from START of the first to END of the last.
struct StepEvents {
    cl::Event first, last;
};

// In order. A library tells no event of the first kernel that it enqueues: a marker before it
// stands for that, so that what the library does on the host is part of a step that it opens.
StepEvents enqueue(cl::CommandQueue& queue, const std::vector<Command>& commands);

// The same without events: some drivers take longer to enqueue an event than to run a kernel.
void enqueue_unobserved(cl::CommandQueue& queue, const std::vector<Command>& commands);

}  // namespace slimbench
