// Expanded networks travel as JSON without loss.
#include "host/problem/network_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

Network one_of_everything() {
    NetworkBuilder builder({2, 4, 16, 16});
    const TensorId a = builder.conv("a", 0, 4, Activation::relu6);
    const Pool pool{
        .kind = Pool::Kind::average, .kernel = {2, 3}, .stride = {2, 1}, .pad = {0, 1, 0, 1}};
    const TensorId pooled = builder.add("pool", pool, {a});
    const TensorId up = builder.add("up", Resize{.to = Resize::LikeTensor{"image"}}, {pooled});
    const TensorId sum = builder.add("sum", Add{Activation::relu}, {0, up});
    const TensorId joined = builder.add("joined", Concat{}, {sum, 0});
    Pool grid{.kind = Pool::Kind::average};
    grid.grid = Size{4, 16};
    const TensorId spread = builder.add("spread", grid, {joined});
    const TensorId half = builder.add(
        "half", Resize{.filter = Resize::Filter::bicubic, .to = Resize::Factor{1, 2}}, {spread});
    const TensorId norm = builder.add("norm", Affine{"n", Activation::relu}, {half});
    const TensorId mean = builder.add("mean", Pool{.kind = Pool::Kind::global_average}, {norm});
    builder.add("fc",
                Conv{.problem = {.filters = 7},
                     .weights = "fc",
                     .norm = {},
                     .bias = true,
                     .fully_connected = true},
                {mean});
    Network& network = builder.unchecked();
    network.prunings = {{"all", {"body"}}};
    network.features = true;
    network.nodes[0].level = 2;
    return builder.build();
}

TEST(NetworkJson, round_trip_loses_nothing) {
    const nlohmann::json json = to_json(one_of_everything());
    const Network read = network_from_json(nlohmann::json::parse(json.dump()));
    EXPECT_EQ(to_json(read), json);
    EXPECT_EQ(read.nodes.size(), one_of_everything().nodes.size());
    EXPECT_EQ(read.nodes[0].level, 2);
    EXPECT_FALSE(read.nodes[1].level);
    EXPECT_EQ(count(read).params, count(one_of_everything()).params);
}

TEST(NetworkJson, unknown_keys_are_ignored) {
    nlohmann::json json = to_json(one_of_everything());
    json["since"] = "tomorrow";
    json["nodes"][0]["conv"]["hint"] = 3;
    EXPECT_EQ(network_from_json(json).nodes.size(), one_of_everything().nodes.size());
}

TEST(NetworkJson, missing_and_wrong_values_are_named_by_place) {
    nlohmann::json json = to_json(one_of_everything());
    json["nodes"][0]["conv"].erase("filters");
    EXPECT_THAT([&] { network_from_json(json); },
                ThrowsMessage<std::runtime_error>(AllOf(
                    HasSubstr("$.nodes[0].conv"), HasSubstr("the key 'filters' is missing"))));
    json = to_json(one_of_everything());
    json["nodes"][1]["output"] = 99;
    EXPECT_THAT([&] { network_from_json(json); },
                ThrowsMessage<std::runtime_error>(
                    HasSubstr("$.nodes[1].output: expected a whole number from 0 to 10")));
    json = to_json(one_of_everything());
    json["nodes"][1].erase("pool");
    EXPECT_THAT(
        [&] { network_from_json(json); },
        ThrowsMessage<std::runtime_error>(HasSubstr("$.nodes[1]: expected one of the operations")));
}

TEST(NetworkJson, nodes_out_of_order_are_refused) {
    nlohmann::json json = to_json(one_of_everything());
    std::swap(json["nodes"][0], json["nodes"][1]);
    EXPECT_THAT(
        [&] { network_from_json(json); },
        ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("network: $"), HasSubstr("before it"))));
}

}  // namespace
}  // namespace slimbench
