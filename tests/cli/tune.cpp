// `slimbench tune`, and runs that take what it found.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "host/kernel/tier.h"
#include "tests/cli/fixture.h"
#include "tests/support/planted_kernels.h"

namespace slimbench::testing {
namespace {

class Tune : public CliTest {
protected:
    // Rows for narrower vectors are then tried beside the default ones.
    void SetUp() override {
        if (host_cpu_tier() < Tier::avx512)
            GTEST_SKIP() << "NOT TESTED: a CPU without AVX-512 has hardly a choice of variants";
    }

    static std::vector<std::string> tune(const std::string& network, const std::string& budget,
                                         const std::string& precision = "fp32") {
        return {"tune", network, "--device", "cpu", "--precision", precision, "--budget", budget};
    }

    std::string table() const { return folder_.path("cache/tuning.json"); }
    nlohmann::json entries() const {
        std::ifstream file(table());
        return nlohmann::json::parse(file).at("entries");
    }
    // Of the first entry whose step holds this.
    nlohmann::json entry_of(const std::string& operation) const {
        for (const nlohmann::json& entry : entries())
            if (entry.at("step").get<std::string>().find(operation) != std::string::npos)
                return entry;
        throw std::logic_error("nothing tried for " + operation);
    }

    // Rewrites the table as if a variant had taken that share of its default's time.
    void pretend(const std::string& variant, double share) const {
        nlohmann::json all = entries();
        bool found = false;
        for (nlohmann::json& entry : all)
            for (nlohmann::json& trial : entry.at("tried"))
                if (trial.at("variant") == variant) {
                    trial["median_ns"] = share * trial.at("default_median_ns").get<double>();
                    found = true;
                }
        if (!found) throw std::logic_error(variant + " was not tried");
        std::ofstream(table()) << nlohmann::json{{"schema", "slimbench-tuning-1"},
                                                 {"entries", all}};
    }

