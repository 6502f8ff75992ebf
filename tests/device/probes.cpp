// Probes compute what they must: a speed of work that was not done means nothing.
#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/cl/probe_run.h"
#include "host/measure/peaks.h"
#include "tests/device/test_device.h"
#include "tests/support/planted_kernels.h"
#include "tests/support/scoped_variable.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;

// Odd numbers of passes and groups; groups of several items where the row allows them.
ProbeLaunch small_launch(const Probe& probe) {
    const std::size_t items = probe.uses_matrix_units() ? 64 : probe.tile.lanes == 1 ? 5 : 1;
    return {.groups = 3, .group_size = items, .length = 16};
}

class ProbeRow : public ::testing::TestWithParam<std::size_t> {
protected:
    const Probe& row() const { return probes()[GetParam()]; }
};

TEST_P(ProbeRow, leaves_what_its_passes_must) {
    if (!admissible(row(), test_device().traits()))
        GTEST_SKIP() << "the device lacks what it needs";
    ProgramCache programs(test_device());
    ProbeRun run(test_device(), programs, row(), small_launch(row()));
    for (const std::uint32_t passes : {1u, 7u, 1000u}) {
        run.run(passes);
        const auto fault = run.fault();
        EXPECT_FALSE(fault) << *fault;
    }
}

INSTANTIATE_TEST_SUITE_P(Table, ProbeRow, ::testing::Range(std::size_t{0}, probes().size()),
                         [](const ::testing::TestParamInfo<std::size_t>& one) {
                             const Probe& row = probes()[one.param];
                             std::string text =
                                 fmt::format("{}_{}_lanes{}_{}", name(row.quantity), name(row.tier),
                                             row.tile.lanes, one.param);
                             std::ranges::replace(text, '-', '_');
                             return text;
                         });

struct Planted {
    Quantity quantity;
    std::string file, right, wrong;
};

std::optional<std::string> fault_of(const Planted& mistake) {
    PlantedKernels kernels;
    kernels.replace(mistake.file, mistake.right, mistake.wrong);
    const ScopedVariable folder("SLIMBENCH_KERNEL_DIR", kernels.folder());
    ProgramCache programs(test_device());
    const Probe& probe = choose_probe(mistake.quantity, test_device().traits());
    ProbeRun run(test_device(), programs, probe, small_launch(probe));
    run.run(10);
    return run.fault();
}

TEST(PlantedProbe, that_leaves_work_out_is_caught) {
    const bool on_tiles = test_device().traits().tier == Tier::amx;
    const bool in_halves = test_device().traits().can(Capability::avx512_fp16);
    const Planted mistakes[] = {
        {Quantity::fp32, "peak_fma.cl", "pass < passes", "pass + 1 < passes"},
        on_tiles ? Planted{Quantity::int8, "peak_amx.cl", "pass < passes", "pass + 1 < passes"}
                 : Planted{Quantity::int8, "peak_dot.cl", "passes, length)", "passes, length - 1)"},
        in_halves
            ? Planted{Quantity::fp16, "peak_halves.cl", "pass < passes", "pass + 1 < passes"}
            : Planted{Quantity::fp16, "peak_dot.cl", "passes, length)", "passes, length - 1)"},
        {Quantity::int4, "peak_dot.cl", "(packed[v] >> 4)", "packed[v]"},
        {Quantity::binary, "peak_bits.cl", "step < length", "step + 1 < length"},
        {Quantity::read, "peak_read.cl", "vector < length", "vector + PIXELS < length"},
        {Quantity::copy, "peak_copy.cl", "pass < passes", "pass + 1 < passes"},
    };
    for (const Planted& mistake : mistakes) {
        const auto fault = fault_of(mistake);
        ASSERT_TRUE(fault) << name(mistake.quantity);
        EXPECT_THAT(*fault, HasSubstr(mistake.file));
    }
}

TEST(MeasuredPeaks, hold_every_quantity) {
    ProgramCache programs(test_device());
    std::size_t told = 0;
    const Peaks peaks = measure_peaks(test_device(), programs, std::uint64_t{4} << 30,
                                      [&](std::size_t, std::size_t) { ++told; });
    EXPECT_GT(told, multiply_adds.size());
    for (const Quantity quantity : multiply_adds) {
        ASSERT_TRUE(peaks.rate(name(quantity))) << name(quantity);
        EXPECT_GT(peaks.rate(name(quantity))->macs_per_second, 0) << name(quantity);
    }
    ASSERT_GE(peaks.bandwidths.size(), 1u);
    EXPECT_EQ(peaks.bandwidths.back().level, "memory");
    for (const Peaks::Bandwidth& level : peaks.bandwidths) EXPECT_GT(level.best(), 0);
    EXPECT_GT(peaks.launch_by_host, 0);
    EXPECT_GT(peaks.timer_step, 0);
}

}  // namespace
}  // namespace slimbench::testing
