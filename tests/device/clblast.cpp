// Convolutions through CLBlast: chains, chunks, planted mistakes, and a worker that prefers it. Odd
// shapes are among those of every row of the registry (registry_rows.cpp). Channels are few and
// products small, so that CLBlast compiles one kernel, once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/run/worker.h"
#include "tests/device/residual_network.h"
#include "tests/device/test_device.h"
#include "tests/support/planted_kernels.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/problem/small_networks.h"

namespace slimbench::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

void no_progress(const std::string&, std::size_t, std::size_t) {}

Plan through_clblast(const NumericProblem& problem) {
    return plan_network(problem.network, problem.steps, Precision::fp32, test_device().traits(),
                        {.only = "clblast"});
}

std::size_t products_in(const Plan& plan) {
    return static_cast<std::size_t>(std::ranges::count_if(
        plan.steps, [](const PlannedStep& step) { return step.gemm.has_value(); }));
}

TEST(Clblast, computes_the_convolutions_of_a_chain_within_their_bounds) {
    const NumericProblem problem = numeric_problem(residual_network(), Precision::fp32);
    ProgramCache programs(test_device());
    VerifiedChain<float> chain(test_device(), programs, problem, through_clblast(problem));
    EXPECT_GT(products_in(chain.plan()), 3u);
    for (const Verdict& verdict : verify_all(chain))
        EXPECT_EQ(verdict.result, Verdict::Result::correct) << verdict.worst_at;
    const ChainTimes times = chain.chain().run();
    EXPECT_TRUE(chain.output_unchanged());
    ASSERT_EQ(times.launches.size(), chain.plan().steps.size());
    for (const LaunchTime& step : times.launches) EXPECT_GT(step.end_ns, step.start_ns);
    EXPECT_LT(times.device(), 1.001 * times.host) << "they have clocks of their own";
}

TEST(Clblast, multiplies_in_chunks_what_is_too_large_to_gather_at_once) {
    NetworkBuilder net({2, 13, 21, 17});
    net.conv("second", net.conv("first", 0, 21, Activation::relu), 7);
    const NumericProblem problem = numeric_problem(net.build(), Precision::fp32);
    Plan plan = through_clblast(problem);
    for (PlannedStep& step : plan.steps) step.gemm->chunk = 100;
    ASSERT_EQ(plan.steps[0].gemm->chunks().size(), 8u);
    ProgramCache programs(test_device());
    VerifiedChain<float> chain(test_device(), programs, problem, plan);
    for (const Verdict& verdict : verify_all(chain))
        EXPECT_EQ(verdict.result, Verdict::Result::correct) << verdict.worst_at;
}

TEST(Clblast, is_not_believed_either) {
    PlantedKernels kernels;
    kernels.replace("im2col.cl", "x * args.stride_width - args.pad_left",
                    "x * args.stride_width + (pixel == 77) - args.pad_left");
    const ScopedVariable folder("SLIMBENCH_KERNEL_DIR", kernels.folder());
    NetworkBuilder net({1, 8, 11, 9});
    net.conv("conv", 0, 7);
    const NumericProblem problem = numeric_problem(net.build(), Precision::fp32);
    ProgramCache programs(test_device());
    VerifiedChain<float> chain(test_device(), programs, problem, through_clblast(problem));
    const Verdict verdict = verify_all(chain).front();
    EXPECT_EQ(verdict.result, Verdict::Result::incorrect);
    EXPECT_THAT(verdict.worst_at, HasSubstr("y8 x5")) << "pixel 77 of rows of 9";
}

PrepareRequest request_for(Network network, Precision precision) {
    PrepareRequest request;
    request.identity.network = network.name;
    request.identity.precision = traits(precision).name;
    request.precision = precision;
    request.network = std::move(network);
    return request;
}

// A dense convolution, then a depthwise one.
Network separable() {
    NetworkBuilder net({1, 8, 11, 9});
    const TensorId dense = net.conv("dense", 0, 12, Activation::relu);
    Conv depthwise;
    depthwise.problem.filters = depthwise.problem.groups = 12;
    depthwise.problem.kernel = {3, 3};
    depthwise.problem.pad = Padding::all(1);
    depthwise.weights = "depthwise";
    net.add("depthwise", depthwise, {dense});
    return net.build();
}

class ClblastService : public ::testing::Test {
protected:
    TemporaryFolder cache_;
    ScopedVariable kept_in_{"SLIMBENCH_CACHE_DIR", cache_.path()};
    std::unique_ptr<WorkerService> service_ = device_service("cpu", "clblast");
};

TEST_F(ClblastService, measures_what_clblast_computes_and_says_of_the_rest_that_it_does_not) {
    const ResultRecord prepared =
        service_->prepare(request_for(separable(), Precision::fp32), no_progress);
    ASSERT_EQ(prepared.status, Status::measured) << prepared.reason;
    EXPECT_GT(prepared.start_up.build.value_or(0), 0);
    MeasureRequest request;
    request.protocol = {.warm_up = 0.001, .min_time = 0.001, .min_samples = 3, .time_limit = 60};
    request.kind = RowKind::layer;
    const ResultRecord dense = service_->measure(request);
    EXPECT_EQ(dense.status, Status::measured) << dense.reason;
    EXPECT_THAT(dense.steps.front().variant, HasSubstr("clblast"));
    EXPECT_EQ(dense.verdict.checked, dense.verdict.elements);
    request.step = 1;
    const ResultRecord depthwise = service_->measure(request);
    EXPECT_EQ(depthwise.status, Status::unsupported);
    EXPECT_EQ(depthwise.reason, "no kernel named 'clblast' computes depthwise in fp32");
    EXPECT_FALSE(depthwise.measurement);
}

TEST_F(ClblastService, prepares_nothing_that_it_would_not_compute) {
    const ResultRecord int8 =
        service_->prepare(request_for(separable(), Precision::int8), no_progress);
    EXPECT_EQ(int8.status, Status::unsupported);
    EXPECT_EQ(int8.reason, "no kernel named 'clblast' computes conv in int8");
    if (test_device().traits().can(Capability::half_arithmetic)) return;
    const ResultRecord fp16 =
        service_->prepare(request_for(separable(), Precision::fp16), no_progress);
    EXPECT_EQ(fp16.status, Status::unsupported);
    EXPECT_THAT(fp16.reason, HasSubstr("clblast_vector.fp16: needs half arithmetic"));
}

TEST_F(ClblastService, gives_up_what_would_outlast_the_time_limit) {
    PrepareRequest request = request_for(separable(), Precision::fp32);
    request.time_limit = 1e-6;
    const ResultRecord record = service_->prepare(request, no_progress);
    EXPECT_EQ(record.status, Status::skipped);
    EXPECT_THAT(record.reason,
                AllOf(HasSubstr("CLBlast would take about"), HasSubstr("the limit is 1e-06 s")));
    EXPECT_THROW(service_->measure({}), std::logic_error) << "nothing is kept loaded";
}

}  // namespace
}  // namespace slimbench::testing
