// Which workloads take turns, and what their blocks of samples come to.
#include "host/run/turns.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/problem/small_networks.h"

namespace slimbench::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

class Turns : public ::testing::Test {
protected:
    Candidate& wait(const std::string& network, Precision precision, std::int64_t batch = 1) {
        Workload workload;
        workload.network_name = workload.network_source = network;
        workload.precision = precision;
        workload.batch = batch;
        workload.size = {32, 32};
        workloads_.push_back(std::move(workload));
        waiting_.push_back({&workloads_.back(), {Row{}}, {gib, gib, 0}});
        return waiting_.back();
    }

    // How many are measured in each turn.
    std::vector<std::size_t> sizes(const Room& room) const {
        std::vector<std::size_t> sizes;
        for (std::span<const Candidate> rest = waiting_; !rest.empty();) {
            sizes.push_back(turn_size(rest, room));
            rest = rest.subspan(sizes.back());
        }
        return sizes;
    }

    std::deque<Workload> workloads_;
    std::vector<Candidate> waiting_;
};

constexpr Room ample{100 * gib, 100 * gib, 0};

TEST_F(Turns, are_taken_by_precisions_and_prunings_of_a_network_batch_and_size) {
    wait("resnet18", Precision::fp32);
    wait("resnet18", Precision::int8);
    wait("resnet18", Precision::fp32, 8);
    wait("resnet18", Precision::int8, 8);
    wait("resnet34", Precision::int8, 8);
    wait("resnet34", Precision::fp32, 8);
    workloads_.back().size.width = 64;
    EXPECT_THAT(sizes(ample), ElementsAre(2, 2, 1, 1));
}

TEST_F(Turns, are_of_workloads_that_have_a_row_in_common) {
    for (const char* layer : {"one", "one", "another"}) {
        Row& row = wait("layer", Precision::fp32).rows.front();
        row.identity.kind = RowKind::layer;
        row.identity.layer = layer;
    }
    EXPECT_THAT(sizes(ample), ElementsAre(2, 1));
}

TEST_F(Turns, end_where_memory_does) {
    for (int i = 0; i < 5; ++i) wait("resnet18", Precision::fp32);
    EXPECT_THAT(sizes({2 * gib, 100 * gib, 0}), ElementsAre(2, 2, 1));
    EXPECT_THAT(sizes({100 * gib, 3 * gib, 0}), ElementsAre(3, 2));
    for (Candidate& candidate : waiting_) candidate.need.passing = gib / 2;
    EXPECT_THAT(sizes({100 * gib, 4 * gib, 0}), ElementsAre(3, 2)) << "two are prepared at a time";
}

TEST_F(Turns, leave_nobody_out_who_needs_more_than_there_is) {
    wait("resnet18", Precision::fp32);
    wait("resnet18", Precision::int8);
    EXPECT_THAT(sizes({0, 0, 0}), ElementsAre(1, 1));
}

TEST_F(Turns, have_a_largest_size) {
    for (int i = 0; i < 11; ++i) wait("resnet18", Precision::fp32);
    EXPECT_THAT(sizes(ample), ElementsAre(most_in_turn, 11 - most_in_turn));
}

TEST(TurnRoom, is_taken_by_each_worker_and_shared_by_a_cpu_and_its_host) {
    Workload workload;
    NetworkBuilder builder({1, 64, 32, 32});
    builder.conv("conv", 0, 64);
    workload.network = builder.build();
    DeviceTraits device;
    device.global_memory = 16 * gib;
    const Room gpu = room_needed(workload, device, {});
    EXPECT_GT(gpu.device, 0u);
    RunOptions with_peer;
    with_peer.peers = {"onednn"};
    EXPECT_EQ(room_needed(workload, device, with_peer).device, gpu.device) << "no chain";
    EXPECT_GT(room_needed(workload, device, with_peer).host, gpu.host);
    with_peer.peers = {"clblast"};
    EXPECT_EQ(room_needed(workload, device, with_peer).device, 2 * gpu.device);
    device.kind = DeviceKind::cpu;
    const Room cpu = room_needed(workload, device, {});
    EXPECT_EQ(cpu.device, 0u);
    EXPECT_GT(cpu.host, gpu.host);
    EXPECT_LT(cpu.host, gpu.host + gpu.device) << "no context of a GPU";
}

TEST(TurnRoom, is_half_of_what_there_is) {
    DeviceTraits device;
    device.global_memory = 16 * gib;
    EXPECT_EQ(room_for_turns(device, 4 * gib).device, 8 * gib);
    EXPECT_EQ(room_for_turns(device, 4 * gib).host, 2 * gib);
}

