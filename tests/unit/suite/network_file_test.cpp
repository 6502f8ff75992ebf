// The language of network files, and what it says to mistakes.
#include "host/suite/network_file.h"
#include "host/suite/width_multiplier.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// A whole file around some layers.
json file_with(const std::string& layers, const std::string& templates = "{}") {
    return {{"name", "test"},
            {"about", "for a test"},
            {"input", {{"channels", 3}, {"height", 32}, {"width", 32}}},
            {"classes", 10},
            {"templates", json::parse(templates)},
            {"layers", json::parse(layers)}};
}

Network expand(const json& file) {
    return expand_network(file, "test.json", {});
}

std::vector<std::string> node_names(const Network& network) {
    std::vector<std::string> names;
    for (const Node& node : network.nodes) names.push_back(node.name);
    return names;
}

const Conv& conv_of(const Network& network, std::size_t node) {
    return std::get<Conv>(network.nodes.at(node).operation);
}

TEST(NetworkFile, layers_read_the_one_before_and_pad_by_half_the_kernel) {
    const Network network = expand(file_with(R"([
        {"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 5},
        {"name": "b", "block": "b", "op": "conv", "expand": 2, "kernel": [1, 3], "stride": 2}])"));
    EXPECT_EQ(network.nodes[1].inputs, (std::vector<TensorId>{network.nodes[0].output}));
    EXPECT_EQ(conv_of(network, 0).problem.pad, Padding::all(2));
    EXPECT_EQ(conv_of(network, 1).problem.filters, 16);
    EXPECT_EQ(network.tensors[network.scores].shape, (TensorShape{1, 16, 16, 16}));
}

TEST(NetworkFile, templates_repeat_under_their_instances_names) {
    const Network network = expand(file_with(
        R"([{"name": "part$i", "block": "b$i", "for": {"i": [1, 2], "width": [4, 8]},
             "use": "pair", "with": {"width": "$width"}}])",
        R"({"pair": {"parameters": ["width"], "layers": [
            {"name": "x", "op": "conv", "filters": "$width", "kernel": 1},
            {"name": "y", "op": "conv", "filters": "$width", "kernel": 1},
            {"name": "sum", "op": "add", "of": ["x", "y"]}]}})"));
    EXPECT_THAT(node_names(network),
                ElementsAre("part1.x", "part1.y", "part1.sum", "part2.x", "part2.y", "part2.sum"));
    EXPECT_EQ(conv_of(network, 3).problem.filters, 8);
    EXPECT_EQ(network.nodes[3].inputs[0], network.nodes[2].output);
    EXPECT_EQ(network.nodes[3].block, "b2");
}

TEST(NetworkFile, shared_weights_drop_the_scope_and_own_norms_keep_it) {
    const Network network = expand(file_with(R"([
        {"name": "level$level", "level": "$level", "for": {"level": [0, 1]}, "from": "image",
         "share_weights": true, "block": "b",
         "layers": [{"name": "part", "layers": [
            {"name": "x", "op": "conv", "filters": 4, "kernel": 1, "norm": true},
            {"name": "y", "op": "conv", "filters": 4, "kernel": 1, "norm": "own"}]}]},
        {"name": "sum", "block": "b", "op": "add", "of": ["level0.part.y", "level1"]}])"));
    EXPECT_EQ(conv_of(network, 2).weights, "part.x");
    EXPECT_EQ(conv_of(network, 2).norm, "part.x.norm");
    EXPECT_EQ(conv_of(network, 3).weights, "part.y");
    EXPECT_EQ(conv_of(network, 3).norm, "level1.part.y.norm");
    EXPECT_EQ(network.nodes[3].level, 1);
    EXPECT_FALSE(network.nodes[4].level);
}

