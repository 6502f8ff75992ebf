// The gate as people and CI call it: verdicts, exit codes, files.
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "host/gate/pair_journal.h"
#include "host/problem/strict_json.h"
#include "tests/cli/fixture.h"
#include "tests/support/planted_kernels.h"

namespace slimbench::testing {
namespace {

// Limits so wide that other work on the machine cannot reach them.
constexpr std::string_view wide_policy = R"({
    "name": "wide", "rows": [{"match": "forward", "threshold_percent": 100, "effect_percent": 900}],
    "correction": "none", "looks": [6], "confirming_pairs": 5, "budget_seconds": 600})";

// Looks when nobody waits any more, and would let pass what it could not tell.
constexpr std::string_view endless_policy = R"({
    "name": "endless", "looks": [5000], "budget_seconds": 3600, "inconclusive": "pass",
    "rows": [{"match": ".", "threshold_percent": 1, "effect_percent": 2}]})";

class Gate : public CliTest {
protected:
    Gate() {
        suite_ = write("tiny_suite.json", R"({
            "name": "tiny_suite", "about": "one network in microseconds",
            "protocol": {"warm_up": 0.001, "min_time": 0.001, "time_limit": 300},
            "runs": [{"network": "tiny.json", "precisions": ["fp32", "int8"]}]})");
        policy_ = write("wide.json", std::string(wide_policy));
    }

    // The program under test, started by a script that sets what a build of its own would have.
    std::string build(const std::string& name, const std::string& prologue) const {
        std::string path =
            write(name, "#!/bin/sh\n" + prologue + "\nexec '" SLIMBENCH_BINARY "' \"$@\"\n");
        chmod(path.c_str(), 0755);
        return path;
    }
    static std::string with_kernels(const PlantedKernels& kernels) {
        return "export SLIMBENCH_KERNEL_DIR='" + kernels.folder() + "'";
    }

    std::vector<std::string> gate_command(const std::string& candidate,
                                          const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{"gate",
                                     suite_,
                                     "--baseline-binary",
                                     SLIMBENCH_BINARY,
                                     "--candidate-binary",
                                     candidate,
                                     "--policy",
                                     policy_,
                                     "--device",
                                     "cpu",
                                     "--out",
                                     out()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Finished gate(const std::string& candidate, const std::vector<std::string>& more = {}) const {
        return run(gate_command(candidate, more));
    }

    void wait_for_a_pair() const {
        const std::string pairs = out() + "/pairs.jsonl";
        wait_until("a pair is recorded", [&] {
            return std::filesystem::exists(pairs) &&
                   read_text_file(pairs).find("\"rows\"") != std::string::npos;
        });
    }

    nlohmann::json report() const {
        return nlohmann::json::parse(read_text_file(out() + "/gate.json"));
    }

    void expect_valid_outputs() const {
        const std::string source = SLIMBENCH_SOURCE_DIR;
        const std::string command = "python3 -W ignore '" + source +
                                    "/tests/support/validate_gate.py' '" + source + "' '" + out() +
                                    "'";
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }

    std::string suite_, policy_;
};

// Pooling counts to four millions first: many times what the rest of the network takes, and what a
// busy machine makes it wait.
void slow_down(PlantedKernels& kernels) {
    const std::string head = "KERNEL pool(STEP_ARGUMENTS) {";
    kernels.replace("pool.cl", head, head + "\n    for (volatile int i = 0; i < 4000000; ++i) {}");
}

TEST_F(Gate, same_build_passes_and_every_output_fits_its_schema) {
    const Finished finished = gate(SLIMBENCH_BINARY);
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
    EXPECT_EQ(report()["verdict"], "pass");
    EXPECT_EQ(report()["rows"].size(), 2u);
    EXPECT_EQ(report()["pairs"], 6);
    EXPECT_THAT(finished.out, HasSubstr("pass: no gating row is slower"));
    EXPECT_THAT(read_text_file(out() + "/gate.md"), HasSubstr("slimbench gate: pass"));
    expect_valid_outputs();
}

TEST_F(Gate, slowed_build_fails_with_code_1_and_names_its_rows) {
    PlantedKernels kernels;
    slow_down(kernels);
    const Finished finished = gate(build("slow", with_kernels(kernels)));
    EXPECT_EQ(finished.exit_code, 1) << finished.out << finished.err;
    EXPECT_EQ(report()["verdict"], "regression");
    for (const char* precision : {"fp32", "int8"}) {
        const std::string id =
            std::string("tiny/none/precision:") + precision + "/batch:1/size:32x32/forward";
        EXPECT_THAT(finished.out, HasSubstr(id));
        EXPECT_THAT(read_text_file(out() + "/junit.xml"), HasSubstr(id));
    }
    EXPECT_THAT(read_text_file(out() + "/junit.xml"), HasSubstr("<failure message=\"slower: "));
    EXPECT_EQ(report()["pairs"], 6 + 5) << "flagged rows are measured again";
    expect_valid_outputs();
}

TEST_F(Gate, wrong_output_ends_with_code_4_before_anything_is_timed) {
    PlantedKernels kernels;
    slow_down(kernels);
    kernels.replace("pool.cl", "candidate > best ? candidate : best", "candidate");
    const Finished finished = gate(build("wrong", with_kernels(kernels)));
    EXPECT_EQ(finished.exit_code, 4) << finished.out << finished.err;
    EXPECT_EQ(report()["verdict"], "wrong_output");
    EXPECT_EQ(report()["pairs"], 0);
    EXPECT_THAT(report()["rows"][0]["reason"].get<std::string>(),
                HasSubstr("candidate: incorrect"));
    expect_valid_outputs();
    const std::string wrong = folder_.path("wrong");
    const Finished calibrated =
        run({"gate", "--calibrate", suite_, "--baseline-binary", wrong, "--policy", policy_,
             "--pairs", "12", "--device", "cpu", "--out", out()});
    EXPECT_EQ(calibrated.exit_code, 4) << calibrated.err;
    EXPECT_THAT(calibrated.err, HasSubstr("incorrect"));
}

TEST_F(Gate, crash_of_one_build_is_not_comparable) {
    PlantedKernels kernels;
    const std::string head = "KERNEL pool(STEP_ARGUMENTS) {";
    kernels.replace("pool.cl", head, head + "\n    __builtin_trap();");
    const Finished finished = gate(build("crashing", with_kernels(kernels)));
    EXPECT_EQ(finished.exit_code, 3) << finished.out << finished.err;
    EXPECT_EQ(report()["verdict"], "not_comparable");
    EXPECT_THAT(report()["rows"][0]["reason"].get<std::string>(), HasSubstr("candidate: crashed"));
    expect_valid_outputs();
}

TEST_F(Gate, unlike_environments_are_refused_unless_allowed) {
    // Another environment in which PoCL does the same: it looks at the first character.
    const std::string other = build("unlike", "export POCL_AFFINITY=10");
    const Finished refused = gate(other);
    EXPECT_EQ(refused.exit_code, 3) << refused.out << refused.err;
    EXPECT_THAT(report()["reason"].get<std::string>(), HasSubstr("environment"));
    EXPECT_THAT(read_text_file(out() + "/junit.xml"), HasSubstr("<error message=\"unlike builds"));
    expect_valid_outputs();
    const Finished allowed = gate(other, {"--allow", "environment"});
    EXPECT_EQ(allowed.exit_code, 0) << allowed.out << allowed.err;
    EXPECT_EQ(report()["allowed"], nlohmann::json({"environment"}));
    EXPECT_THAT(report()["differing"].dump(), HasSubstr("environment"));
}

TEST_F(Gate, build_of_another_protocol_is_not_comparable) {
    const std::string stranger =
        write("stranger",
              "#!/bin/sh\nread line\necho '{\"reply\":\"hello\",\"protocol\":99}'\nread line\n");
    chmod(stranger.c_str(), 0755);
    const Finished finished = gate(stranger);
    EXPECT_EQ(finished.exit_code, 3) << finished.out << finished.err;
    EXPECT_THAT(report()["reason"].get<std::string>(), HasSubstr("speaks protocol 99"));
    expect_valid_outputs();
}

TEST_F(Gate, noise_beyond_the_policy_is_inconclusive_and_the_policy_says_what_that_means) {
    for (const auto& [meaning, code] : {std::pair{"fail", 3}, {"pass", 0}}) {
        // No noise is small enough for such a difference.
        policy_ =
            write("sharp.json",
                  std::string(R"({"name": "sharp", "looks": [8], "inconclusive": ")") + meaning +
                      R"(", "rows": [{"match": ".", "threshold_percent": 90,
                                "effect_percent": 90.0001}]})");
        const Finished finished = gate(SLIMBENCH_BINARY);
        EXPECT_EQ(finished.exit_code, code) << finished.out << finished.err;
        EXPECT_EQ(report()["verdict"], "inconclusive");
        expect_valid_outputs();
    }
}

