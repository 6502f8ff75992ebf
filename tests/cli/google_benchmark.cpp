// The program as Google Benchmark's tools call it.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/cli/fixture.h"

namespace slimbench::testing {
namespace {

using ::testing::StartsWith;

constexpr const char* unpooled_row = "unpooled/none/precision:fp32/batch:1/size:24x24/forward";

class GoogleBenchmark : public CliTest {
protected:
    std::vector<std::string> quick(const std::vector<std::string>& more) const {
        std::vector<std::string> all{"--device",
                                     "cpu",
                                     "--precision",
                                     "fp32",
                                     "--quiet",
                                     "--no-roofline",
                                     "--benchmark_min_time=10x"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    std::vector<std::string> command(const std::vector<std::string>& more) const {
        std::vector<std::string> all = quick(more);
        all.insert(all.begin(), "benchmark");
        return all;
    }
    static nlohmann::json load(const std::string& path) {
        std::ifstream file(path);
        return nlohmann::json::parse(file);
    }
    static std::size_t count_of(const nlohmann::json& document, const std::string& run_type) {
        std::size_t count = 0;
        for (const auto& entry : document.at("benchmarks")) count += entry["run_type"] == run_type;
        return count;
    }
};

TEST_F(GoogleBenchmark, lists_rows_by_the_names_that_it_reports) {
    const Finished listed = run(command({unpooled_, "--benchmark_list_tests=true"}));
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    EXPECT_EQ(listed.out, std::string(unpooled_row) + "\n");
    const Finished printed = run(command({unpooled_, "--benchmark_format=json"}));
    EXPECT_EQ(printed.exit_code, 0) << printed.err;
    const auto document = nlohmann::json::parse(printed.out);
    ASSERT_EQ(document["benchmarks"].size(), 1u);
    EXPECT_EQ(document["benchmarks"][0]["name"], unpooled_row);
    EXPECT_EQ(document["benchmarks"][0]["iterations"], 10);
}

TEST_F(GoogleBenchmark, filter_keeps_rows_or_with_a_dash_the_others) {
    const std::vector<std::string> listing{
        "benchmark", unpooled_, tiny_, "--benchmark_list_tests", "--precision", "fp32,int8"};
    const auto listed = [&](const std::string& filter) {
        std::vector<std::string> arguments = listing;
        arguments.push_back("--benchmark_filter=" + filter);
        return run(arguments).out;
    };
    EXPECT_EQ(listed("tiny.*int8"), "tiny/none/precision:int8/batch:1/size:32x32/forward\n");
    EXPECT_EQ(listed("-tiny|int8"), std::string(unpooled_row) + "\n");
    EXPECT_EQ(listed("all"), run(listing).out);
}

TEST_F(GoogleBenchmark, repetitions_are_entries_of_their_own_with_aggregates_behind_them) {
    const std::string out = folder_.path("out.json");
    const Finished finished =
        run(command({unpooled_, "--benchmark_repetitions=3", "--benchmark_out=" + out,
                     "--benchmark_out_format=json", "--benchmark_context=commit=1234abc",
                     "--benchmark_display_aggregates_only=true"}));
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const nlohmann::json document = load(out);
    EXPECT_EQ(count_of(document, "iteration"), 3u);
    EXPECT_EQ(count_of(document, "aggregate"), 4u);
    EXPECT_EQ(document["context"]["commit"], "1234abc");
    EXPECT_EQ(document["benchmarks"][2]["repetition_index"], 2);
    EXPECT_THAT(finished.out, HasSubstr(std::string(unpooled_row) + "_median"));
    EXPECT_THAT(finished.out, Not(HasSubstr(std::string(unpooled_row) + " ")));
}

TEST_F(GoogleBenchmark, flags_alone_measure_the_suite_that_option_or_environment_name) {
    const Finished by_option = run(quick({"--suite=" + unpooled_, "--benchmark_format=csv"}));
    EXPECT_EQ(by_option.exit_code, 0) << by_option.err;
    EXPECT_THAT(by_option.out, HasSubstr("\"" + std::string(unpooled_row) + "\",10,"));
    const Finished by_environment =
        run({"--benchmark_list_tests"}, {{"SLIMBENCH_SUITE", unpooled_ + "," + tiny_}});
    EXPECT_THAT(by_environment.out, StartsWith("unpooled/"));
    EXPECT_THAT(by_environment.out, HasSubstr("\ntiny/"));
    EXPECT_THAT(run({"--benchmark_list_tests"}).out, StartsWith("resnet18/")) << "not smoke";
}

TEST_F(GoogleBenchmark, the_name_slimbench_benchmark_needs_no_command) {
    const std::string command = std::string(SLIMBENCH_BINARY) + "-benchmark " + unpooled_ +
                                " --precision fp32 --benchmark_list_tests >'" +
                                folder_.path("listed") + "'";
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0) << command;
    std::ifstream file(folder_.path("listed"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
              std::string(unpooled_row) + "\n");
}

TEST_F(GoogleBenchmark, files_of_problems_are_rows_too) {
    const Finished finished = run(command({write("shapes.txt", "mb1ic8ih4oc8kh1n\"small\"\n")}));
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("layer/none/precision:fp32/batch:1/size:4x4/layer:small"));
}

TEST_F(GoogleBenchmark, flags_without_a_meaning_are_tolerated_and_told) {
    const Finished finished =
        run({"--benchmark_list_tests", "--benchmark_color=auto", "--suite", unpooled_, "--v=1"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.err, HasSubstr("ignored --benchmark_color=auto"));
    EXPECT_THAT(finished.err, HasSubstr("ignored --v=1"));
}

TEST_F(GoogleBenchmark, what_is_wrong_ends_with_code_2_before_anything_is_measured) {
    const auto refuse = [&](const std::vector<std::string>& flags, const std::string& word) {
        const Finished finished = run(command(flags));
        EXPECT_EQ(finished.exit_code, 2) << word;
        EXPECT_EQ(finished.out, "");
        EXPECT_THAT(finished.err, HasSubstr(word));
    };
    refuse({unpooled_, "--benchmark_filter=("}, "no regular expression");
    refuse({unpooled_, "--benchmark_filter=fp64"}, "a name looks like unpooled/none");
    refuse({unpooled_, "--benchmark_out=/proc/none.json"}, "/proc/none.json");
    refuse({unpooled_, "--benchmark_out_format=xml"}, "xml");
    refuse({unpooled_, "--benchmark_min_time=fast"}, "expected seconds such as 0.5");
    refuse({unpooled_, "--benchmark_context=commit"}, "expected KEY=VALUE");
    refuse({unpooled_, "--frequency=3"}, "--frequency=3");
    refuse({"smoak"}, "smoke");
}

// How to call compare.py with a Python that has the scipy it needs, or nothing.
std::string compare_py() {
    const std::string packaged = "/usr/share/benchmark/compare.py";
    const std::string script = std::filesystem::exists(packaged) ? packaged : "compare.py";
    for (const std::string python : {"python3", "/usr/bin/python3"}) {
        const std::string command = python + " \"$(command -v " + script + ")\"";
        if (std::system((command + " --help >/dev/null 2>&1").c_str()) == 0) return command;
    }
    return "";
}

TEST_F(GoogleBenchmark, compare_py_calls_the_program_twice_and_compares) {
    const std::string compare = compare_py();
    if (compare.empty())
        GTEST_SKIP() << "NOT TESTED: no compare.py (Debian: libbenchmark-tools, python3-scipy)";
    const std::string said = folder_.path("said");
    std::string line = "SLIMBENCH_CACHE_DIR='" + folder_.path("cache") + "' " + compare +
                       " --no-color benchmarks " + SLIMBENCH_BINARY + " " + SLIMBENCH_BINARY;
    for (const std::string& flag : quick({"--suite=" + unpooled_, "--benchmark_repetitions=2"}))
        line += " " + flag;
    ASSERT_EQ(WEXITSTATUS(std::system((line + " >'" + said + "'").c_str())), 0) << line;
    std::ifstream file(said);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(text, HasSubstr(std::string(unpooled_row) + "_pvalue"));
    EXPECT_THAT(text, HasSubstr(std::string(unpooled_row) + "_median"));
    EXPECT_THAT(text, HasSubstr("OVERALL_GEOMEAN"));
}

}  // namespace
}  // namespace slimbench::testing