TEST(NetworkFile, input_means_what_the_innermost_group_reads) {
    const Network network = expand(file_with(R"([
        {"name": "a", "block": "b", "op": "conv", "filters": 4, "kernel": 1},
        {"block": "b", "layers": [
            {"name": "c", "op": "conv", "filters": 4, "kernel": 1},
            {"name": "sum", "op": "add", "of": ["input", "c"], "activation": "relu"}]}])"));
    EXPECT_EQ(network.nodes[2].inputs[0], network.nodes[0].output);
}

TEST(NetworkFile, every_operation_reads) {
    const Network network = expand(file_with(R"([
        {"name": "d", "block": "b", "op": "depthwise", "kernel": 3, "activation": "relu6"},
        {"name": "m", "block": "b", "op": "max_pool", "kernel": 2, "stride": 2},
        {"name": "v", "block": "b", "op": "average_pool", "kernel": 3, "pad": [0, 1, 0, 1]},
        {"name": "r", "block": "b", "op": "resize", "filter": "bicubic", "factor": [3, 2]},
        {"name": "l", "block": "b", "op": "resize", "filter": "bilinear", "like": "image"},
        {"name": "c", "block": "b", "op": "concat", "of": ["l", "image"]},
        {"name": "p", "block": "b", "op": "average_pool", "grid": [2, 4]},
        {"name": "n", "block": "b", "op": "norm", "activation": "relu"},
        {"name": "t", "block": "b", "op": "activation", "activation": "relu6"},
        {"name": "g", "block": "b", "op": "global_average_pool"},
        {"name": "f", "block": "b", "op": "fc", "filters": "$classes", "bias": true}])"));
    std::vector<std::string> kinds;
    for (const Node& node : network.nodes) kinds.emplace_back(kind_name(node.operation));
    EXPECT_THAT(kinds,
                ElementsAre("depthwise", "max_pool", "average_pool", "resize", "resize", "concat",
                            "average_pool", "affine", "affine", "global_average_pool", "fc"));
    EXPECT_EQ(activation_of(network.nodes[8].operation), Activation::relu6);
    EXPECT_EQ(network.tensors[network.scores].shape, (TensorShape{1, 10, 1, 1}));
}

struct BrokenLayers {
    const char* layers;
    const char* place;
    const char* complaint;
};

