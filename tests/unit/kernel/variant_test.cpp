#include "host/kernel/variant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/kernel/tier.h"
#include "tests/unit/kernel/steps.h"

namespace slimbench {
namespace {

using ::testing::HasSubstr;

TEST(Variant, tells_the_kernel_its_tile_and_types) {
    EXPECT_EQ(row("conv_blocked.int8.avx512-vnni").build_options(),
              "-DPIXELS=14 -DVECTORS=2 -DLANES=16 -DCHANNEL_GROUP=4 -DELEMENT=uchar -DWEIGHT=char "
              "-DINT8=1 -DFP16=0 -DHALF_RUN=0 -DDOT_VNNI");
    EXPECT_THAT(row("resize_plain.int8").build_options(), HasSubstr("-DWEIGHT=float"));
    EXPECT_THAT(row("conv_plain.fp16").build_options(),
                HasSubstr("-DELEMENT=ushort -DWEIGHT=ushort -DINT8=0 -DFP16=1 -DHALF_RUN=0"));
    EXPECT_THAT(row("conv_plain_native.fp16").build_options(), HasSubstr("-DFP16=1 -DHALF_RUN=16"));
}

TEST(Variant, tells_what_its_products_are_computed_in) {
    EXPECT_EQ(row("conv_plain_native.fp16").arithmetic(), DataType::f16);
    EXPECT_EQ(row("clblast_vector.fp16").arithmetic(), DataType::f16);
    EXPECT_EQ(row("conv_plain.fp16").arithmetic(), DataType::f32);
    EXPECT_EQ(row("conv_plain.int8").arithmetic(), DataType::s32);
}

TEST(Variant, enters_a_kernel_named_like_its_file) {
    EXPECT_EQ(entry_point(row("depthwise_plain.fp32")), "conv_plain");
}

TEST(Tier, reads_back_its_own_names) {
    for (Tier tier : all_tiers) EXPECT_EQ(parse_tier(name(tier)), tier);
    EXPECT_EQ(parse_tier("avx1024"), std::nullopt);
}

}  // namespace
}  // namespace slimbench
