#include <set>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmake/embedded_file.h"
#include "host/kernel/capability_probe.h"
#include "host/kernel/probe.h"
#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Registry, names_every_row_differently) {
    std::set<std::string_view> names;
    for (const Variant& variant : registry())
        EXPECT_TRUE(names.insert(variant.name).second) << variant.name;
}

TEST(Registry, names_only_sources_that_are_embedded) {
    for (const Variant& variant : registry()) {
        const auto same = [&](const EmbeddedFile& file) {
            return file.path == "cl/" + std::string(variant.source);
        };
        EXPECT_TRUE(std::ranges::any_of(kernel_files(), same)) << variant.name;
    }
}

TEST(Registry, uses_every_kernel_file) {
    std::set<std::string> used;
    for (const Variant& variant : registry()) used.insert("cl/" + std::string(variant.source));
    for (const Probe& probe : probes()) used.insert("cl/" + std::string(probe.source));
    for (const CapabilityProbe& probe : capability_probes())
        used.insert("cl/" + std::string(probe.source));
    for (const EmbeddedFile& file : kernel_files()) {
        const bool kernel = file.path.ends_with(".cl");
        EXPECT_TRUE(!kernel || used.contains(std::string(file.path))) << file.path;
    }
}

TEST(Registry, needs_a_tier_only_on_cpus) {
    for (const Variant& variant : registry())
        EXPECT_TRUE(variant.cpu_only || variant.tier == Tier::portable) << variant.name;
}

TEST(Registry, has_a_row_for_every_step_on_every_tier) {
    for (const LoneStep& lone : steps_of_every_family())
        for (Precision precision : all_precisions)
            for (Tier tier : all_tiers)
                EXPECT_NE(chosen(lone, precision, device_of(tier)), "nothing")
                    << kind_name(lone.step.operation) << " on " << name(tier);
}

TEST(Registry, gives_a_gpu_rows_made_for_it) {
    for (Precision precision : all_precisions) {
        const std::string suffix = fmt::format(".{}", traits(precision).name);
        const auto variant = [&](const LoneStep& lone) { return chosen(lone, precision, gpu()); };
        const std::string igemm =
            "conv_igemm" + suffix + (precision == Precision::int8 ? ".unpacked" : "");
        EXPECT_EQ(variant(lone_conv("mb1ic64ih56oc64kh3ph1")), igemm + ".small");
        EXPECT_EQ(variant(lone_conv("mb32ic64ih56oc256kh1")), igemm);
        EXPECT_EQ(variant(lone_conv("g4mb1ic16ih9oc24kh3ph1")), "conv_plain" + suffix);
        EXPECT_EQ(variant(lone_conv("g19mb1ic19ih7oc19kh3ph1")), "depthwise_coalesced" + suffix);
        EXPECT_EQ(variant(lone_step(Add{}, {1, 3, 8, 8}, {1, 3, 8, 8})),
                  "eltwise_coalesced" + suffix);
    }
}

TEST(Registry, gives_other_devices_rows_made_for_gpus_by_name_alone) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh3ph1");
    DeviceTraits cpu = device_of(Tier::portable);
    cpu.local_memory = gpu().local_memory;
    cpu.largest_work_group = gpu().largest_work_group;
    for (Precision precision : all_precisions) {
        EXPECT_THAT(chosen(conv, precision, cpu), HasSubstr("conv_blocked"));
        EXPECT_THAT(chosen(conv, precision, cpu, {.only = "igemm"}), HasSubstr("conv_igemm"));
        EXPECT_THAT(chosen(conv, precision, cpu, {.preferred = "igemm"}), HasSubstr("conv_igemm"));
    }
    const LoneStep sum = lone_step(Add{}, {1, 19, 8, 8}, {1, 19, 8, 8});
    EXPECT_EQ(chosen(sum, Precision::fp32, cpu, {.only = "eltwise"}),
              "eltwise_vector.fp32.portable")
        << "among rows of a name, the order of preference holds";
}

