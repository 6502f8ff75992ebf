// How a convolution becomes matrix products, and what memory that takes.
#include <gtest/gtest.h>

#include "host/kernel/plan.h"
#include "tests/unit/kernel/steps.h"
#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

GemmPlan plan_of(const LoneStep& lone, const Layout& input, const Layout& output,
                 std::string_view name = "clblast_vector.fp32") {
    return plan_gemm(lone.step, row(name), row("eltwise_plain.fp32"), lone.network, input, output);
}

TEST(GemmPlan, multiplies_the_input_of_a_pointwise_convolution_as_it_stands) {
    const GemmPlan plan = plan_of(lone_conv("mb2ic19ih7oc53kh1"), {32, 0}, {64, 0});
    EXPECT_FALSE(plan.gathered);
    EXPECT_EQ(plan.window_pitch, 32);
    EXPECT_EQ(plan.pixels, 2 * 7 * 7);
    EXPECT_EQ(plan.products, 19);
    EXPECT_EQ(plan.scratch.windows, 0u);
}

TEST(GemmPlan, gathers_what_is_not_a_matrix_already) {
    for (const char* text :
         {"mb1ic16ih7oc16kh3ph1", "mb1ic16ih7oc16kh1sh2", "mb1ic16ih7oc16kh1ph1"})
        EXPECT_TRUE(plan_of(lone_conv(text), {16, 0}, {16, 0}).gathered) << text;
    EXPECT_TRUE(plan_of(lone_conv("mb1ic16ih7oc16kh1"), {16, 1}, {16, 0}).gathered)
        << "the halo stands between the rows of the input";
}

TEST(GemmPlan, leaves_room_for_the_last_vector_of_a_row) {
    EXPECT_EQ(plan_of(lone_conv("mb1ic3ih9oc8kh7ph3"), {4, 3}, {16, 0}).window_pitch, 160);
    EXPECT_EQ(plan_of(lone_conv("mb1ic13ih9oc8kh4ph3"), {16, 3}, {16, 0}).window_pitch, 224)
        << "4 x 4 x 13 = 208 products, whose last vector ends at 211";
}

TEST(GemmPlan, keeps_sums_in_the_output_unless_a_halo_divides_it) {
    const LoneStep conv = lone_conv("mb1ic16ih7oc53kh3ph1");
    const GemmPlan direct = plan_of(conv, {16, 1}, {64, 0});
    EXPECT_TRUE(direct.in_place);
    EXPECT_EQ(direct.scratch.sums, 0u);
    const GemmPlan aside = plan_of(conv, {16, 1}, {64, 2});
    EXPECT_FALSE(aside.in_place);
    EXPECT_EQ(aside.scratch.sums, 7u * 7 * 64 * 4);
}

TEST(GemmPlan, bounds_the_windows_of_large_convolutions_by_chunks) {
    for (const auto& [name, mebibytes] :
         {std::pair{"clblast_vector.fp32", 4u}, std::pair{"clblast_scalar.fp32", 64u}}) {
        const GemmPlan plan =
            plan_of(lone_conv("mb1ic128ih256oc128kh3ph1"), {128, 1}, {128, 0}, name);
        EXPECT_LE(plan.scratch.windows, std::uint64_t{mebibytes} << 20);
        EXPECT_GT(plan.scratch.windows, std::uint64_t{mebibytes} << 19);
        std::int64_t next = 0;
        for (const GemmPlan::Chunk& chunk : plan.chunks()) {
            EXPECT_EQ(chunk.first, next);
            EXPECT_LE(chunk.pixels, plan.chunk);
            next += chunk.pixels;
        }
        EXPECT_EQ(next, plan.pixels);
        EXPECT_GT(plan.chunks().size(), 1u);
    }
}

TEST(GemmPlan, gathers_with_as_many_work_items_as_the_kernel_wants) {
    const LoneStep conv = lone_conv("mb1ic5ih9oc8kh3ph1");
    const GemmPlan vectors = plan_of(conv, {16, 1}, {16, 0});
    EXPECT_EQ(vectors.gather_launch({0, 81}).global[0], 6u);
    const GemmPlan elements = plan_of(conv, {16, 1}, {16, 0}, "clblast_scalar.fp32");
    EXPECT_EQ(elements.gather_launch({0, 81}).global[0], 3648u) << "81 x 45 = 3645 elements";
}

TEST(GemmPlan, scratch_of_all_steps_counts_once_in_the_plan) {
    NetworkBuilder net({1, 16, 24, 24});
    net.conv("second", net.conv("first", 0, 32), 8);
    const Network network = net.build();
    const auto planned = [&](const std::string& name) {
        return plan_network(network, fuse(network), Precision::fp32, device_of(Tier::avx512),
                            {.only = name});
    };
    const Plan with = planned("clblast"), without = planned("conv_plain");
    EXPECT_EQ(without.scratch.total(), 0u);
    EXPECT_EQ(with.activation_bytes(), without.activation_bytes() + with.scratch.total());
    EXPECT_EQ(with.scratch.windows, with.steps[1].gemm->scratch.windows);
    EXPECT_EQ(with.scratch.sums, with.steps[0].gemm->scratch.sums) << "the second has no reader";
    EXPECT_GE(with.largest_buffer(), with.scratch.largest());
}

}  // namespace
}  // namespace slimbench