TEST(TurnRows, are_the_same_layer_in_the_same_state_of_the_caches) {
    RowIdentity one, other;
    one.precision = "fp32";
    other.precision = "int8";
    other.pruning = "all@0.5";
    EXPECT_TRUE(same_row(one, other));
    one.kind = other.kind = RowKind::layer;
    one.layer = other.layer = "conv1";
    EXPECT_TRUE(same_row(one, other));
    other.cache = CacheState::cold;
    EXPECT_FALSE(same_row(one, other));
    other.cache = CacheState::hot;
    other.layer = "conv2";
    EXPECT_FALSE(same_row(one, other));
}

TEST(TurnBlocks, share_time_and_samples_and_warm_up_in_full_once) {
    Protocol whole;
    whole.warm_up = 0.4;
    whole.min_time = 2;
    whole.min_samples = 10;
    const Protocol first = block_of(whole, 0), later = block_of(whole, 1);
    EXPECT_DOUBLE_EQ(first.warm_up, 0.4);
    EXPECT_DOUBLE_EQ(later.warm_up, 0.04);
    EXPECT_DOUBLE_EQ(first.min_time, 0.5);
    EXPECT_DOUBLE_EQ(later.min_time, 0.5);
    int samples = 0;
    for (int block = 0; block < blocks_of(whole); ++block) {
        samples += block_of(whole, block).min_samples;
        EXPECT_EQ(block_of(whole, block).max_samples, 500);
    }
    EXPECT_EQ(samples, 10);
    EXPECT_EQ(blocks_of(whole), 4);
    whole.min_samples = 3;
    EXPECT_EQ(blocks_of(whole), 3) << "none is empty";
    EXPECT_EQ(block_of(whole, 2).min_samples, 1);
}

ResultRecord block(std::vector<double> samples, std::vector<std::string> flags = {}) {
    ResultRecord record;
    record.status = Status::measured;
    record.steps.emplace_back().samples = samples;
    record.spans.push_back({0, "stem", 0, samples});
    record.upload = record.download = samples;
    record.measurement = Measurement{samples, samples, std::move(flags), 0.5, 0.25};
    return record;
}

TEST(TurnBlocks, become_one_record_with_all_samples_in_their_order) {
    ResultRecord record = block({1, 2}, {"coarse_timer"});
    const ResultRecord later = block({3}, {"coarse_timer", "throttled"});
    join(record, later);
    const Measurement& measured = *record.measurement;
    for (const std::vector<double>& samples :
         {measured.device, measured.host, record.steps[0].samples, record.spans[0].samples,
          record.upload, record.download})
        EXPECT_THAT(samples, ElementsAre(1, 2, 3));
    EXPECT_THAT(measured.flags, ElementsAre("coarse_timer", "throttled"));
    EXPECT_DOUBLE_EQ(*measured.warmup, 1);
    EXPECT_DOUBLE_EQ(*measured.sampling, 0.5);
    EXPECT_EQ(measured.blocks, 2);
}

TEST(TurnBlocks, tell_of_drift_over_all_of_them_and_not_within_one) {
    ResultRecord steady = block({1, 1, 1, 1, 1, 1}, {"trend"});
    join(steady, block({1, 1, 1, 1, 1, 1}, {"trend"}));
    EXPECT_THAT(steady.measurement->flags, IsEmpty());
    ResultRecord drifting = block({1, 1, 1, 1, 1, 1});
    join(drifting, block({2, 2, 2, 2, 2, 2}));
    EXPECT_THAT(drifting.measurement->flags, ElementsAre("trend"));
}

TEST(TurnBlocks, tell_that_others_had_the_processors_meanwhile) {
    ResultRecord record = block({1});
    ResultRecord disturbed = block({1});
    record.measurement->others = 0;
    disturbed.measurement->others = 0.7;
    join(record, disturbed);
    EXPECT_THAT(record.measurement->flags, IsEmpty()) << "0.7 of 1.5 seconds";
    join(record, disturbed);
    EXPECT_THAT(record.measurement->flags, ElementsAre("busy")) << "1.4 of 2.25 seconds";
}

TEST(TurnBlocks, that_are_wrong_make_the_row_wrong) {
    ResultRecord record = block({1});
    ResultRecord wrong = block({1});
    wrong.status = Status::incorrect;
    wrong.reason = "wrong output";
    wrong.verdict.result = Verdict::Result::incorrect;
    join(record, wrong);
    join(record, block({1}));
    EXPECT_EQ(record.status, Status::incorrect);
    EXPECT_EQ(record.reason, "wrong output");
    EXPECT_EQ(record.verdict.result, Verdict::Result::incorrect);
    EXPECT_EQ(record.measurement->blocks, 3);
}

}  // namespace
}  // namespace slimbench::testing