TEST(Registry, takes_unproven_rows_only_where_they_are_asked_for) {
    const LoneStep conv = lone_conv("mb32ic64ih56oc256kh1");
    DeviceTraits device = gpu();
    for (const Capability capability : all_capabilities) device.capabilities.add(capability);
    EXPECT_EQ(chosen(conv, Precision::fp16, device), "conv_igemm_native.fp16");
    EXPECT_EQ(chosen(conv, Precision::int8, device), "conv_igemm.int8.dot");
    const auto asked = [&](std::string_view text, Precision precision) {
        return chosen(lone_conv(text), precision, device, {.unproven = true});
    };
    EXPECT_EQ(asked("mb32ic64ih56oc256kh1", Precision::fp16), "conv_mma.fp16.square");
    EXPECT_EQ(asked("mb32ic64ih56oc256kh1", Precision::int8), "conv_mma.int8.square");
    EXPECT_EQ(asked("mb32ic64ih56oc64kh1", Precision::int8), "conv_mma.int8.narrow");
    EXPECT_EQ(asked("mb32ic3ih224oc64kh7sh2ph3", Precision::int8), "conv_mma.int8.image");
    const Choice named =
        choose(conv.step, conv.network, Precision::fp16, device, {.only = "conv_mma.fp16.small"});
    EXPECT_THAT(named.refused,
                Contains("conv_mma.fp16.small: has never run, verified, on a device that has what "
                         "it needs; --unproven takes it"));
    device.capabilities = {Capability::dp4a};
    EXPECT_EQ(chosen(conv, Precision::int8, device, {.unproven = true}), "conv_igemm.int8.dp4a");
    EXPECT_THAT(choose(conv.step, conv.network, Precision::int8, device).refused,
                Contains("conv_mma.int8.square: needs matrix units, s8, which some GPU lacks"));
}

TEST(Registry, shares_windows_that_overlap_where_their_region_fits) {
    DeviceTraits device = gpu();
    for (const Capability capability : all_capabilities) device.capabilities.add(capability);
    const auto variant = [&](std::string_view text, Precision precision) {
        return chosen(lone_conv(text), precision, device, {.unproven = true});
    };
    EXPECT_EQ(variant("mb32ic64ih56oc64kh3ph1", Precision::fp16), "conv_mma_region.fp16.narrow");
    EXPECT_EQ(variant("mb128ic256ih14oc256kh3ph1", Precision::int8), "conv_mma_region.int8.square");
    EXPECT_EQ(variant("mb128ic256ih15oc256oh8kh3sh2ph1", Precision::int8), "conv_mma.int8.square");
    const LoneStep wide = lone_conv("mb1ic64ih8iw512oc256kh3ph1");
    EXPECT_THAT(
        choose(wide.step, wide.network, Precision::fp16, device).refused,
        Contains("conv_mma_region.fp16.large: keeps 512 positions of the input, the windows "
                 "of 256 pixels cover 1288"));
}

// Every tile of small images, one position after the other.
TEST(Registry, computes_tf32_on_matrix_units_or_not_at_all) {
    const LoneStep conv = lone_conv("mb32ic64ih56oc256kh1");
    DeviceTraits device = gpu();
    EXPECT_EQ(chosen(conv, Precision::tf32, device), "nothing");
    EXPECT_THAT(chosen(conv, Precision::tf32, device, {.only = "emulated"}),
                HasSubstr("conv_mma.tf32.emulated"));
    for (const Capability capability : all_capabilities) device.capabilities.add(capability);
    EXPECT_EQ(chosen(conv, Precision::tf32, device, {.unproven = true}), "conv_mma.tf32");
    EXPECT_THAT(chosen(conv, Precision::fp32, device, {.unproven = true}), Not(HasSubstr("mma")));
    EXPECT_EQ(chosen(lone_conv("g19mb1ic19ih7oc19kh3ph1"), Precision::tf32, device),
              "depthwise_coalesced.fp32");
}

TEST(Registry, leaves_large_tiles_to_outputs_that_give_every_compute_unit_one) {
    const LoneStep conv = lone_conv("mb1ic64ih64oc128kh1");  // 4,096 pixels: 64 tiles
    DeviceTraits device = gpu();
    device.compute_units = 64;
    EXPECT_EQ(chosen(conv, Precision::fp32, device), "conv_igemm.fp32");
    device.compute_units = 65;
    EXPECT_EQ(chosen(conv, Precision::fp32, device), "conv_igemm.fp32.small");
    EXPECT_EQ(chosen(conv, Precision::fp32, device, {.only = "igemm"}), "conv_igemm.fp32");
    EXPECT_THAT(choose(conv.step, conv.network, Precision::fp32, device).refused,
                Contains("conv_igemm.fp32: has 64 work-groups for 65 compute units"));
}

