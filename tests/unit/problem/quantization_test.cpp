// Quantisation of tensors and weights, and the ranges file.
#include "host/problem/quantization.h"

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(AffineU8, zero_is_representable_whatever_the_range) {
    for (const Range range :
         {Range{-1, 3}, Range{0, 6}, Range{-2, -1}, Range{1, 2}, Range{-0.001f, 500}}) {
        const AffineQuantization q = affine_u8(range);
        EXPECT_GE(q.zero_point, 0);
        EXPECT_LE(q.zero_point, 255);
        EXPECT_GT(q.scale, 0);
    }
    EXPECT_EQ(affine_u8({0, 6}).zero_point, 0);
    EXPECT_EQ(affine_u8({-2, -1}).zero_point, 255);
    EXPECT_FLOAT_EQ(affine_u8({-1, 3}).scale, 4.0f / 255);
}

TEST(QuantizeWeights, each_filter_uses_its_whole_symmetric_range) {
    const QuantizedWeights q = quantize_weights({1.0f, -2.0f, 0.5f, 0.25f}, 2);
    EXPECT_THAT(q.values, ElementsAre(64, -127, 127, 64));
    EXPECT_THAT(q.scale, ElementsAre(2.0f / 127, 0.5f / 127));
}

TEST(QuantizeWeights, filter_of_zeros_stays_zero) {
    const QuantizedWeights q = quantize_weights({0.0f, 0.0f, 1.0f, -1.0f}, 2);
    EXPECT_THAT(q.values, ElementsAre(0, 0, 127, -127));
    EXPECT_GT(q.scale[0], 0);
}

// image -> conv -> max pool -> resize -> sum with the image
Network pooled_and_resized() {
    NetworkBuilder builder({1, 4, 8, 8});
    const TensorId a = builder.conv("a", 0, 4, Activation::relu);
    const Pool pool{.kind = Pool::Kind::max, .kernel = {2, 2}, .stride = {2, 2}};
    const TensorId pooled = builder.add("pool", pool, {a});
    const TensorId up = builder.add("up", Resize{.to = Resize::LikeTensor{"image"}}, {pooled});
    builder.add("sum", Add{}, {up, 0});
    return builder.build();
}

TEST(QuantizeTensors, pooling_keeps_its_inputs_parameters_and_a_fused_sum_has_its_own) {
    const Ranges ranges{.network = "test",
                        .source = "test",
                        .tensors = {{"image", {-2, 2}}, {"a", {0, 4}}, {"sum", {-2, 6}}}};
    const auto tensors = quantize_tensors(pooled_and_resized(), ranges);
    EXPECT_EQ(tensors[2].scale, tensors[1].scale);
    EXPECT_EQ(tensors[2].zero_point, tensors[1].zero_point);
    EXPECT_FLOAT_EQ(tensors[4].scale, 8.0f / 255);
}

TEST(QuantizeTensors, missing_and_dead_tensors_are_named) {
    Ranges ranges{
        .network = "test", .source = "by hand", .tensors = {{"image", {-2, 2}}, {"a", {0, 4}}}};
    EXPECT_THAT([&] { quantize_tensors(pooled_and_resized(), ranges); },
                ThrowsMessage<std::runtime_error>(
                    AllOf(HasSubstr("'sum' has no range"), HasSubstr("by hand"))));
    ranges.tensors["sum"] = {0, 0};
    EXPECT_THAT([&] { quantize_tensors(pooled_and_resized(), ranges); },
                ThrowsMessage<std::runtime_error>(HasSubstr("'sum' is dead")));
}

class RangesFile : public testing::Test {
protected:
    std::string path_ =
        testing::TempDir() + "slimbench_ranges_" + std::to_string(getpid()) + ".json";
    void TearDown() override { std::filesystem::remove(path_); }
    void write(const std::string& text) const { std::ofstream(path_) << text; }
};

TEST_F(RangesFile, written_ranges_are_read_back_bit_for_bit) {
    const Ranges ranges{
        .network = "n", .source = "s", .tensors = {{"a", {-0.1f, 1.0f / 3}}, {"b", {0, 1e-30f}}}};
    write_ranges(path_, ranges);
    const Ranges read = read_ranges(path_);
    EXPECT_EQ(read.network, "n");
    EXPECT_EQ(read.source, "s");
    ASSERT_EQ(read.tensors.size(), 2u);
    EXPECT_EQ(read.tensors.at("a").low, -0.1f);
    EXPECT_EQ(read.tensors.at("a").high, 1.0f / 3);
    EXPECT_EQ(read.tensors.at("b").high, 1e-30f);
}

TEST_F(RangesFile, broken_files_name_file_place_and_what_is_allowed) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"network": "n", "source": "s"})", "the key 'tensors' is missing"},
        {R"({"network": "n", "source": "s", "tensors": {}, "x": 1})",
         "unknown key 'x', allowed are: network"},
        {R"({"network": "n", "source": 3, "tensors": {}})", "$.source: expected a string, found 3"},
        {R"({"network": "n", "source": "s", "tensors": {"a": [1]}})",
         "$.tensors.a: expected [low, high]"},
        {R"({"network": "n", "source": "s", "tensors": {"a": [1, 2]}})",
         "$.tensors.a[0]: expected a number from"},
        {"{\n  \"network\": oops", ":2:"},
    };
    for (const auto& [text, complaint] : cases) {
        write(text);
        EXPECT_THAT([&] { read_ranges(path_); }, ThrowsMessage<std::runtime_error>(AllOf(
                                                     HasSubstr(path_), HasSubstr(complaint))));
    }
}

TEST_F(RangesFile, absent_file_and_unwritable_folder_name_the_reason) {
    EXPECT_THAT([] { read_ranges("/nonexistent/ranges.json"); },
                ThrowsMessage<std::runtime_error>(HasSubstr("No such file or directory")));
    EXPECT_THAT([] { write_ranges("/nonexistent/ranges.json", {}); },
                ThrowsMessage<std::runtime_error>(HasSubstr("No such file or directory")));
}

}  // namespace
}  // namespace slimbench
