#include "host/kernel/gemm_plan.h"

#include "host/kernel/rounding.h"

namespace slimbench {

namespace {

// The windows of a 3x3 convolution are nine times its input: beyond this they are gathered and
// multiplied piece by piece. On a CPU a piece is still in its caches when it is multiplied, and
// small enough for CLBlast's direct kernel: its other one first copies all matrices to whole tiles,
// which takes longer on PoCL than multiplying them. A GPU wants work for all of itself.
constexpr std::int64_t window_bytes_on_cpu = 4 << 20, window_bytes = 64 << 20;

// Work-items of a work-group that gathers element by element.
constexpr std::int64_t plain_group = 64;

// No tile of CLBlast is larger in any direction (doc/tuning.md of its sources); its fast kernel
// pads all three matrices to whole tiles.
constexpr std::int64_t largest_tile = 128;

std::uint64_t tiled(std::int64_t rows, std::int64_t columns) {
    return static_cast<std::uint64_t>(round_up(rows, largest_tile) *
                                      round_up(columns, largest_tile));
}

// Whether row after row of the windows is pixel after pixel of the input.
bool is_matrix(const ConvProblem& problem, const Layout& input) {
    return problem.kernel == Size{1, 1} && problem.stride == Size{1, 1} &&
           problem.pad == Padding{} && input.halo == 0;
}

std::int64_t chunk_pixels(const GemmPlan& plan, std::int64_t element_bytes) {
    const std::int64_t row = std::max(plan.window_pitch, plan.sum_pitch) * element_bytes;
    const std::int64_t bytes = plan.gather->cpu_only ? window_bytes_on_cpu : window_bytes;
    const std::int64_t most = std::max(bytes / row / largest_tile * largest_tile, largest_tile);
    const std::int64_t chunks = divide_up(plan.pixels, most);
    return std::min(plan.pixels, round_up(divide_up(plan.pixels, chunks), largest_tile));
}

Scratch scratch_of(const GemmPlan& plan, std::uint64_t element_bytes) {
    const auto bytes = [&](std::int64_t rows, std::int64_t pitch) {
        return static_cast<std::uint64_t>(rows * pitch) * element_bytes;
    };
    Scratch scratch;
    if (plan.gathered) scratch.windows = bytes(plan.chunk, plan.window_pitch);
    if (!plan.in_place) scratch.sums = bytes(plan.pixels, plan.sum_pitch);
    scratch.workspace = (tiled(plan.chunk, plan.products) + tiled(plan.products, plan.filters) +
                         tiled(plan.chunk, plan.filters)) *
                        element_bytes;
    return scratch;
}

}  // namespace

void Scratch::cover(const Scratch& other) {
    windows = std::max(windows, other.windows);
    sums = std::max(sums, other.sums);
    workspace = std::max(workspace, other.workspace);
}

std::vector<GemmPlan::Chunk> GemmPlan::chunks() const {
    std::vector<Chunk> all;
    for (std::int64_t first = 0; first < pixels; first += chunk)
        all.push_back({first, std::min(chunk, pixels - first)});
    return all;
}

LaunchSize GemmPlan::gather_launch(const Chunk& part) const {
    const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
    if (gather->tile.lanes > 1)
        return {.global = {size(divide_up(part.pixels, gather->tile.pixels)), 1, 1}};
    return {.global = {size(round_up(part.pixels * products, plain_group)), 1, 1},
            .local = {size(plain_group), 1, 1}};
}

GemmPlan plan_gemm(const FusedStep& step, const Variant& variant, const Variant& finish,
                   const Network& network, const Layout& input, const Layout& output) {
    const ConvProblem& problem = std::get<Conv>(step.operation).problem;
    const std::int64_t element_bytes = traits(traits(variant.precision).activation).bits / 8;
    // The kernel copies whole vectors: the last one of a row may reach past its products.
    const std::int64_t spill =
        round_up(problem.in.channels, variant.tile.lanes) - problem.in.channels;
    GemmPlan plan;
    plan.pixels = network.tensors[step.output].shape.pixels();
    plan.products = problem.reduction();
    plan.filters = problem.filters;
    plan.gathered = !is_matrix(problem, input);
    plan.in_place = output.halo == 0;
    plan.window_pitch =
        plan.gathered ? round_up(plan.products + spill, widest_vector) : input.pitch;
    plan.sum_pitch = plan.in_place ? output.pitch : round_up(plan.filters, widest_vector);
    plan.gather = &variant;
    plan.finish = &finish;
    plan.finish_launch = launch_size(finishing_step(step), finish, network);
    plan.chunk = chunk_pixels(plan, element_bytes);
    plan.scratch = scratch_of(plan, static_cast<std::uint64_t>(element_bytes));
    return plan;
}

FusedStep finishing_step(const FusedStep& step) {
    FusedStep finishing = step;
    finishing.operation = Affine{};
    finishing.input = step.output;
    return finishing;
}

step_args gather_arguments(step_args step, const GemmPlan& plan, const GemmPlan::Chunk& chunk) {
    step.first_pixel = static_cast<int>(chunk.first);
    step.pixels = static_cast<int>(chunk.pixels);
    step.window_pitch = static_cast<int>(plan.window_pitch);
    return step;
}

step_args finish_arguments(step_args step, const GemmPlan& plan) {
    step.input = step.output;
    step.input.pitch = static_cast<int>(plan.sum_pitch);
    if (!plan.in_place) step.input.halo = 0;
    return step;
}

}  // namespace slimbench