TEST(Registry, leaves_large_tiles_to_outputs_that_use_more_than_half_of_their_filters) {
    const DeviceTraits device = gpu();
    EXPECT_EQ(chosen(lone_conv("mb32ic64ih56oc65kh1"), Precision::fp32, device), "conv_igemm.fp32");
    const LoneStep narrow = lone_conv("mb32ic64ih56oc64kh1");
    EXPECT_EQ(chosen(narrow, Precision::fp32, device), "conv_igemm.fp32.small");
    EXPECT_THAT(choose(narrow.step, narrow.network, Precision::fp32, device).refused,
                Contains("conv_igemm.fp32: computes 128 filters at a time, there are 64"));
}

TEST(Registry, takes_more_local_memory_than_is_reported_where_a_probe_found_it) {
    const LoneStep conv = lone_conv("mb32ic64ih56oc256kh1");
    DeviceTraits device = gpu();
    device.capabilities = {Capability::ldmatrix, Capability::cp_async, Capability::mma_f16};
    const Selection large{.only = "conv_mma.fp16.large", .unproven = true};
    EXPECT_EQ(chosen(conv, Precision::fp16, device, large), "nothing");
    device.capabilities.add(Capability::large_local_memory);
    EXPECT_EQ(device.usable_local_memory(), std::uint64_t{LARGE_LOCAL_BYTES});
    EXPECT_EQ(chosen(conv, Precision::fp16, device, large), "conv_mma.fp16.large");
    device.local_memory = 2 * LARGE_LOCAL_BYTES;
    EXPECT_EQ(device.usable_local_memory(), device.local_memory);
}

TEST(Registry, takes_no_more_of_a_work_group_than_the_device_has) {
    const LoneStep conv = lone_conv("mb32ic64ih56oc256kh1");
    DeviceTraits device = gpu();
    device.local_memory = 24 << 10;
    const Choice choice = choose(conv.step, conv.network, Precision::fp32, device);
    ASSERT_NE(choice.variant, nullptr);
    EXPECT_EQ(choice.variant->name, "conv_igemm.fp32.small");
    EXPECT_THAT(choice.refused, Contains("conv_igemm.fp32: takes 25088 bytes of local memory, some "
                                         "GPU has 24576"));
    device.largest_work_group = 64;
    EXPECT_EQ(chosen(conv, Precision::fp32, device), "conv_plain.fp32");
}

TEST(Registry, prefers_the_widest_tier_of_the_device) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh3ph1");
    EXPECT_EQ(chosen(conv, Precision::int8, device_of(Tier::amx)), "conv_amx.int8");
    EXPECT_EQ(chosen(conv, Precision::int8, device_of(Tier::avx512_vnni)),
              "conv_blocked.int8.avx512-vnni");
    EXPECT_EQ(chosen(conv, Precision::int8, device_of(Tier::avx512)), "conv_blocked.int8.avx512");
    EXPECT_EQ(chosen(conv, Precision::int8, device_of(Tier::avx2)), "conv_blocked.int8.avx2");
    EXPECT_EQ(chosen(conv, Precision::int8, device_of(Tier::portable)),
              "conv_blocked.int8.portable");
    const LoneStep pointwise = lone_conv("mb1ic64ih56oc64kh1");
    EXPECT_EQ(chosen(pointwise, Precision::fp32, device_of(Tier::avx512_vnni)),
              "conv_blocked.fp32.avx512");
    EXPECT_EQ(chosen(pointwise, Precision::fp16, device_of(Tier::avx512_vnni)),
              "conv_blocked.fp16.avx512");
}

TEST(Registry, is_held_to_a_lower_tier) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh1");
    const Selection held{.tier = Tier::avx2, .only = ""};
    EXPECT_EQ(chosen(conv, Precision::fp32, device_of(Tier::avx512_vnni), held),
              "conv_blocked.fp32.avx2");
}

TEST(Registry, does_not_let_a_selection_exceed_the_device) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh1");
    const Selection held{.tier = Tier::avx512, .only = ""};
    EXPECT_EQ(chosen(conv, Precision::fp32, device_of(Tier::avx2), held), "conv_blocked.fp32.avx2");
}