TEST_F(Gate, interruption_leaves_an_inconclusive_report_that_no_policy_lets_pass) {
    policy_ = write("long.json", std::string(endless_policy));
    Program program(gate_command(SLIMBENCH_BINARY), environment());
    wait_for_a_pair();
    program.signal(SIGINT);
    EXPECT_EQ(program.wait().exit_code, 3);
    EXPECT_EQ(report()["reason"], "interrupted");
    expect_valid_outputs();
}

TEST_F(Gate, failure_under_way_leaves_a_report_that_says_why) {
    policy_ = write("long.json", std::string(endless_policy));
    const std::string candidate = build("vanishing", "");
    Program program(gate_command(candidate), environment());
    wait_for_a_pair();
    std::filesystem::remove(candidate);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 3) << finished.err;
    EXPECT_EQ(report()["verdict"], "not_comparable");
    EXPECT_THAT(report()["reason"].get<std::string>(), HasSubstr("candidate " + candidate));
    EXPECT_GT(report()["pairs"], 0);
    expect_valid_outputs();
}

TEST_F(Gate, call_that_never_returns_ends_with_the_budget) {
    policy_ = write("hurried.json", R"({"name": "hurried", "looks": [8], "budget_seconds": 4,
        "rows": [{"match": ".", "threshold_percent": 1, "effect_percent": 2}]})");
    PlantedKernels kernels;
    const std::string head = "KERNEL pool(STEP_ARGUMENTS) {";
    kernels.replace("pool.cl", head, head + "\n    for (volatile int i = 0; i < 1;) {}");
    const Finished finished = gate(build("stuck", with_kernels(kernels)));
    EXPECT_EQ(finished.exit_code, 3) << finished.err;
    EXPECT_THAT(report()["rows"][0]["reason"].get<std::string>(), HasSubstr("the limit of 4 s"));
}

