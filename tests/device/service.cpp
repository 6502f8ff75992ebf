// What the worker's service answers before, instead of and after measuring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "host/run/worker.h"
#include "tests/device/residual_network.h"
#include "tests/device/test_device.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

void no_progress(const std::string&, std::size_t, std::size_t) {}

PrepareRequest request_for(Network network, Precision precision) {
    PrepareRequest request;
    request.identity.network = network.name;
    request.identity.precision = traits(precision).name;
    request.precision = precision;
    request.network = std::move(network);
    return request;
}

std::int64_t peak_resident_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            std::int64_t kib = 0;
            status >> kib;
            return kib;
        }
    return 0;
}

class DeviceService : public ::testing::Test {
protected:
    TemporaryFolder cache_;
    ScopedVariable kept_in_{"SLIMBENCH_CACHE_DIR", cache_.path()};
    std::unique_ptr<WorkerService> service_ = device_service("cpu");
};

TEST_F(DeviceService, skips_what_cannot_fit_and_allocates_nothing) {
    NetworkBuilder huge({65536, 3, 512, 512});
    huge.conv("conv", 0, 64);
    for (const Precision precision : all_precisions) {
        const std::int64_t before = peak_resident_kib();
        const ResultRecord record =
            service_->prepare(request_for(huge.build(), precision), no_progress);
        EXPECT_EQ(record.status, Status::skipped);
        EXPECT_THAT(record.reason, MatchesRegex(".*needs.*[0-9]+ bytes.*[0-9]+ bytes.*"));
        EXPECT_FALSE(record.measurement);
        EXPECT_LT(peak_resident_kib() - before, 64 * 1024);
    }
}

TEST_F(DeviceService, names_every_refusing_kernel_where_none_is_left) {
    NetworkBuilder grouped({1, 12, 7, 7});
    Conv conv = strided_conv(12, 3, "weights");
    conv.problem.groups = 3;
    grouped.add("conv", conv, {0});
    PrepareRequest request = request_for(grouped.build(), Precision::fp32);
    request.kernel = "conv_winograd";
    const ResultRecord record = service_->prepare(request, no_progress);
    EXPECT_EQ(record.status, Status::unsupported);
    EXPECT_THAT(record.reason, HasSubstr("conv_plain.fp32: its name does not contain"));
}

TEST_F(DeviceService, measures_nothing_that_was_not_prepared) {
    EXPECT_THROW(service_->measure({}), std::logic_error);
    service_->prepare(request_for(residual_network(), Precision::fp32), no_progress);
    service_->release();
    EXPECT_THROW(service_->measure({}), std::logic_error);
}

// Layer rows run a step on what the steps before it left, in whatever order they are asked for.
TEST_F(DeviceService, measures_rows_in_any_order) {
    const Network network = residual_network();
    const ResultRecord prepared =
        service_->prepare(request_for(network, Precision::int8), no_progress);
    ASSERT_EQ(prepared.status, Status::measured) << prepared.reason;
    MeasureRequest request;
    request.protocol = {.warm_up = 0.001, .min_time = 0.001, .min_samples = 10, .time_limit = 60};
    request.kind = RowKind::layer;
    for (const std::size_t step : {std::size_t{4}, std::size_t{1}, std::size_t{7}}) {
        request.step = step;
        const ResultRecord record = service_->measure(request);
        EXPECT_EQ(record.status, Status::measured) << record.reason;
        EXPECT_EQ(record.identity.layer, network.nodes[fuse(network)[step].nodes.front()].name);
        EXPECT_GE(record.measurement->device.size(), 10u);
    }
    request.kind = RowKind::forward;
    const ResultRecord forward = service_->measure(request);
    EXPECT_EQ(forward.status, Status::measured) << forward.reason;
    EXPECT_EQ(forward.steps.size(), fuse(network).size());
    for (const StepRecord& step : forward.steps)
        EXPECT_EQ(step.samples.size(), forward.measurement->device.size());
}

}  // namespace
}  // namespace slimbench::testing
