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

AmxTap amx_tap(std::int64_t channels) {
    constexpr std::int64_t vector = 16, group = 4;
    AmxTap tap{divide_up(channels, amx_tile_bytes), 0};
    for (;; ++tap.steps) {
        tap.depth = round_up(divide_up(channels, tap.steps), group);
        if (tap.products() <= round_up(channels, vector)) return tap;
    }
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