// Rows of one workload share a worker's preparing.
TEST_F(Gate, worker_lost_while_it_measures_costs_one_row) {
    suite_ = write("layers_suite.json", R"({
        "name": "layers_suite", "about": "a network and its layers",
        "protocol": {"warm_up": 0.001, "min_time": 0.001},
        "runs": [{"network": "tiny.json", "precisions": ["fp32"],
                  "rows": ["forward", "layers_hot"]}]})");
    const std::string pairs = out() + "/pairs.jsonl";
    const std::string losing =
        write("losing", R"(#!/bin/sh
measured=0
while IFS= read -r request; do
    case $request in *'"verb":"measure"'*) measured=$((measured + 1)) ;; esac
    if [ $measured -eq 5 ] && grep -q '"rows"' ')" +
                            pairs + R"(' && mkdir ')" + folder_.path("lost") + R"('; then
        kill -KILL $$
        exit
    fi
    printf '%s\n' "$request"
done | ')" SLIMBENCH_BINARY R"(' "$@"
)");
    chmod(losing.c_str(), 0755);
    const Finished finished = gate(losing, {"--pairs", "3"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const auto crashed = [](const PairRow& row) { return row.candidate.status == Status::crashed; };
    const std::vector<Pair> recorded = read_pairs(pairs).pairs;
    ASSERT_EQ(recorded.size(), 3u);
    for (const Pair& pair : recorded) {
        ASSERT_GT(pair.rows.size(), 2u);
        EXPECT_EQ(std::ranges::count_if(pair.rows, crashed), &pair == &recorded[1] ? 1 : 0);
        for (const PairRow& row : pair.rows) EXPECT_TRUE(crashed(row) || row.log_ratio()) << row.id;
    }
}

TEST_F(Gate, recording_goes_on_where_it_stopped_and_can_be_replayed) {
    ASSERT_EQ(gate(SLIMBENCH_BINARY, {"--pairs", "3"}).exit_code, 0);
    const Finished more = gate(SLIMBENCH_BINARY, {"--pairs", "11"});
    EXPECT_EQ(more.exit_code, 0) << more.err;
    EXPECT_THAT(more.err, Not(HasSubstr("pair 3:")));
    EXPECT_THAT(more.err, HasSubstr("pair 4:"));
    const Finished replayed = run({"gate", "--replay", out() + "/pairs.jsonl", "--policy", policy_,
                                   "--gates", "20", "--json"});
    EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
    EXPECT_EQ(nlohmann::json::parse(replayed.out)["verdicts"]["pass"], 20);
}

TEST_F(Gate, calibration_stores_noise_and_its_gate_takes_it_into_account) {
    const Finished calibrated = run({"gate", "--calibrate", suite_, "--policy", policy_, "--pairs",
                                     "12", "--device", "cpu", "--out", out(), "--quiet"});
    ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
    const std::string path = out() + "/calibration.json";
    const auto calibration = nlohmann::json::parse(read_text_file(path));
    ASSERT_EQ(calibration["rows"].size(), 2u);
    EXPECT_GT(calibration["rows"][0]["pair_noise"], 0);
    EXPECT_THAT(calibrated.out, HasSubstr("false alarms"));
    const Finished gated = gate(SLIMBENCH_BINARY, {"--calibration", path});
    EXPECT_EQ(gated.exit_code, 0) << gated.out << gated.err;
    EXPECT_EQ(report()["calibration"]["pairs"], 12);
    expect_valid_outputs();
}

TEST_F(Gate, calibration_of_another_suite_is_refused) {
    const std::string other = write("other.json", R"({"calibration_version": 1, "suite_hash": "0",
        "pairs": 60, "rows": [], "protocol": {}, "device": {}})");
    const Finished finished = gate(SLIMBENCH_BINARY, {"--calibration", other});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, HasSubstr("the calibration does not fit"));
    ASSERT_EQ(run(short_run({tiny_, "--precision", "fp32"})).exit_code, 0);
    const Finished stored = run({"gate", "--baseline", journal(), journal(), "--policy", policy_,
                                 "--calibration", other, "--out", out()});
    EXPECT_EQ(stored.exit_code, 2);
    EXPECT_THAT(stored.err, HasSubstr("the calibration does not fit"));
}

