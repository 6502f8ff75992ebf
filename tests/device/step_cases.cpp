#include "tests/device/step_cases.h"

#include <fmt/format.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench::testing {

namespace {

StepCase make(std::string name, Family family, NetworkBuilder builder) {
    return {std::move(name), family, builder.build()};
}

Conv conv_of(std::int64_t filters, Size kernel) {
    Conv conv;
    conv.problem.filters = filters;
    conv.problem.kernel = kernel;
    conv.weights = "weights";
    conv.norm = "norm";
    return conv;
}

Conv padded_conv(std::int64_t filters) {
    Conv conv = conv_of(filters, {3, 3});
    conv.problem.pad = Padding::all(1);
    return conv;
}

NetworkBuilder alone(const TensorShape& image, const Operation& operation) {
    NetworkBuilder builder(image);
    builder.add("step", operation, {0});
    return builder;
}

// The operation's result plus the image, in one launch.
NetworkBuilder with_residual(const TensorShape& image, const Operation& operation,
                             Activation activation) {
    NetworkBuilder builder(image);
    const TensorId made = builder.add("step", operation, {0});
    builder.add("sum", Add{activation}, {0, made});
    return builder;
}

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
    add("pointwise", {1, 64, 15, 14}, conv_of(33, {1, 1}));
    add("pointwise_of_gapless_pixels", {2, 32, 5, 7}, conv_of(64, {1, 1}));
    add("pointwise_of_many_channels", {1, 530, 3, 5}, conv_of(35, {1, 1}));
    const Conv in_blocks = conv_of(192, {1, 1});  // of 64 and of 48 filters
    add("whole_blocks", {1, 37, 11, 13}, in_blocks);
    add("whole_blocks_batch_2", {2, 16, 9, 8}, in_blocks);
    cases.push_back(make("whole_blocks_with_residual", Family::conv,
                         with_residual({1, 192, 12, 11}, in_blocks, Activation::relu)));
    add("short_rows_of_many_channels", {2, 166, 5, 7}, padded_conv(40));
    add("rows_of_17_pixels", {1, 45, 3, 17}, padded_conv(33));

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

Conv depthwise(std::int64_t channels, std::int64_t side) {
    Conv conv = conv_of(channels, {side, side});
    conv.problem.groups = channels;
    conv.problem.pad = Padding::all(side / 2);
    return conv;
}

std::vector<StepCase> depthwise_cases() {
    std::vector<StepCase> cases;
    const auto add = [&](std::string name, const TensorShape& image, const Conv& conv) {
        cases.push_back(make(std::move(name), Family::depthwise, alone(image, conv)));
    };
    add("batch_2", {2, 19, 9, 15}, depthwise(19, 3));
    add("one_pixel_wide", {3, 37, 8, 1}, depthwise(37, 3));
    add("two_channels", {1, 2, 6, 5}, depthwise(2, 3));
    Conv strided = depthwise(53, 3);
    strided.problem.stride = {2, 2};
    strided.activation = Activation::relu6;
    add("strided_relu6", {1, 53, 13, 16}, strided);
    Conv sparse = depthwise(16, 1);
    sparse.problem.stride = {2, 3};
    add("stride_beyond_kernel", {1, 16, 7, 10}, sparse);
    Conv dilated = depthwise(32, 7);  // more products than are added in binary16
    dilated.problem.dilation = {2, 1};
    dilated.problem.pad = {6, 3, 6, 3};
    add("dilated", {1, 32, 11, 8}, dilated);
    Conv lopsided = depthwise(21, 3);
    lopsided.problem.pad = {0, 2, 1, 0};
    add("asymmetric_padding", {2, 21, 7, 7}, lopsided);
    // Whole runs of 64 channels, and what is left of them.
    add("channels_100_odd_width", {2, 100, 5, 7}, depthwise(100, 3));
    add("channels_64_one_pixel_wide", {1, 64, 6, 1}, depthwise(64, 3));
    add("channels_192_one_pixel_high", {3, 192, 1, 10}, depthwise(192, 3));
    for (const std::int64_t channels : {80, 128, 176}) {
        Conv halved = depthwise(channels, 3);
        halved.problem.stride = {2, 2};
        halved.activation = Activation::relu6;
        add("channels_" + std::to_string(channels) + "_strided", {2, channels, 9, 12}, halved);
    }
    Conv tilted = depthwise(70, 3);
    tilted.problem.pad = {2, 0, 0, 1};
    add("channels_70_asymmetric_padding", {1, 70, 6, 9}, tilted);
    NetworkBuilder chain({2, 112, 7, 6});  // the first writes the halo that the second reads
    chain.conv("second", chain.add("first", depthwise(112, 3), {0}), 16);
    cases.push_back(make("channels_112_halo", Family::depthwise, chain));
    cases.push_back(make("residual_relu", Family::depthwise,
                         with_residual({2, 19, 6, 7}, depthwise(19, 3), Activation::relu)));
    return cases;
}

std::vector<StepCase> pool_cases() {
    using Kind = Pool::Kind;
    std::vector<StepCase> cases;
    const auto add = [&](std::string name, const TensorShape& image, const Pool& pool) {
        cases.push_back(make(std::move(name), Family::pool, alone(image, pool)));
    };
    add("max_padded", {2, 19, 13, 11}, {Kind::max, {3, 3}, {2, 2}, Padding::all(1)});
    add("max_lopsided", {1, 37, 7, 9}, {Kind::max, {3, 2}, {2, 3}, {2, 0, 1, 1}});
    add("max_of_an_image", {1, 3, 8, 7}, {Kind::max, {2, 2}, {3, 3}, {}});
    add("max_one_pixel_wide", {3, 16, 9, 1}, {Kind::max, {3, 3}, {1, 1}, Padding::all(1)});
    add("average_padded", {2, 19, 9, 10}, {Kind::average, {3, 3}, {2, 2}, Padding::all(1)});
    add("average_lopsided", {1, 53, 7, 7}, {Kind::average, {2, 3}, {1, 2}, {1, 0, 0, 2}});
    add("average_of_an_image", {1, 1, 9, 8}, {Kind::average, {3, 3}, {1, 1}, Padding::all(1)});
    add("global_average", {3, 37, 5, 3}, {.kind = Kind::global_average});
    Pool grid{.kind = Kind::average};
    grid.grid = Size{2, 3};
    add("average_over_a_grid", {1, 19, 7, 9}, grid);
    add("global_average_of_one_pixel", {2, 19, 1, 1}, {.kind = Kind::global_average});
    return cases;
}

std::vector<StepCase> eltwise_cases() {
    const auto alone_case = [](std::string name, const TensorShape& image, const Affine& affine) {
        return make(std::move(name), Family::eltwise, alone(image, affine));
    };
    NetworkBuilder sum({2, 19, 7, 5});
    const TensorId pooled =
        sum.add("pooled", Pool{Pool::Kind::max, {3, 3}, {1, 1}, Padding::all(1)}, {0});
    sum.add("sum", Add{Activation::relu}, {0, pooled});
    NetworkBuilder doubled({3, 53, 1, 6});
    doubled.add("sum", Add{}, {0, 0});
    // A halo that the convolution behind it needs.
    NetworkBuilder before_conv({1, 37, 6, 7});
    const TensorId normed = before_conv.add("step", Affine{"norm", Activation::relu}, {0});
    before_conv.conv("conv", normed, 8);
    return {make("add_relu", Family::eltwise, sum), make("add_to_itself", Family::eltwise, doubled),
            make("affine_before_conv", Family::eltwise, before_conv),
            alone_case("affine_of_an_image", {1, 3, 9, 5}, {"norm", Activation::none}),
            alone_case("relu6_alone", {2, 23, 5, 7}, {std::nullopt, Activation::relu6})};
}

std::vector<StepCase> concat_cases() {
    std::vector<StepCase> cases;
    // Convolutions of the image with so many filters, one behind the other.
    const auto add = [&](std::string name, const TensorShape& image, std::int64_t first,
                         std::int64_t second) {
        NetworkBuilder builder(image);
        const TensorId a = builder.conv("first", 0, first, Activation::relu);
        const TensorId b = builder.conv("second", 0, second);
        builder.add("step", Concat{}, {a, b});
        cases.push_back(make(std::move(name), Family::concat, builder));
    };
    add("meeting_at_whole_vectors", {1, 3, 5, 6}, 32, 48);
    add("meeting_within_a_vector", {2, 5, 6, 7}, 19, 37);
    add("second_within_a_vector", {1, 4, 7, 3}, 21, 2);
    add("first_within_a_vector", {3, 4, 1, 5}, 3, 45);

    NetworkBuilder image_behind({2, 3, 6, 5});
    const TensorId wide = image_behind.conv("first", 0, 8);
    const TensorId joined = image_behind.add("step", Concat{}, {wide, 0});
    image_behind.conv("conv", joined, 7);  // needs a halo around what is joined
    cases.push_back(make("image_behind_features", Family::concat, image_behind));
    NetworkBuilder clipped({1, 3, 6, 5});
    const TensorId again = clipped.add("again", Concat{}, {0, clipped.conv("second", 0, 17)});
    clipped.add("relu6", Affine{std::nullopt, Activation::relu6}, {again});
    cases.push_back(make("image_before_features_relu6", Family::concat, clipped));
    return cases;
}

Resize resize_by(Resize::Filter filter, std::int64_t numerator, std::int64_t denominator = 1) {
    return {.filter = filter, .to = Resize::Factor{numerator, denominator}, .size = {}};
}

std::vector<StepCase> resize_cases() {
    constexpr auto bilinear = Resize::Filter::bilinear, bicubic = Resize::Filter::bicubic;
    std::vector<StepCase> cases;
    const auto add = [&](std::string name, const TensorShape& image, const Resize& resize) {
        cases.push_back(make(std::move(name), Family::resize, alone(image, resize)));
    };
    add("bilinear_up", {2, 19, 5, 7}, resize_by(bilinear, 2));
    add("bilinear_up_8", {1, 37, 3, 2}, resize_by(bilinear, 8));
    add("bilinear_down", {1, 53, 11, 13}, resize_by(bilinear, 1, 2));
    add("bilinear_odd_ratio", {1, 16, 7, 10}, resize_by(bilinear, 5, 3));
    add("bilinear_of_one_pixel", {3, 19, 1, 1}, resize_by(bilinear, 3));
    add("bicubic_down_of_an_image", {1, 3, 16, 22}, resize_by(bicubic, 1, 2));
    add("bicubic_up", {2, 19, 6, 5}, resize_by(bicubic, 2));
    add("bicubic_odd_ratio", {1, 23, 9, 7}, resize_by(bicubic, 4, 7));

    NetworkBuilder like({1, 21, 13, 9});
    const TensorId small =
        like.add("small", Pool{Pool::Kind::max, {3, 3}, {2, 2}, Padding::all(1)}, {0});
    const Resize back{.to = Resize::LikeTensor{"image"}, .size = {}};
    const TensorId large = like.add("step", back, {small});
    cases.push_back(make("bilinear_to_a_tensors_size", Family::resize, like));
    like.add("sum", Add{Activation::relu}, {0, large});
    cases.push_back(make("bilinear_residual_relu", Family::resize, like));
    return cases;
}

// So many channels that CPUs keep a gap between pixels, in every precision (host/kernel/plan.cpp).
std::vector<StepCase> gap_cases() {
    constexpr std::int64_t many = 2048;
    NetworkBuilder convs({1, 16, 3, 4});
    const TensorId wide = convs.add("wide", conv_of(many, {1, 1}), {0});
    Conv back = padded_conv(19);
    back.weights = "other weights", back.norm = "other norm";
    convs.add("back", back, {wide});
    NetworkBuilder depthwise_halo({1, many, 3, 4});
    const TensorId filtered = depthwise_halo.add("step", depthwise(many, 3), {0});
    depthwise_halo.add("conv", back, {filtered});
    NetworkBuilder joined({1, 5, 3, 2});
    joined.add("step", Concat{},
               {joined.conv("first", 0, many / 2), joined.conv("second", 0, many / 2)});
    const TensorShape image{1, many, 3, 5};
    const Pool max{Pool::Kind::max, {3, 3}, {2, 2}, Padding::all(1)};
    return {make("gap_conv", Family::conv, convs),
            make("gap_winograd", Family::conv, alone({1, 512, 10, 13}, padded_conv(40))),
            make("gap_residual", Family::conv,
                 with_residual({1, many, 1, 3}, conv_of(many, {1, 1}), Activation::relu)),
            make("gap_depthwise", Family::depthwise, depthwise_halo),
            make("gap_pool", Family::pool, alone(image, max)),
            make("gap_global_average", Family::pool,
                 alone(image, Pool{.kind = Pool::Kind::global_average})),
            make("gap_add", Family::eltwise, alone(image, Affine{std::nullopt, Activation::relu6})),
            make("gap_concat", Family::concat, joined),
            make("gap_resize", Family::resize,
                 alone({1, many, 2, 3}, resize_by(Resize::Filter::bilinear, 2)))};
}

}  // namespace

std::vector<StepCase> step_cases() {
    std::vector<StepCase> all;
    for (auto* cases :
         {window_cases, channel_cases, winograd_cases, row_cases, pixel_cases, residual_cases,
          depthwise_cases, pool_cases, eltwise_cases, concat_cases, resize_cases, gap_cases})
        for (StepCase& one : cases()) all.push_back(std::move(one));
    return all;
}

}  // namespace slimbench::testing
