#include "tests/device/step_cases.h"

#include "tests/device/case_networks.h"

namespace slimbench::testing {

namespace {

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
    Conv thinned = depthwise(96, 3);
    thinned.problem.stride = {2, 2};
    add("channels_96_strided_odd_width", {1, 96, 7, 13}, thinned);
    add("channels_96_strided_to_one_pixel", {2, 96, 5, 1}, thinned);
    Conv clipped = depthwise(64, 3);
    clipped.activation = Activation::relu6;
    add("channels_64_relu6", {1, 64, 5, 6}, clipped);
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
    add("bilinear_rows_that_share_theirs", {1, 37, 24, 2}, resize_by(bilinear, 11));
    add("bilinear_rows_across_images", {3, 19, 7, 5}, resize_by(bilinear, 9, 2));
    add("bilinear_rows_of_many_channels", {1, 2100, 17, 2}, resize_by(bilinear, 4));
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

    NetworkBuilder enlarged({1, 21, 72, 20});
    const TensorId quarter = enlarged.add("small", Pool{Pool::Kind::max, {4, 4}, {4, 4}, {}}, {0});
    enlarged.add("sum", Add{Activation::none}, {0, enlarged.add("step", back, {quarter})});
    cases.push_back(make("bilinear_rows_that_share_theirs_residual", Family::resize, enlarged));
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
    for (auto* cases : {conv_cases, depthwise_cases, pool_cases, eltwise_cases, concat_cases,
                        resize_cases, gap_cases})
        for (StepCase& one : cases()) all.push_back(std::move(one));
    return all;
}

}  // namespace slimbench::testing