TEST_F(Gate, reports_of_an_earlier_gate_do_not_outlive_the_next) {
    std::filesystem::create_directories(out());
    std::ofstream(out() + "/gate.md") << "pass";
    EXPECT_EQ(gate("/bin/true").exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(out() + "/gate.md"));
}

TEST_F(Gate, stored_records_are_judged_without_measuring) {
    ASSERT_EQ(run(short_run({tiny_, "--precision", "fp32"})).exit_code, 0);
    const std::string once = folder_.path("once.jsonl");
    std::filesystem::copy_file(journal(), once);
    const Finished one =
        run({"gate", "--baseline", once, once, "--policy", policy_, "--out", out()});
    EXPECT_EQ(one.exit_code, 3) << one.out << one.err;
    EXPECT_THAT(one.out, HasSubstr("record four runs a side"));
    expect_valid_outputs();
    std::string six;
    for (int i = 0; i < 6; ++i) six += read_text_file(once);
    const std::string often = write("often.jsonl", six);
    const Finished pass =
        run({"gate", "--baseline", often, often, "--policy", policy_, "--out", out()});
    EXPECT_EQ(pass.exit_code, 0) << pass.out << pass.err;
    EXPECT_EQ(report()["mode"], "stored");
    expect_valid_outputs();
}

TEST_F(Gate, mistakes_of_usage_end_with_code_2_and_a_remedy) {
    const auto refusal = [&](const std::vector<std::string>& arguments) {
        const Finished finished = run(arguments);
        EXPECT_EQ(finished.exit_code, 2) << finished.out;
        return finished.err;
    };
    EXPECT_THAT(refusal({"gate", suite_}), HasSubstr("--candidate-binary"));
    EXPECT_THAT(refusal({"gate"}), HasSubstr("name a suite"));
    EXPECT_THAT(refusal(gate_command("/nowhere/slimbench")),
                HasSubstr("'/nowhere/slimbench' is no program"));
    EXPECT_THAT(refusal(gate_command(SLIMBENCH_BINARY, {"--allow", "drivr"})),
                HasSubstr("no field 'drivr'"));
    EXPECT_THAT(refusal(gate_command("/bin/true")), HasSubstr("candidate /bin/true"));
    EXPECT_THAT(refusal({"gate", "--replay", "/nowhere/pairs.jsonl"}),
                HasSubstr("/nowhere/pairs.jsonl"));
    EXPECT_THAT(refusal({"gate", "--calibrate", suite_, "--pairs", "5", "--out", out()}),
                HasSubstr("calibrate with"));
    EXPECT_THAT(refusal({"gate", "--calibrate", suite_, "--candidate-binary", SLIMBENCH_BINARY}),
                HasSubstr("one build against itself"));
    policy_ = write("hasty.json", R"({"name": "hasty", "looks": [3],
        "rows": [{"match": ".", "threshold_percent": 1, "effect_percent": 2}]})");
    EXPECT_THAT(refusal(gate_command(SLIMBENCH_BINARY)), HasSubstr("looks at 3 pairs at most"));
    policy_ = write("no_rows.json", R"({"name": "none", "looks": [8],
        "rows": [{"match": "vgg", "threshold_percent": 1, "effect_percent": 2}]})");
    EXPECT_THAT(refusal(gate_command(SLIMBENCH_BINARY)), HasSubstr("gates none of the 2 rows"));
}

}  // namespace
}  // namespace slimbench::testing
