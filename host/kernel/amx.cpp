#include "host/kernel/amx.h"

#include <algorithm>

#include "host/kernel/layout.h"
#include "host/kernel/rounding.h"

namespace slimbench {
namespace {

// Pixels that follow on each other throughout input, residual and output are one row.
bool one_row(const FusedStep& step, const Network& network) {
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    if (p.kernel != Size{1, 1} || p.stride != Size{1, 1}) return false;
    if (step.residual && halo_of(network, *step.residual) > 0) return false;
    return halo_of(network, step.input) == 0 && halo_of(network, step.output) == 0;
}

}  // namespace

AmxRow amx_row(const ConvProblem& problem) {
    constexpr std::int64_t group = 4;
    const std::int64_t channels = problem.in.channels, taps = problem.kernel.width;
    // Pixels of images may stand closer together, those of so many channels further apart.
    const bool image = channels <= group;
    const std::int64_t pitch = round_up(channels, image ? group : widest_vector);
    const bool follow = problem.dilation.width == 1 && pitch % colliding_bytes != 0 &&
                        (!image || taps * pitch <= amx_tile_bytes);
    const bool fewer =
        divide_up(taps * pitch, amx_tile_bytes) < taps * divide_up(channels, amx_tile_bytes);
    const bool together = follow && fewer;
    const std::int64_t run = together ? taps * pitch : channels;
    AmxRow row{.tap = pitch,
               .runs = together ? 1 : taps,
               .steps = divide_up(run, amx_tile_bytes),
               .depth = 0};
    row.depth = round_up(divide_up(run, row.steps), group);
    if (!together) row.tap = row.steps * row.depth;
    return row;
}

AmxTiles amx_tiles(const FusedStep& step, const Network& network) {
    const ConvProblem& p = std::get<Conv>(step.operation).problem;
    const TensorShape& out = network.tensors[step.output].shape;
    const bool flat = one_row(step, network);
    const std::int64_t width = flat ? out.pixels() : out.width, height = flat ? 1 : out.height;
    const std::int64_t along_row = divide_up(width, amx_tile_rows);
    const std::int64_t pixels = divide_up(width, along_row);
    const std::int64_t in_width = flat ? width : p.in.width + 2 * halo_of(network, step.input);
    // From one row of the output to the next, in pixels of a row.
    const std::int64_t row_step = p.stride.height * in_width, line = row_step / p.stride.width;
    const bool several = along_row == 1 && row_step % p.stride.width == 0;
    const std::int64_t rows = several ? std::min((amx_tile_rows - width) / line + 1, height) : 1;
    return {(rows - 1) * line + pixels,
            (flat ? 1 : out.batch) * divide_up(height, rows) * along_row};
}

}  // namespace slimbench