TEST(NetworkFile, mistakes_in_layers_name_file_place_and_what_is_allowed) {
    const BrokenLayers cases[]{
        {R"([])", "$.layers", "at least one layer"},
        {R"([{"name": "a", "op": "conv", "filters": 8, "kernel": 3}])", "$.layers[0]",
         "in no block"},
        {R"([{"name": "a", "block": "b", "op": "convolution"}])", "$.layers[0].op",
         "expected one of \"conv\", \"depthwise\""},
        {R"([{"name": "a", "block": "b"}])", "$.layers[0]", "'op', 'use', 'layers'"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 3, "strides": 2}])",
         "$.layers[0]", "unknown key 'strides', allowed are: name, op"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": "8", "kernel": 3}])",
         "$.layers[0].filters", "expected a whole number from 1 to 1000000, found \"8\""},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 0}])",
         "$.layers[0].kernel", "from 1 to"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": [3]}])",
         "$.layers[0].kernel", "a number or [height, width]"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "expand": 2, "kernel": 3}])",
         "$.layers[0]", "either 'filters' or 'expand'"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8}])", "$.layers[0]",
         "the key 'kernel' is missing"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 99, "pad": 0}])",
         "$.layers[0]", "kernel of extent 99 does not fit"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 1, "groups": 2}])",
         "$.layers[0]", "2 groups must divide 3 input channels"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 1,
             "norm": "mine"}])",
         "$.layers[0].norm", "true, false or \"own\""},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 1,
             "activation": "gelu"}])",
         "$.layers[0].activation", "expected one of \"none\", \"relu\", \"relu6\""},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": "$widht", "kernel": 1}])",
         "$.layers[0].filters", "'$widht' is not a parameter here, known are: $classes"},
        {R"([{"name": "a", "block": "b", "op": "add", "of": ["image"]}])", "$.layers[0].of",
         "expected two names"},
        {R"([{"name": "a", "block": "b", "op": "add", "of": ["image", "imgae"]}])",
         "$.layers[0].of[1]", "no layer 'imgae' above this one, did you mean image?"},
        {R"([{"name": "a", "block": "b", "op": "concat", "of": ["image"]}])", "$.layers[0].of",
         "expected two names"},
        {R"([{"name": "a", "block": "b", "op": "average_pool"}])", "$.layers[0]",
         "either 'kernel' or 'grid'"},
        {R"([{"name": "a", "block": "b", "op": "average_pool", "grid": 2, "stride": 2}])",
         "$.layers[0]", "unknown key 'stride', allowed are: name, op, from, block, grid"},
        {R"([{"name": "a", "block": "b", "op": "conv", "filters": 8, "kernel": 1,
             "scaling": "up"}])",
         "$.layers[0].scaling", "this network has no 'width_multiplier'"},
        {R"([{"name": "a", "block": "b", "op": "resize", "filter": "bilinear"}])", "$.layers[0]",
         "either 'factor' or 'like'"},
        {R"([{"name": "a", "block": "b", "op": "fc", "filters": 8}])", "$.layers[0]",
         "needs a 1x1 image"},
        {R"([{"name": "a", "block": "b", "op": "activation", "activation": "none"}])",
         "$.layers[0].activation", "\"relu\", \"relu6\""},
        {R"([{"name": "a", "block": "b", "op": "max_pool", "kernel": 2, "pad": 2}])", "$.layers[0]",
         "smaller than the pooling window"},
        {R"([{"name": "input", "block": "b", "op": "global_average_pool"}])", "$.layers[0]",
         "'input' means what a group reads"},
        {R"([{"name": "a", "block": "b", "op": "global_average_pool"},
             {"name": "a", "block": "b", "op": "global_average_pool"}])",
         "$.layers[1]", "the name 'a' is taken"},
        {R"([{"name": "a", "block": "b", "op": "global_average_pool"},
             {"name": "c", "from": "image", "block": "b", "op": "global_average_pool"}])",
         "$", "nobody reads the output of layer 'a'"},
        {R"([{"use": "pear"}])", "$.layers[0].use", "no template 'pear', did you mean pair?"},
        {R"([{"use": "pair"}])", "$.layers[0]", "'with' lacks the template's parameter 'width'"},
        {R"([{"use": "pair", "with": {"width": 3, "depth": 4}}])", "$.layers[0].with.depth",
         "it has: width"},
        {R"([{"use": "endless"}])", "$.templates.endless.layers[0]", "uses itself without end"},
        {R"([{"use": "pair", "with": {"width": 3}, "layers": []}])", "$.layers[0]",
         "either 'use' or 'layers'"},
        {R"([{"for": {"i": [1, 2], "j": [1]}, "layers": []}])", "$.layers[0].for.j",
         "expected 2 values as in the other lists"},
        {R"([{"for": {"i": 3}, "layers": []}])", "$.layers[0].for.i", "expected a list"},
        {R"([{"block": "b", "layers": [{"name": "a", "op": "conv"}]}])", "$.layers[0].layers[0]",
         "is missing"},
        {R"([3])", "$.layers[0]", "'op', 'use', 'layers'"},
    };
    const char* templates = R"({
        "pair": {"parameters": ["width"], "layers": [
            {"name": "x", "block": "b", "op": "conv", "filters": "$width", "kernel": 1}]},
        "endless": {"parameters": [], "layers": [{"use": "endless"}]}})";
    for (const BrokenLayers& broken : cases)
        EXPECT_THAT([&] { expand(file_with(broken.layers, templates)); },
                    ThrowsMessage<std::runtime_error>(
                        AllOf(HasSubstr(std::string("test.json: ") + broken.place + ":"),
                              HasSubstr(broken.complaint))))
            << broken.layers;
}