    StepRecord pool_of_run(const std::vector<std::string>& more = {},
                           const Environment& environment = {}) const {
        std::vector<std::string> arguments = short_run({tiny_, "--precision", "fp32"});
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Finished finished = run(arguments, environment);
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        expect_valid({journal()});
        const ResultRecord record = records().at(0);
        for (const StepRecord& step : record.steps)
            if (step.kind == "max_pool") return step;
        throw std::logic_error("no pooling");
    }
};

constexpr const char* narrow_pool = "pool_vector.fp32.avx2";
constexpr const char* usual_pool = "pool_vector.fp32.avx512";

TEST_F(Tune, found_variants_are_taken_by_runs_which_say_so) {
    const Finished tuned = run(tune(tiny_, "0.1"));
    ASSERT_EQ(tuned.exit_code, 0) << tuned.err;
    EXPECT_THAT(tuned.out, HasSubstr(table()));
    EXPECT_EQ(entry_of("max_pool").at("default"), usual_pool);

    pretend(narrow_pool, 0.5);
    EXPECT_EQ(pool_of_run().variant, narrow_pool);
    EXPECT_EQ(pool_of_run().chosen, "tuned");
    EXPECT_EQ(pool_of_run({"--kernel", usual_pool}).chosen, "named");
    EXPECT_EQ(pool_of_run({"--kernel", usual_pool}).variant, usual_pool);
    const Finished dry = run(short_run({tiny_, "--precision", "fp32", "--dry-run"}));
    EXPECT_THAT(dry.out, HasSubstr(std::string(narrow_pool) + " (tuned)"));

    EXPECT_EQ(pool_of_run({"--no-tuning"}).variant, usual_pool);
    EXPECT_EQ(pool_of_run({"--no-tuning"}).chosen, "default");
    EXPECT_THAT(records().at(0).repro, HasSubstr("--no-tuning"));

    pretend(narrow_pool, 2);
    EXPECT_EQ(pool_of_run().variant, usual_pool) << "the default variant is the quicker one";
    EXPECT_EQ(pool_of_run().chosen, "tuned");
}

TEST_F(Tune, int8_is_tuned_and_runs_verified) {
    ASSERT_EQ(run(tune(tiny_, "0.1", "int8")).exit_code, 0);
    pretend("conv_blocked.int8.avx2", 0.5);
    ASSERT_EQ(run(short_run({tiny_, "--precision", "int8"})).exit_code, 0);
    const ResultRecord record = records().at(0);
    EXPECT_EQ(record.verdict.result, Verdict::Result::correct);
    EXPECT_TRUE(std::ranges::any_of(record.steps, [](const StepRecord& step) {
        return step.variant == "conv_blocked.int8.avx2" && step.chosen == "tuned";
    }));
}

TEST_F(Tune, goes_on_where_it_was_killed_and_repeats_nothing) {
    Program program(tune(tiny_, "30"), environment());
    wait_until("a round is kept", [&] { return std::filesystem::exists(table()); });
    program.signal(SIGKILL);
    program.wait();
    const nlohmann::json before = entries();
    ASSERT_FALSE(before.empty());
    const Finished resumed = run(tune(tiny_, "0.1"));
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    for (const nlohmann::json& entry : before) {
        const nlohmann::json after = entry_of(entry.at("step"));
        ASSERT_GE(after.at("tried").size(), entry.at("tried").size());
        EXPECT_EQ(after.at("tried").at(0), entry.at("tried").at(0)) << "tried twice";
    }
    const Finished again = run(tune(tiny_, "0.1"));
    EXPECT_THAT(again.out, HasSubstr("0 variants of steps tried"));
    EXPECT_THAT(again.err, HasSubstr("nothing left to try"));
}

TEST_F(Tune, table_may_lie_anywhere_and_be_handed_on) {
    const std::string shared = folder_.path("shared.json");
    std::vector<std::string> arguments = tune(tiny_, "0.1");
    arguments.insert(arguments.end(), {"--table", shared});
    ASSERT_EQ(run(arguments).exit_code, 0);
    EXPECT_FALSE(std::filesystem::exists(table()));
    EXPECT_EQ(pool_of_run().chosen, "default");
    EXPECT_EQ(pool_of_run({}, {{"SLIMBENCH_TUNING", shared}}).chosen, "tuned");
}

TEST_F(Tune, table_that_is_broken_ends_a_run_with_its_name_and_the_remedy) {
    std::filesystem::create_directories(folder_.path("cache"));
    std::ofstream(table()) << R"({"schema": "slimbench-tuning-1", "entries": [{}]})";
    const Finished finished = run(short_run({tiny_, "--precision", "fp32"}));
    EXPECT_EQ(finished.exit_code, 2);
    for (const std::string& word :
         {table(), std::string("$.entries[0]"), std::string("--no-tuning")})
        EXPECT_THAT(finished.err, HasSubstr(word));
    EXPECT_EQ(pool_of_run({"--no-tuning"}).chosen, "default");
}

// Struck is the row with narrower vectors alone.
class PlantedVariant : public Tune {
protected:
    void plant(const std::string& statement) {
        const std::string head = "KERNEL pool(STEP_ARGUMENTS) {";
        kernels_.replace("pool.cl", head, head + "\n#if LANES == 8\n" + statement + "\n#endif\n");
    }

    Environment planted() const { return {{"SLIMBENCH_KERNEL_DIR", kernels_.folder()}}; }

    void expect_never_taken(const std::string& why_not) const {
        for (const nlohmann::json& entry : entries())
            for (const nlohmann::json& trial : entry.at("tried"))
                if (trial.at("variant") == narrow_pool)
                    EXPECT_THAT(trial.value("why_not", ""), HasSubstr(why_not)) << trial;
                else
                    EXPECT_TRUE(trial.contains("median_ns")) << trial;
        EXPECT_EQ(pool_of_run({}, planted()).variant, usual_pool);
    }

    PlantedKernels kernels_;
};

TEST_F(PlantedVariant, that_traps_costs_itself_alone) {
    plant("__builtin_trap();");
    const Finished finished = run(tune(tiny_, "0.1"), planted());
    EXPECT_EQ(finished.exit_code, 5) << finished.err;
    expect_never_taken("signal 4");
}

TEST_F(PlantedVariant, that_computes_wrong_is_found_out_and_never_taken) {
    plant("if (get_global_id(0) == 0) ((global ELEMENT*)output)[0] = 12345; return;");
    const Finished finished = run(tune(tiny_, "0.1"), planted());
    EXPECT_EQ(finished.exit_code, 4) << finished.err;
    expect_never_taken("wrong output");
}

}  // namespace
}  // namespace slimbench::testing
