#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/kernel/capability_probe.h"

namespace slimbench {
namespace {

TEST(Capability, reads_back_its_own_names) {
    std::set<std::string_view> names;
    for (const Capability capability : all_capabilities) {
        EXPECT_EQ(parse_capability(name(capability)), capability);
        EXPECT_TRUE(names.insert(name(capability)).second) << name(capability);
        EXPECT_FALSE(title(capability).empty());
    }
    EXPECT_EQ(parse_capability("telepathy"), std::nullopt);
}

TEST(Capability, kinds_of_devices_read_back_their_own_names) {
    for (const DeviceKind kind : {DeviceKind::cpu, DeviceKind::integrated_gpu,
                                  DeviceKind::discrete_gpu, DeviceKind::accelerator})
        EXPECT_EQ(parse_device_kind(name(kind)), kind);
    EXPECT_EQ(parse_device_kind("abacus"), std::nullopt);
}

TEST(Capabilities, hold_what_was_added) {
    Capabilities some{Capability::dp4a};
    some.add(Capability::cp_async);
    EXPECT_TRUE(some.has(Capability::dp4a));
    EXPECT_TRUE(some.has(Capability::cp_async));
    EXPECT_FALSE(some.has(Capability::half_arithmetic));
    EXPECT_EQ(some, (Capabilities{Capability::cp_async, Capability::dp4a}));
}

TEST(CapabilityProbe, there_is_one_for_each_with_results_that_differ) {
    for (const Capability capability : all_capabilities) {
        const CapabilityProbe::Task task = capability_probe(capability).task();
        ASSERT_FALSE(task.input.empty()) << name(capability);
        const std::set<std::uint32_t> words(task.expected.begin(), task.expected.end());
        EXPECT_GE(words.size(), 8u) << name(capability) << ": a constant would pass";
    }
}

TEST(CapabilityProbe, reads_words_that_its_task_has) {
    for (const CapabilityProbe& probe : capability_probes())
        EXPECT_GE(probe.task().input.size(), probe.source == "can_mma.cl" ? 24u : 32u)
            << name(probe.capability);
}

TEST(CapabilityProbe, tries_inline_assembly_on_its_own_devices_only) {
    const auto tried = [](Capability capability, DeviceKind kind) {
        return !not_tried(capability_probe(capability), kind).has_value();
    };
    EXPECT_FALSE(tried(Capability::mma_s8, DeviceKind::cpu));
    EXPECT_TRUE(tried(Capability::mma_s8, DeviceKind::discrete_gpu));
    EXPECT_TRUE(tried(Capability::vnni, DeviceKind::cpu));
    EXPECT_FALSE(tried(Capability::vnni, DeviceKind::integrated_gpu));
    for (const DeviceKind kind : {DeviceKind::cpu, DeviceKind::discrete_gpu})
        EXPECT_TRUE(tried(Capability::half_arithmetic, kind));
    EXPECT_EQ(tried(Capability::avx512_fp16, DeviceKind::cpu), host_cpu_multiplies_halves());
    EXPECT_FALSE(tried(Capability::avx512_fp16, DeviceKind::discrete_gpu));
}

TEST(Tiers, name_the_best_of_what_works) {
    EXPECT_EQ(half_tier({}), "storage, FP32 compute");
    EXPECT_EQ(half_tier({Capability::half_arithmetic}), "native");
    EXPECT_EQ(half_tier({Capability::avx512_fp16}), "native");
    EXPECT_EQ(dot_product_tier({}), "portable");
    EXPECT_EQ(dot_product_tier({Capability::vnni}), "vnni");
    EXPECT_EQ(dot_product_tier({Capability::dot_extension, Capability::dp4a}), "dp4a");
    EXPECT_EQ(matrix_unit_tier({Capability::dp4a}), "none");
    EXPECT_EQ(matrix_unit_tier({Capability::mma_s8, Capability::mma_f16}), "mma f16, s8");
    EXPECT_EQ(subgroup_tier({}), "none");
    EXPECT_EQ(subgroup_tier({Capability::shuffle}), "shuffle (PTX)");
    EXPECT_EQ(subgroup_tier({Capability::shuffle, Capability::subgroups}), "extension");
}

}  // namespace
}  // namespace slimbench