TEST(NetworkFile, mistakes_at_the_top_are_named) {
    const char* layers = R"([{"name": "a", "block": "b", "op": "global_average_pool"}])";
    json extra = file_with(layers), nameless = file_with(layers), narrow = file_with(layers),
         astray = file_with(layers);
    extra["authors"] = "me";
    nameless.erase("name");
    narrow["input"]["width"] = 0;
    astray["prunings"] = {{"all", {"c"}}};
    EXPECT_THAT([&] { expand(extra); }, ThrowsMessage<std::runtime_error>(
                                            HasSubstr("unknown key 'authors', allowed are: name")));
    EXPECT_THAT([&] { expand(nameless); },
                ThrowsMessage<std::runtime_error>(HasSubstr("the key 'name' is missing")));
    EXPECT_THAT([&] { expand(narrow); }, ThrowsMessage<std::runtime_error>(
                                             HasSubstr("$.input.width: expected a whole number")));
    EXPECT_THAT([&] { expand(astray); },
                ThrowsMessage<std::runtime_error>(
                    HasSubstr("$.prunings.all[0]: no layer is in a block 'c', blocks are: b")));
    EXPECT_THAT([&] { expand(json::array()); },
                ThrowsMessage<std::runtime_error>(HasSubstr("$: expected an object")));
}

// Each level uses the next one twice: 2^31 layers of two kilobytes of text.
TEST(NetworkFile, templates_that_double_end_with_the_place) {
    json templates = json::object();
    for (int level = 0; level < 31; ++level) {
        const json next{{"use", fmt::format("t{}", level + 1)}};
        json first = next, second = next;
        first["name"] = "a";
        second["name"] = "b";
        templates[fmt::format("t{}", level)] = {{"parameters", json::array()},
                                                {"layers", {first, second}}};
    }
    templates["t31"] = {{"parameters", json::array()},
                        {"layers", {{{"name", "p"}, {"op", "max_pool"}, {"kernel", 1}}}}};
    EXPECT_THAT(
        [&] { expand(file_with(R"([{"block": "b", "use": "t0"}])", templates.dump())); },
        ThrowsMessage<std::runtime_error>(
            AllOf(HasSubstr("test.json: $.templates.t31.layers[0]: "), HasSubstr("10000 layers"))));
}

TEST(NetworkFile, values_that_double_end_with_the_place) {
    json templates = json::object();
    for (int level = 0; level < 25; ++level)
        templates[fmt::format("t{}", level)] = {
            {"parameters", {"x"}},
            {"layers",
             {{{"use", fmt::format("t{}", level + 1)}, {"with", {{"x", {"$x", "$x"}}}}}}}};
    EXPECT_THAT(
        [&] {
            expand(
                file_with(R"([{"block": "b", "use": "t0", "with": {"x": 1}}])", templates.dump()));
        },
        ThrowsMessage<std::runtime_error>(
            AllOf(HasSubstr("test.json: $.templates.t"), HasSubstr("more than a million values"))));
}

TEST(WidthMultiplier, scales_filters_but_what_the_file_leaves_out) {
    json file = file_with(R"([
        {"name": "a", "block": "b", "op": "conv", "filters": 10, "kernel": 1},
        {"name": "e", "block": "b", "op": "conv", "expand": 3, "kernel": 1},
        {"name": "n", "block": "b", "op": "conv", "filters": 10, "kernel": 1, "scaling": "none"},
        {"name": "u", "block": "b", "op": "conv", "filters": 10, "kernel": 1, "scaling": "up"},
        {"name": "g", "block": "b", "op": "global_average_pool"},
        {"name": "f", "block": "b", "op": "fc", "filters": "$classes"}])");
    file["width_multiplier"] = json::object();
    const auto widths = [&](double width) {
        const Network network = expand_network(file, "test.json", {.width = width});
        std::vector<std::int64_t> channels;
        for (const Node& node : network.nodes)
            channels.push_back(network.tensors[node.output].shape.channels);
        return channels;
    };
    EXPECT_THAT(widths(1), ElementsAre(10, 30, 10, 10, 10, 10));
    EXPECT_THAT(widths(0.5), ElementsAre(5, 15, 10, 10, 10, 10));
    EXPECT_THAT(widths(1.5), ElementsAre(15, 45, 10, 15, 15, 10));
}

