// What the shipped suites promise in their names.
#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/suite/network_file.h"
#include "host/suite/suite_file.h"

namespace slimbench {
namespace {

using testing::ElementsAre;

TEST(ShippedSuites, standard_measures_every_network_in_every_precision) {
    const Suite suite = load_suite("standard");
    for (const NetworkEntry& network : shipped_networks())
        for (const Precision precision : all_precisions)
            EXPECT_TRUE(std::ranges::any_of(suite.workloads, [&](const Workload& workload) {
                return workload.network_name == network.name && workload.precision == precision;
            })) << network.name;
}

TEST(ShippedSuites, batch_goes_from_1_to_128) {
    const Suite suite = load_suite("batch", {.precisions = {Precision::fp32}});
    std::map<std::string, std::vector<std::int64_t>> batches;
    for (const Workload& workload : suite.workloads)
        batches[workload.network_name].push_back(workload.batch);
    EXPECT_EQ(batches.size(), 4u);
    for (const auto& [network, sizes] : batches)
        EXPECT_THAT(sizes, ElementsAre(1, 8, 32, 128)) << network;
}

TEST(ShippedSuites, pruning_goes_down_in_eighths) {
    const Suite suite = load_suite("pruning", {.precisions = {Precision::fp32}});
    std::map<std::string, std::vector<std::string>> kept;
    for (const Workload& workload : suite.workloads)
        kept[workload.network_name].push_back(workload.pruning.text());
    EXPECT_EQ(kept.size(), 3u);
    for (const auto& [network, prunings] : kept)
        EXPECT_THAT(prunings, ElementsAre("none", "all@0.875", "all@0.75", "all@0.625", "all@0.5",
                                          "all@0.375", "all@0.25"))
            << network;
}

TEST(ShippedSuites, none_takes_fewer_than_ten_samples) {
    for (const SuiteEntry& entry : shipped_suites())
        for (const Workload& workload : load_suite(entry.name).workloads)
            EXPECT_GE(workload.protocol.min_samples, 10) << workload.id();
}

}  // namespace
}  // namespace slimbench