TEST(Registry, restricts_to_rows_by_name) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh1");
    const Selection plain{.tier = {}, .only = "plain"};
    EXPECT_EQ(chosen(conv, Precision::fp32, device_of(Tier::avx512), plain), "conv_plain.fp32");
}

TEST(Registry, a_name_of_another_family_leaves_the_choice_alone) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh1");
    const Selection pools{.tier = {}, .only = "pool_plain"};
    EXPECT_EQ(chosen(conv, Precision::fp32, device_of(Tier::avx512), pools),
              "conv_blocked.fp32.avx512");
}

TEST(Registry, takes_winograds_algorithm_where_it_saves_enough) {
    const auto variant = [](std::string_view text) {
        return chosen(lone_conv(text), Precision::fp32, device_of(Tier::avx512));
    };
    EXPECT_EQ(variant("mb1ic64ih56oc64kh3ph1"), "conv_winograd.fp32.avx512");
    EXPECT_EQ(variant("mb1ic64ih56oc32kh3ph1"), "conv_winograd.fp32.avx512.narrow");
    EXPECT_EQ(variant("mb1ic512ih32oc512kh3ph1"), "conv_winograd.fp32.avx512");
    EXPECT_EQ(variant("mb1ic512ih7oc512kh3ph1"), "conv_blocked.fp32.avx512.small_map") << "weights";
    EXPECT_EQ(variant("mb1ic64ih5oc64kh3ph1"), "conv_blocked.fp32.avx512") << "tails of tiles";
    EXPECT_EQ(variant("mb1ic256ih14oc256kh3ph1"), "conv_winograd.fp32.avx512");
    EXPECT_EQ(variant("mb1ic33ih28oc33kh3ph1"), "conv_winograd.fp32.avx512");
    EXPECT_EQ(variant("mb1ic64ih56oc64kh3sh2ph1"), "conv_blocked.fp32.avx512");
    EXPECT_EQ(variant("mb1ic7ih56oc64kh3ph1"), "conv_blocked.fp32.avx512");
    EXPECT_EQ(variant("mb1ic520ih56oc64kh3ph1"), "conv_blocked.fp32.avx512");
}

TEST(Registry, gives_grouped_convolutions_to_blocks_and_says_why_not_to_others) {
    const LoneStep grouped = lone_conv("g4mb1ic16ih9oc24kh3ph1");
    const Choice choice =
        choose(grouped.step, grouped.network, Precision::fp32, device_of(Tier::avx512));
    ASSERT_NE(choice.variant, nullptr);
    EXPECT_EQ(choice.variant->name, "conv_blocked.fp32.avx512");
    EXPECT_THAT(choice.refused,
                Contains("conv_winograd.fp32.avx512: computes 64 output channels at a time, this "
                         "step has 24"));
    EXPECT_THAT(choice.refused,
                Contains("conv_winograd.fp32.avx512.narrow: computes dense convolutions, this one "
                         "has 4 groups"));
}

TEST(Registry, says_which_tier_is_missing) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh3ph1");
    const Choice choice = choose(conv.step, conv.network, Precision::int8, device_of(Tier::avx2));
    EXPECT_THAT(choice.refused,
                Contains("conv_blocked.int8.avx512-vnni: needs avx512-vnni, device has avx2"));
}

TEST(Registry, takes_wide_vectors_off_images) {
    const LoneStep image = lone_resize(Resize::Filter::bicubic, {1, 3, 64, 64}, {1, 3, 32, 32});
    EXPECT_EQ(chosen(image, Precision::fp32, device_of(Tier::avx512)),
              "resize_vector.fp32.portable");
}

TEST(Registry, computes_a_single_pixel_by_streaming_weights) {
    const LoneStep fully_connected = lone_conv("mb1ic512ih1oc1000kh1");
    EXPECT_EQ(chosen(fully_connected, Precision::fp32, device_of(Tier::avx512)),
              "conv_blocked.fp32.avx512.pixel");
}

