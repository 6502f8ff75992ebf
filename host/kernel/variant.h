// A way to run a fused step on a device: one row of the registry.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/kernel/device_traits.h"
#include "host/problem/data_type.h"
#include "host/problem/fused_step.h"

namespace slimbench {

enum class Family { conv, depthwise, pool, eltwise, concat, resize };
Family family_of(const Operation& operation);

// Output elements that one work-item keeps in registers at once. The plain kernels compute one
// element: {1, 1, 1}.
struct Tile {
    int pixels = 1;   // of the flattened batch x height x width
    int vectors = 1;  // output-channel vectors
    int lanes = 1;    // channels in a vector

    int elements() const { return pixels * vectors * lanes; }
};

// Work-items that compute side by side, as GPUs want it.
struct Team {
    std::uint64_t items = 1;  // work-items of a work-group
    // Dense convolutions: so many tiles make a work-group's, whose operands share local memory.
    int along_pixels = 1, along_filters = 1;
    int depth = 0;   // products of each sum that are in local memory at a time; 0: none
    int unit = 0;    // channels to whole ones of which taps are padded: what a work-item copies at
                     // once, or what a region holds of a position
    int stages = 2;  // of products in local memory: one is multiplied, the others are copied
    // Positions of the padded input that a tile's windows may cover; 0: each window is copied by
    // itself. Products are then ordered by units of channels first (kernels/cl/conv_mma_region.cl).
    int region = 0;
    std::uint64_t local_bytes = 0;  // of local memory
    bool fills_device = false;  // leaves outputs that do not give each compute unit a work-group,
                                // or half of a block's filters something to do, to smaller tiles
};

// How a convolution's sums come about: decides how weights are packed and how exact results are.
enum class Algorithm {
    direct,
    winograd,  // F(4x4, 3x3): 36 products for 16 pixels; weights transformed on the host, in float
    // CLBlast's matrix products: the row's kernel gathers what is multiplied, a row of `eltwise`
    // finishes (host/kernel/gemm_plan.h).
    gemm,
};

struct Variant {
    std::string_view name;  // "conv_blocked.fp32.avx512", unique; what records and reports show
    Family family;
    Precision precision;
    std::string_view source;   // file under kernels/cl
    std::string_view defines;  // what tells this row's kernel from others of its file; tile and
                               // type follow by themselves
    Tile tile;
    int channel_group = 1;  // input channels that stand innermost in the packed weights (VNNI: 4)
    Tier tier = Tier::portable;  // CPU tier it needs; portable runs on any device
    bool cpu_only = false;       // explicit wide vectors, no local memory: made for CPUs
    // Why this row may not compute the step, or nothing.
    std::optional<std::string> (*refuse)(const FusedStep& step, const Network& network);
    Algorithm algorithm = Algorithm::direct;
    Capabilities needs = {};
    Team team = {};
    bool unproven = false;  // inline assembly that never ran, verified, on a device that has it
    bool emulates = false;  // units that the device may lack, slowly: taken by name only
    // Whose devices take it by default, because it was measured to be quicker there and only there;
    // others by name or by tuning. Empty: anybody's.
    std::string_view vendor = {};

    // Of the output, that a work-group computes.
    constexpr std::int64_t block_pixels() const {
        return std::int64_t{tile.pixels} * team.along_pixels;
    }
    constexpr std::int64_t block_filters() const {
        return std::int64_t{tile.vectors} * tile.lanes * team.along_filters;
    }
    constexpr bool made_for_gpus() const { return team.items > 1; }
    // Rows of kernels/cl/conv_amx.cl.
    constexpr bool on_amx_tiles() const { return tier == Tier::amx; }

    // TF32 concerns dense convolutions; all else computes in FP32.
    constexpr bool computes_in(Precision wanted) const {
        return precision == wanted || (wanted == Precision::tf32 && precision == Precision::fp32 &&
                                       family != Family::conv);
    }
    std::string build_options() const;  // "-DPIXELS=14 -DVECTORS=2 ..."

    // So many products are added in binary16 before their sum goes on in float; 0 where all are
    // added in the accumulator.
    int half_run() const {
        if (!computes_in_halves(needs) || algorithm != Algorithm::direct) return 0;
        return needs.has(Capability::avx512_fp16) ? 32 : 16;
    }

    // What products are computed in: of binary16 in float, unless the device multiplies halves.
    DataType arithmetic() const {
        const DataType factor = traits(precision).factor;
        if (factor == DataType::tf32) return factor;
        const bool halves = computes_in_halves(needs) || needs.has(Capability::mma_f16);
        return halves ? DataType::f16 : accumulator();
    }

    // What sums are kept in: CLBlast adds in the type that it multiplies.
    DataType accumulator() const {
        const PrecisionTraits& types = traits(precision);
        return algorithm == Algorithm::gemm ? types.activation : types.accumulator;
    }
};

// Rows in order of preference. Every family and precision has a plain row that refuses nothing;
// rows behind it are taken by name only, and so are rows made for GPUs on other devices.
std::span<const Variant> registry();

// What made a row the one that is taken: its place in the registry, a measurement on the device
// (host/kernel/tuning_table.h), or the name that the run asks for.
enum class ChosenBy { order, tuning, name };
std::string_view name(ChosenBy chosen_by);  // "default", "tuned", "named"

struct Choice {
    const Variant* variant = nullptr;
    ChosenBy chosen_by = ChosenBy::order;
    std::vector<std::string>
        refused;  // "conv_blocked.int8.avx512-vnni: needs avx512-vnni, device has avx2"
};

// The first admissible row. `tier` caps the tier (forcing a lower one); `only` restricts families
// that have rows whose name contains it to those rows; rows whose name contains `preferred` come
// before all others. Where neither is asked for, the row that is named `tuned` comes first.
// Unproven rows are refused unless they are asked for.
struct Selection {
    std::optional<Tier> tier = {};
    std::string only = {}, preferred = {};
    bool unproven = false;   // take unproven rows as well
    std::string tuned = {};  // one row's whole name
};
bool is_unproven(std::string_view name);  // of a row
bool is_named(const Variant& variant, std::string_view part);
Choice choose(const FusedStep& step, const Network& network, Precision precision,
              const DeviceTraits& device, const Selection& selection = {});

// The admissible rows that a measurement may find best, in order of preference; what choose() takes
// by default is among them. Left out are, on CPUs, rows made for GPUs and rows that keep less than
// half of the widest one's lanes busy; one element at a time where there is another way; and all
// but one of CLBlast's.
std::vector<const Variant*> candidates(const FusedStep& step, const Network& network,
                                       Precision precision, const DeviceTraits& device);

}  // namespace slimbench