TEST(WidthMultiplier, rounds_as_the_file_says) {
    const WidthRule nearest{}, down{.down = true, .least = 8},
        v2{.multiple_of = 8, .least = 8, .never_below = 0.9};
    EXPECT_EQ(scaled_width(10, 0.25, nearest), 3);
    EXPECT_EQ(scaled_width(10, 0.25, {.down = true}), 2);
    EXPECT_EQ(scaled_width(10, 0.25, down), 8);
    EXPECT_EQ(scaled_width(32, 1.4, down), 44);
    EXPECT_EQ(scaled_width(24, 0.75, v2), 24);  // 18 rounds to 16, which is below 16.2
    EXPECT_EQ(scaled_width(32, 0.35, v2), 16);  // 11.2 rounds to 8, which is below 10.08
    EXPECT_EQ(scaled_width(16, 0.35, v2), 8);
    EXPECT_EQ(scaled_width(64, 1.4, v2), 88);
    EXPECT_EQ(scaled_width(20, 1, v2), 20);
}

TEST(WidthMultiplier, is_refused_where_the_file_has_none_and_where_it_makes_no_sense) {
    EXPECT_THAT([] { load_network("resnet18", {.width = 0.5}); },
                ThrowsMessage<std::runtime_error>(
                    HasSubstr("network 'resnet18' has no 'width_multiplier'")));
    json file = file_with(R"([{"name": "a", "block": "b", "op": "global_average_pool"}])");
    file["width_multiplier"] = {{"rounding", "up"}};
    EXPECT_THAT([&] { expand(file); },
                ThrowsMessage<std::runtime_error>(HasSubstr(
                    "$.width_multiplier.rounding: expected one of \"nearest\", \"down\"")));
}

TEST(NetworkFile, features_have_no_classes_to_ask_for) {
    json file = file_with(R"([{"name": "a", "block": "b", "op": "global_average_pool"}])");
    file.erase("classes");
    file["features"] = true;
    EXPECT_TRUE(expand(file).features);
    EXPECT_THAT([&] { expand_network(file, "test.json", {.classes = 5}); },
                ThrowsMessage<std::runtime_error>(HasSubstr("has no 'classes'")));
}

TEST(LoadNetwork, unknown_names_bring_near_ones) {
    EXPECT_THAT([] { load_network("mobilnet_v2"); },
                ThrowsMessage<std::runtime_error>(
                    AllOf(HasSubstr("unknown network 'mobilnet_v2': did you mean mobilenet_v2"))));
    EXPECT_THAT(
        [] { load_network("zebra"); },
        ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("known are: "), HasSubstr("resnet18"))));
}

TEST(LoadNetwork, a_path_reads_that_file_and_syntax_errors_name_the_line) {
    const std::string path =
        fmt::format("{}slimbench_network_{}.json", testing::TempDir(), getpid());
    std::ofstream(path) << file_with(
        R"([{"name": "a", "block": "b", "op": "global_average_pool"}])");
    EXPECT_EQ(load_network(path).name, "test");
    std::ofstream(path) << "{\n\n  \"name\": }";
    EXPECT_THAT([&] { load_network(path); },
                ThrowsMessage<std::runtime_error>(HasSubstr(path + ":3:")));
    std::filesystem::remove(path);
    EXPECT_THAT([&] { load_network(path); },
                ThrowsMessage<std::runtime_error>(HasSubstr("No such file")));
}

TEST(LoadNetwork, sizes_that_do_not_add_up_name_the_layer_and_the_image) {
    EXPECT_THAT(
        [] {
            load_network("swiftnet_rn34_pyramid", {.size = Size{33, 35}});
        },
        ThrowsMessage<std::runtime_error>(
            AllOf(HasSubstr("node 'sum16'"), HasSubstr("the image is 33x35"))));
}

}  // namespace
}  // namespace slimbench
