#include <fmt/format.h>

#include "tests/device/case_networks.h"

namespace slimbench::testing {

namespace {

std::vector<StepCase> window_cases() {
    std::vector<StepCase> cases;
    const auto add = [&](std::string name, const TensorShape& image, const Conv& conv) {
        cases.push_back(make(std::move(name), Family::conv, alone(image, conv)));
    };
    add("one_pixel_wide", {2, 19, 7, 1}, padded_conv(37));
    add("one_pixel_high_batch_3", {3, 5, 1, 23}, padded_conv(19));

    Conv sparse = conv_of(16, {2, 1});
    sparse.problem.stride = {3, 4};
    add("stride_beyond_kernel", {1, 16, 11, 9}, sparse);

    Conv dilated = conv_of(33, {3, 3});
    dilated.problem.dilation = {2, 3};
    dilated.problem.pad = {2, 3, 2, 3};
    add("dilated", {1, 17, 13, 14}, dilated);

    Conv lopsided = conv_of(64, {4, 3});
    lopsided.problem.pad = {3, 0, 1, 2};
    lopsided.problem.stride = {1, 2};
    add("asymmetric_padding", {4, 19, 9, 8}, lopsided);

    Conv covered = conv_of(18, {5, 5});
    covered.problem.pad = Padding::all(2);
    add("kernel_larger_than_image", {1, 20, 3, 3}, covered);

    Conv stem = conv_of(64, {7, 7});
    stem.problem.stride = {2, 2};
    stem.problem.pad = Padding::all(3);
    add("image_of_3_channels", {1, 3, 31, 29}, stem);

    Conv grey = conv_of(21, {5, 4});
    grey.problem.dilation = {2, 1};
    grey.problem.pad = {1, 3, 2, 2};
    add("image_of_1_channel", {2, 1, 15, 13}, grey);
    add("image_through_a_dilated_kernel", {1, 3, 17, 14}, dilated);
    add("image_through_a_wide_kernel", {2, 3, 5, 16}, conv_of(35, {2, 9}));
    add("image_through_a_pointwise_kernel", {1, 3, 9, 7}, conv_of(41, {1, 1}));
    NetworkBuilder thin({2, 5, 11, 9});  // 3 channels that are stored as wide as any
    thin.conv("second", thin.conv("first", 0, 3), 70);
    cases.push_back(make("three_channels_within", Family::conv, thin));

    Conv outside = conv_of(6, {1, 1});
    outside.problem.pad = Padding::all(1);
    add("windows_in_padding_alone", {1, 7, 4, 5}, outside);
    return cases;
}

std::vector<StepCase> channel_cases() {
    std::vector<StepCase> cases;
    const auto add = [&](std::string name, const TensorShape& image, const Conv& conv) {
        cases.push_back(make(std::move(name), Family::conv, alone(image, conv)));
    };
    add("prime_channels", {1, 37, 10, 11}, padded_conv(53));
    add("one_filter", {1, 23, 9, 9}, padded_conv(1));
    add("one_and_a_half_blocks", {3, 8, 5, 6}, padded_conv(48));
    add("pointwise", {1, 64, 15, 14}, conv_of(17, {1, 1}));
    add("pointwise_of_one_vector", {1, 48, 3, 28}, conv_of(16, {1, 1}));
    add("pointwise_of_three_vectors", {2, 21, 4, 17}, conv_of(33, {1, 1}));
    add("pointwise_of_gapless_pixels", {2, 32, 5, 7}, conv_of(64, {1, 1}));
    add("pointwise_of_many_channels", {1, 530, 3, 5}, conv_of(35, {1, 1}));
    const Conv in_blocks = conv_of(192, {1, 1});  // of 64 and of 48 filters
    add("whole_blocks", {1, 37, 11, 13}, in_blocks);
    add("whole_blocks_batch_2", {2, 16, 9, 8}, in_blocks);
    cases.push_back(make("whole_blocks_with_residual", Family::conv,
                         with_residual({1, 192, 12, 11}, in_blocks, Activation::relu)));
    add("short_rows_of_many_channels", {2, 166, 5, 7}, padded_conv(40));
    add("rows_of_17_pixels", {1, 45, 3, 17}, padded_conv(33));
    add("rows_of_a_tile_and_a_vector_left", {1, 20, 5, 14}, padded_conv(40));
    add("gapless_rows_and_a_vector_left", {1, 16, 4, 20}, padded_conv(33));

    Conv grouped = padded_conv(18);
    grouped.problem.groups = 3;
    add("grouped", {2, 12, 7, 5}, grouped);
    Conv wide_groups = padded_conv(128);
    wide_groups.problem.groups = 2;
    add("groups_of_whole_blocks", {1, 24, 6, 7}, wide_groups);
    Conv crossing = padded_conv(120);  // blocks touch groups in part, groups begin between fours
    crossing.problem.groups = 5;
    crossing.problem.stride = {2, 1};
    add("blocks_across_groups", {2, 35, 9, 8}, crossing);
    Conv of_image = padded_conv(39);
    of_image.problem.groups = 3;
    add("grouped_image", {1, 3, 9, 8}, of_image);
    Conv of_pixel = conv_of(70, {1, 1});
    of_pixel.problem.groups = 2;
    add("grouped_pixel", {1, 34, 1, 1}, of_pixel);
    Conv multiplied = padded_conv(26);
    multiplied.problem.groups = 13;
    add("two_filters_for_each_channel", {1, 13, 6, 6}, multiplied);

    Conv clipped = padded_conv(19);
    clipped.activation = Activation::relu6;
    add("relu6", {2, 19, 8, 7}, clipped);
    return cases;
}

// Enough channels and 4x4 tiles for Winograd's algorithm, with tails in both.
std::vector<StepCase> winograd_cases() {
    Conv clipped = padded_conv(64);
    clipped.activation = Activation::relu6;
    Conv lopsided = conv_of(90, {3, 3});
    lopsided.problem.pad = {2, 0, 1, 2};
    NetworkBuilder chain({1, 48, 30, 27});  // the first writes the halo that the second reads
    chain.conv("second", chain.conv("first", 0, 61), 57);
    return {make("winograd_prime_channels_batch_2", Family::conv,
                 alone({2, 37, 21, 26}, padded_conv(53))),
            make("winograd_few_channels", Family::conv, alone({2, 13, 18, 22}, padded_conv(21))),
            make("winograd_half_a_block", Family::conv, alone({1, 33, 28, 33}, padded_conv(90))),
            make("winograd_relu6", Family::conv, alone({1, 64, 27, 29}, clipped)),
            make("winograd_asymmetric_padding", Family::conv, alone({3, 34, 19, 22}, lopsided)),
            make("winograd_residual", Family::conv,
                 with_residual({2, 40, 22, 23}, padded_conv(40), Activation::relu)),
            make("winograd_several_groups_of_tiles", Family::conv,
                 alone({1, 117, 41, 38}, padded_conv(99))),
            make("winograd_halo", Family::conv, chain)};
}

// Behind a ReLU zero is 0 in every precision, and rows as wide as a tile or half of one leave out
// what the padding adds.
std::vector<StepCase> row_cases() {
    std::vector<StepCase> cases;
    for (const std::int64_t width : {2, 3, 4, 6, 7, 8, 12, 14, 16})
        for (const std::int64_t stride : {1, 2}) {
            NetworkBuilder chain({2, 5, 5 * stride, width * stride});
            const TensorId rectified = chain.conv("first", 0, 20, Activation::relu);
            Conv second = padded_conv(64);
            second.problem.stride = {stride, stride};
            chain.add("second", second, {rectified});
            cases.push_back(
                make(fmt::format("rows_of_{}_at_stride_{}", width, stride), Family::conv, chain));
        }
    return cases;
}

// So few pixels and so many weights that rows fetch those of blocks to come.
std::vector<StepCase> small_map_cases() {
    Conv strided = padded_conv(173);
    strided.problem.stride = {2, 2};
    return {make("small_map", Family::conv, alone({1, 166, 7, 7}, padded_conv(181))),
            make("small_map_strided_batch_2", Family::conv, alone({2, 170, 9, 8}, strided)),
            make("small_map_pointwise", Family::conv, alone({1, 530, 5, 7}, conv_of(515, {1, 1}))),
            make("small_map_of_whole_blocks", Family::conv,
                 alone({1, 530, 6, 8}, conv_of(512, {1, 1}))),
            make("small_map_of_whole_blocks_batch_2", Family::conv,
                 alone({2, 265, 4, 5}, conv_of(1010, {1, 1}))),
            make("small_map_of_whole_blocks_residual", Family::conv,
                 with_residual({1, 512, 5, 7}, conv_of(512, {1, 1}), Activation::none)),
            make("small_map_residual_relu", Family::conv,
                 with_residual({3, 517, 3, 5}, conv_of(517, {1, 1}), Activation::relu))};
}

// Outputs of a single pixel have kernels of their own.
std::vector<StepCase> pixel_cases() {
    Conv fully_connected = conv_of(131, {1, 1});
    fully_connected.norm.reset();
    fully_connected.bias = true;
    fully_connected.fully_connected = true;
    const Conv whole_image = conv_of(53, {3, 5});
    const TensorShape one_pixel{1, 37, 1, 1};
    return {make("fully_connected", Family::conv, alone({1, 67, 1, 1}, fully_connected)),
            make("fully_connected_batch_3", Family::conv, alone({3, 67, 1, 1}, fully_connected)),
            make("kernel_over_the_whole_image", Family::conv, alone({1, 19, 3, 5}, whole_image)),
            make("one_pixel_in_padding", Family::conv, alone(one_pixel, padded_conv(83))),
            make("one_pixel_residual_relu", Family::conv,
                 with_residual(one_pixel, conv_of(37, {1, 1}), Activation::relu))};
}

std::vector<StepCase> residual_cases() {
    Conv down = padded_conv(29);
    NetworkBuilder downsampling({2, 11, 9, 7});
    down.problem.stride = {2, 2};
    const TensorId narrowed = downsampling.add("narrowed", down, {0});
    Conv same = padded_conv(29);
    same.weights = "other weights";
    const TensorId last = downsampling.add("last", same, {narrowed});
    downsampling.add("sum", Add{Activation::relu}, {narrowed, last});
    return {make("residual_relu", Family::conv,
                 with_residual({2, 24, 7, 9}, padded_conv(24), Activation::relu)),
            make("residual_alone", Family::conv,
                 with_residual({1, 37, 5, 5}, padded_conv(37), Activation::none)),
            make("residual_of_an_earlier_step", Family::conv, downsampling),
            make("residual_of_an_image", Family::conv,
                 with_residual({2, 3, 5, 5}, conv_of(3, {1, 1}), Activation::none))};
}

}  // namespace

std::vector<StepCase> conv_cases() {
    std::vector<StepCase> all;
    for (auto* cases : {window_cases, channel_cases, winograd_cases, row_cases, small_map_cases,
                        pixel_cases, residual_cases})
        for (StepCase& one : cases()) all.push_back(std::move(one));
    return all;
}

}  // namespace slimbench::testing
