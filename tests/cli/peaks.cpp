// `slimbench peaks`, and rows held against what it finds. Times depend on the machine; what stands
// in the output does not.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "host/kernel/tier.h"
#include "host/record/peaks.h"
#include "tests/cli/fixture.h"
#include "tests/support/exact_peers.h"

namespace slimbench::testing {
namespace {

class PeaksCommand : public CliTest {
protected:
    nlohmann::json peaks(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{"peaks", "--device", "cpu", "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Finished finished = run(arguments);
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        return nlohmann::json::parse(finished.out);
    }

    // Rewrites the kept peaks as if the device were so many times slower than it is.
    void slow_down(double factor) const {
        const std::string path = folder_.path("cache/peaks.jsonl");
        std::ifstream file(path);
        std::string line;
        std::getline(file, line);
        nlohmann::json kept = nlohmann::json::parse(line);
        for (auto& rate : kept["peaks"]["rates"])
            rate["macs_per_second"] = rate["macs_per_second"].get<double>() / factor;
        std::ofstream(path) << kept.dump() << '\n';
    }
};

TEST_F(PeaksCommand, json_holds_rates_bandwidths_and_launches) {
    const nlohmann::json json = peaks();
    const Peaks found = peaks_from_json(json);
    for (const char* precision : {"fp32", "fp16", "int8", "int4", "binary"}) {
        ASSERT_TRUE(found.rate(precision)) << precision;
        EXPECT_GT(found.rate(precision)->macs_per_second, 0) << precision;
        EXPECT_FALSE(found.rate(precision)->idiom.empty());
    }
    std::set<std::string> levels;
    for (const Peaks::Bandwidth& level : found.bandwidths) {
        EXPECT_GT(level.read, 0) << level.level;
        EXPECT_GT(level.copy, 0) << level.level;
        levels.insert(level.level);
    }
    EXPECT_EQ(levels.size(), found.bandwidths.size());
    EXPECT_EQ(found.bandwidths.back().level, "memory");
    EXPECT_GT(found.launch_by_host, 0);
    EXPECT_EQ(json.at("device").at("type"), "cpu");
}

TEST_F(PeaksCommand, are_kept_until_they_are_forced_anew) {
    const nlohmann::json first = peaks(), second = peaks();
    EXPECT_EQ(first, second);
    EXPECT_NE(peaks({"--force"}).at("rates"), first.at("rates"));
}

TEST_F(PeaksCommand, are_printed_for_people) {
    const Finished finished = run({"peaks", "--device", "cpu"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    const char* const halves = host_cpu_multiplies_halves() ? "of halves" : "fp16 (storage)";
    for (const char* word : {"GOP/s", halves, "memory", "read GB/s", "one, alone"})
        EXPECT_THAT(finished.out, HasSubstr(word));
}

TEST_F(PeaksCommand, every_measured_row_of_a_run_has_its_roofline) {
    std::vector<std::string> arguments = short_run(
        {tiny_, "--precision", exact_onednn_precisions(), "--layers", "--peer", "onednn"});
    std::erase(arguments, "--no-roofline");
    const Finished finished = run(arguments);
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("measuring the device's peaks"));
    std::size_t held = 0;
    for (const ResultRecord& record : records()) {
        if (record.status != Status::measured) continue;
        ASSERT_TRUE(record.roofline) << record.identity.id();
        if (record.identity.implementation == "slimbench") {
            EXPECT_GT(*record.roofline->bound, 0) << record.identity.id();
        }
        EXPECT_FALSE(record.peaks.is_null());
        for (const StepRecord& step : record.steps)
            EXPECT_TRUE(step.roofline) << record.identity.id();
        ++held;
    }
    EXPECT_GT(held, 5u);
    expect_valid({journal()});
    const Finished report = run({"report", journal()});
    EXPECT_THAT(report.out, HasSubstr("of roof"));
    EXPECT_THAT(report.out, HasSubstr("peak: fp32"));
}

// Noise while the peaks were measured must not cost honest rows their speed.
TEST_F(PeaksCommand, that_are_too_low_are_measured_again) {
    const Peaks before = peaks_from_json(peaks());
    slow_down(1e6);
    std::vector<std::string> arguments = short_run({tiny_, "--precision", "fp32"});
    std::erase(arguments, "--no-roofline");
    ASSERT_EQ(run(arguments).exit_code, 0);
    ASSERT_EQ(records().size(), 1u);
    EXPECT_EQ(records()[0].status, Status::measured) << records()[0].reason;
    const Peaks after = peaks_from_json(peaks());
    EXPECT_GT(after.rate("fp32")->macs_per_second, before.rate("fp32")->macs_per_second / 1e3);
}

TEST_F(PeaksCommand, are_left_out_where_they_are_not_wanted) {
    ASSERT_EQ(run(short_run({tiny_, "--precision", "fp32"})).exit_code, 0);
    EXPECT_FALSE(records().at(0).roofline);
    EXPECT_FALSE(std::filesystem::exists(folder_.path("cache/peaks.jsonl")));
}

TEST_F(PeaksCommand, table_of_layers_shows_shape_speed_and_roof) {
    std::vector<std::string> arguments =
        short_run({tiny_, "--precision", "fp32", "--table", "layers", "--peer", "onednn"});
    std::erase(arguments, "--no-roofline");
    const Finished finished = run(arguments);
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    for (const char* word : {"shape", "variant", "GOP/s", "% of roof", "limit", "/ onednn",
                             "16 -> 16, 3x3, 16x16 +relu", "conv_"})
        EXPECT_THAT(finished.out, HasSubstr(word));
    std::istringstream lines(finished.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 140u) << line;
}

}  // namespace
}  // namespace slimbench::testing
