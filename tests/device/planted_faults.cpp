// Kernels with a mistake in them: verification that lets one pass proves nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/device/test_device.h"
#include "tests/support/planted_kernels.h"
#include "tests/support/scoped_variable.h"
#include "tests/unit/problem/small_networks.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;

// The first convolution's output has a halo, which the second one reads. Tiles of 4, 6, 12 and 14
// pixels leave a tail.
Network two_convolutions() {
    NetworkBuilder net({2, 8, 11, 11});
    net.conv("second", net.conv("first", 0, 21, Activation::relu), 7);
    return net.build();
}

struct Planted {
    std::string file, right, wrong;
};

template <class Element>
constexpr Precision precision_of = std::is_same_v<Element, float>  ? Precision::fp32
                                   : std::is_same_v<Element, Half> ? Precision::fp16
                                                                   : Precision::int8;

template <class Element>
Verdict first_verdict(const Planted& mistake, const std::string& kernel) {
    PlantedKernels kernels;
    if (!mistake.file.empty()) kernels.replace(mistake.file, mistake.right, mistake.wrong);
    const ScopedVariable folder("SLIMBENCH_KERNEL_DIR", kernels.folder());
    const Precision precision = precision_of<Element>;
    const NumericProblem problem = numeric_problem(two_convolutions(), precision);
    ProgramCache programs(test_device());
    VerifiedChain<Element> chain(test_device(), programs, problem,
                                 plan_network(problem.network, problem.steps, precision,
                                              test_device().traits(), {{}, kernel}));
    return verify_all(chain).front();
}

template <class Element>
class PlantedFault : public ::testing::Test {
protected:
    void expect_caught(const Planted& mistake, const std::string& words,
                       const std::string& kernel = "conv_plain") {
        const Verdict verdict = first_verdict<Element>(mistake, kernel);
        EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
        EXPECT_THAT(verdict.worst_at, HasSubstr(words));
    }
};

using Elements = ::testing::Types<float, Half, std::uint8_t>;
TYPED_TEST_SUITE(PlantedFault, Elements);

TYPED_TEST(PlantedFault, none_leaves_a_correct_conv) {
    EXPECT_EQ(first_verdict<TypeParam>({}, "conv_plain").result, Verdict::Result::correct);
}

TYPED_TEST(PlantedFault, a_missing_kernel_row_of_a_conv_is_caught) {
    this->expect_caught({"conv_plain.cl", "ky < args.kernel_height", "ky < args.kernel_height - 1"},
                        "got");
}

TYPED_TEST(PlantedFault, one_wrong_element_in_thousands_is_caught) {
    this->expect_caught(
        {"conv_plain.cl", "for (int ky = 0;",
         "if (share.n == 1 && share.y == 7 && x == 5 && c == 13) sum += INT8 ? 400000 : 4.0f;\n"
         "    for (int ky = 0;"},
        "n1 c13 y7 x5");
}

TYPED_TEST(PlantedFault, a_dropped_tail_of_a_blocked_conv_is_caught) {
    this->expect_caught({"conv_blocked.cl", "const int pixels = min(extent, pixels_left);",
                         "const int pixels = min(extent, pixels_left) - (pixels_left < extent);"},
                        "n1", "conv_blocked");
}

TYPED_TEST(PlantedFault, a_stage_that_a_gpus_conv_never_multiplies_is_caught) {
    this->expect_caught({"conv_igemm.cl", "const int stages = stage_count(args);",
                         "const int stages = stage_count(args) - 1;"},
                        "got", "conv_igemm");
}

TYPED_TEST(PlantedFault, an_output_never_written_is_caught) {
    this->expect_caught({"conv_plain.cl", "if (x >= share.x_end) return;",
                         "if (x >= share.x_end || c == 20) return;"},
                        "c20");
}

TYPED_TEST(PlantedFault, a_write_past_the_output_is_caught) {
    this->expect_caught({"conv_plain.cl", "const int filters =",
                         "output[args.output.batch * (args.output.height + 2 * args.output.halo) * "
                         "row_pitch(args.output)] = 1;\n    const int filters ="},
                        "past its output");
}

TYPED_TEST(PlantedFault, a_write_before_the_output_is_caught) {
    this->expect_caught(
        {"conv_plain.cl", "const int filters =", "output[-3] = 1;\n    const int filters ="},
        "before its output");
}

TYPED_TEST(PlantedFault, a_halo_never_filled_is_caught) {
    this->expect_caught({"tensor.clh", "if (dy != 0 || dx != 0)", "if (dy == 5)"}, "halo");
}

TYPED_TEST(PlantedFault, a_halo_without_its_corners_is_caught) {
    this->expect_caught({"tensor.clh", "if (dy != 0 || dx != 0)", "if ((dy != 0) != (dx != 0))"},
                        "halo");
}

TEST(PlantedInt8Fault, truncation_instead_of_rounding_is_caught) {
    const Verdict verdict = first_verdict<std::uint8_t>(
        {"elements.clh", "LANES_OF(convert_uchar)(LANES_OF(as_int)(value + 12582912.0f))",
         "LANES_OF(convert_uchar)(value)"},
        "conv_plain");
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
}

TEST(PlantedFp16Fault, a_matrix_loaded_in_the_wrong_order_is_caught) {
    const std::string kernel = "conv_mma.fp16.emulated.small";
    EXPECT_EQ(first_verdict<Half>({}, kernel).result, Verdict::Result::correct);
    const Verdict verdict = first_verdict<Half>(
        {"conv_mma.cl", "window_place(matrix % 2 * MATRIX_ROWS + matrix_row, chunk + matrix / 2)",
         "window_place(matrix / 2 * MATRIX_ROWS + matrix_row, chunk + matrix % 2)"},
        kernel);
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
}

TEST(PlantedFp16Fault, a_tap_that_stands_elsewhere_in_its_region_is_caught) {
    const std::string kernel = "conv_mma_region.fp16.emulated.small";
    EXPECT_EQ(first_verdict<Half>({}, kernel).result, Verdict::Result::correct);
    for (const Planted& mistake :
         {Planted{"conv_mma_region.cl", "kernel_row * next_row +", "next_row +"},
          Planted{"conv_mma_region.cl", "STEPS_OF_TAP * next_column", "STEPS_OF_TAP * next_row"},
          Planted{"conv_mma_region.cl", "position < from->positions", "position < 64"}})
        EXPECT_EQ(first_verdict<Half>(mistake, kernel).result, Verdict::Result::incorrect)
            << mistake.wrong;
}

TEST(PlantedFp16Fault, a_stage_overwritten_while_it_is_multiplied_is_caught) {
    const Verdict verdict = first_verdict<Half>(
        {"conv_mma.cl", "int full = 0, empty = STAGES - 1;", "int full = 0, empty = 0;"},
        "conv_mma.fp16.emulated.small");
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
}

TEST(PlantedFp16Fault, truncation_instead_of_rounding_is_caught) {
    const Verdict verdict =
        first_verdict<Half>({"half.clh", "vstore_half_rte", "vstore_half_rtz"}, "conv_plain");
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
}

TEST(PlantedKernels, that_do_not_compile_name_variant_file_and_line) {
    try {
        first_verdict<float>({"conv_plain.cl", "const int filters =", "const int filters +="},
                             "conv_plain");
        FAIL() << "a broken kernel was built";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("conv_plain.fp32"));
        EXPECT_THAT(error.what(), HasSubstr("conv_plain.cl:14"));
    }
}

}  // namespace
}  // namespace slimbench::testing