TEST(Registry, goes_through_clblast_only_where_that_is_named_or_preferred) {
    const LoneStep conv = lone_conv("mb1ic64ih56oc64kh3ph1");
    DeviceTraits gpu;
    gpu.capabilities.add(Capability::half_arithmetic);
    for (const DeviceTraits& device : {device_of(Tier::avx512), gpu}) {
        const std::string row = device.cpu() ? "clblast_vector.fp32" : "clblast_scalar.fp32";
        EXPECT_THAT(chosen(conv, Precision::fp32, device), Not(HasSubstr("clblast")));
        EXPECT_EQ(chosen(conv, Precision::fp32, device, {.only = "clblast"}), row);
        EXPECT_EQ(chosen(conv, Precision::fp32, device, {.preferred = "clblast"}), row);
    }
    EXPECT_EQ(chosen(conv, Precision::fp16, gpu, {.only = "clblast"}), "clblast_scalar.fp16");
}

TEST(Registry, says_why_nothing_of_a_name_computes_a_step) {
    const auto refused = [](const LoneStep& lone, Precision precision) {
        const Choice choice = choose(lone.step, lone.network, precision, device_of(Tier::avx512),
                                     {.only = "clblast"});
        EXPECT_EQ(choice.variant, nullptr);
        return choice.refused;
    };
    EXPECT_THAT(refused(lone_conv("mb1ic64ih56oc64kh3ph1"), Precision::int8),
                Contains("no kernel named 'clblast' computes conv in int8"));
    EXPECT_THAT(refused(lone_conv("mb1ic64ih56oc64kh3ph1"), Precision::fp16),
                Contains("clblast_vector.fp16: needs half arithmetic, which test device "
                         "lacks"));
    EXPECT_THAT(
        refused(lone_conv("g4mb1ic16ih9oc24kh3ph1"), Precision::fp32),
        Contains("clblast_vector.fp32: computes dense convolutions, this one has 4 groups"));
    EXPECT_THAT(refused(lone_conv("mb256ic512ih256oc8kh1"), Precision::fp32),
                Contains("clblast_vector.fp32: CLBlast counts up to 2147483647 elements, this "
                         "tensor has 8589934592"));
}

TEST(Registry, leaves_what_a_preferred_name_does_not_compute_to_others_and_says_why) {
    const auto choice = [](const LoneStep& lone) {
        return choose(lone.step, lone.network, Precision::fp32, device_of(Tier::avx512),
                      {.preferred = "clblast"});
    };
    const Choice grouped = choice(lone_conv("g4mb1ic16ih9oc24kh3ph1"));
    ASSERT_NE(grouped.variant, nullptr);
    EXPECT_EQ(grouped.variant->name, "conv_blocked.fp32.avx512");
    EXPECT_THAT(grouped.refused, Contains(HasSubstr("clblast_scalar.fp32: computes dense")));
    const Choice depthwise = choice(lone_conv("g19mb1ic19ih7oc19kh3ph1"));
    ASSERT_NE(depthwise.variant, nullptr);
    EXPECT_EQ(depthwise.variant->name, "depthwise_vector.fp32.avx512");
    EXPECT_THAT(depthwise.refused,
                Contains("no kernel named 'clblast' computes depthwise in fp32"));
}

TEST(Registry, takes_dot_products_for_depthwise_3x3_of_64_channels_and_more) {
    const DeviceTraits device = device_of(Tier::avx512_vnni);
    const auto taken = [&](const char* problem) {
        return chosen(lone_conv(problem), Precision::int8, device);
    };
    EXPECT_EQ(taken("g50mb1ic50ih7oc50oh7kh3ph1"), "depthwise_dot.int8.avx512-vnni");
    EXPECT_EQ(taken("g96mb1ic96ih8oc96oh4kh3sh2ph1"), "depthwise_dot.int8.avx512-vnni");
    for (const char* other : {"g48mb1ic48ih7oc48oh7kh3ph1", "g96mb1ic96ih7oc96oh7kh5ph2",
                              "g96mb1ic96ih9oc96oh3kh3sh3ph1", "g96mb1ic96ih7oc96oh5kh3dh1ph1"})
        EXPECT_EQ(taken(other), "depthwise_vector.int8.avx512") << other;
}

TEST(Registry, keeps_float_sums_of_integers_exact) {
    const LoneStep large = lone_conv("g16mb1ic16ih64oc16kh23ph11");
    EXPECT_EQ(chosen(large, Precision::int8, device_of(Tier::avx512)), "depthwise_plain.int8");
}

}  // namespace
}  // namespace slimbench
