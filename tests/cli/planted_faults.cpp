// Kernels that compute wrong, abort or hang: what a run says of them and what it still measures.
#include <fstream>
#include <sstream>

#include "tests/cli/fixture.h"
#include "tests/support/planted_kernels.h"

namespace slimbench::testing {
namespace {

// Pooling alone is struck: of the two networks one is lost.
class PlantedPool : public CliTest {
protected:
    void plant(const std::string& statement) {
        const std::string head = "KERNEL pool(STEP_ARGUMENTS) {";
        kernels_.replace("pool.cl", head, head + "\n    " + statement);
    }

    Finished run_both() const {
        return run(short_run({tiny_, unpooled_, "--precision", "fp32"}),
                   {{"SLIMBENCH_KERNEL_DIR", kernels_.folder()}});
    }

    void expect_lost(const Finished& finished, Status status, const std::string& reason) const {
        EXPECT_EQ(finished.exit_code, 5) << finished.err;
        ASSERT_EQ(records().size(), 2u);
        EXPECT_EQ(records()[0].status, status) << records()[0].reason;
        EXPECT_THAT(records()[0].reason, HasSubstr(reason));
        EXPECT_FALSE(records()[0].measurement);
        EXPECT_EQ(records()[1].status, Status::measured) << records()[1].reason;
        expect_valid({journal()});
    }

    PlantedKernels kernels_;
};

TEST_F(PlantedPool, that_traps_costs_its_workload_alone) {
    plant("__builtin_trap();");
    expect_lost(run_both(), Status::crashed, "signal 4");
}

TEST_F(PlantedPool, that_aborts_costs_its_workload_alone) {
#if !defined(__x86_64__)
    GTEST_SKIP() << "calls abort() by x86 assembly";
#endif
    plant("__asm__ volatile(\"call abort@PLT\");");
    expect_lost(run_both(), Status::crashed, "signal 6");
}

constexpr const char* endless = "while (args.groups != -1) *(volatile global ELEMENT*)output = 1;";

// Each has a limit of its own: a busy machine may take long over the healthy one.
TEST_F(PlantedPool, that_hangs_costs_its_workload_alone) {
    plant(endless);
    const std::string suite = write("suite.json", R"({"name": "both", "about": "one hangs",
        "runs": [{"network": "tiny.json", "protocol": {"time_limit": 3}},
                 {"network": "unpooled.json", "protocol": {"time_limit": 300}}]})");
    expect_lost(run(short_run({suite, "--precision", "fp32"}),
                    {{"SLIMBENCH_KERNEL_DIR", kernels_.folder()}}),
                Status::timed_out, "limit of 3 s");
}

TEST_F(PlantedPool, that_hangs_is_given_up_after_the_time_limit_option) {
    plant(endless);
    const Finished finished = run(short_run({tiny_, "--precision", "fp32", "--time-limit", "2"}),
                                  {{"SLIMBENCH_KERNEL_DIR", kernels_.folder()}});
    EXPECT_EQ(finished.exit_code, 5) << finished.err;
    ASSERT_EQ(records().size(), 1u);
    EXPECT_EQ(records()[0].status, Status::timed_out);
    EXPECT_THAT(records()[0].reason, HasSubstr("limit of 2 s"));
}

TEST_F(PlantedPool, that_does_not_compile_costs_its_workload_alone) {
    plant("no such statement;");
    expect_lost(run_both(), Status::failed, "pool.cl");
}

class PlantedWrongKernel : public PlantedPool {
protected:
    static std::string text_of(const std::string& path) {
        std::ifstream file(path);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }
};

TEST_F(PlantedWrongKernel, is_incorrect_and_publishes_no_speed) {
    // The cache holds verdicts of the right kernels then, and none of them may be believed.
    ASSERT_EQ(run(short_run({tiny_, unpooled_, "--precision", "fp32"})).exit_code, 0);
    kernels_.replace("pool.cl", "candidate > best ? candidate : best", "candidate");
    const Finished finished = run_both();
    EXPECT_EQ(finished.exit_code, 4) << finished.err;
    ASSERT_EQ(records().size(), 2u);
    const ResultRecord wrong = records()[0];
    EXPECT_EQ(wrong.status, Status::incorrect);
    EXPECT_THAT(wrong.reason, HasSubstr("wrong output"));
    EXPECT_EQ(wrong.verdict.result, Verdict::Result::incorrect);
    EXPECT_FALSE(to_json(wrong).contains("summary"));
    expect_valid({journal()});
    EXPECT_EQ(records()[1].status, Status::measured);
    EXPECT_THAT(finished.out, HasSubstr("incorrect"));
    EXPECT_THAT(text_of(out() + "/report.md"), HasSubstr("incorrect"));
}

TEST_F(PlantedWrongKernel, outweighs_a_crash_in_the_exit_code) {
    plant("if (args.mode == 1) __builtin_trap();");
    kernels_.replace("pool.cl", "candidate > best ? candidate : best", "candidate");
    const std::string maximum =
        write("maximum.json", R"({"name": "maximum", "about": "one pool", "classes": 2,
        "input": {"channels": 3, "height": 16, "width": 16},
        "layers": [{"block": "body", "layers": [
            {"name": "pool", "op": "max_pool", "kernel": 3, "stride": 2}]}]})");
    const Finished finished = run(short_run({tiny_, maximum, "--precision", "fp32"}),
                                  {{"SLIMBENCH_KERNEL_DIR", kernels_.folder()}});
    EXPECT_EQ(finished.exit_code, 4) << finished.err;
    ASSERT_EQ(records().size(), 2u);
    EXPECT_EQ(records()[0].status, Status::crashed);
    EXPECT_EQ(records()[1].status, Status::incorrect);
}

}  // namespace
}  // namespace slimbench::testing
