#include "tests/cli/fixture.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace slimbench::testing {

namespace {

constexpr std::string_view tiny_network = R"({
    "name": "tiny", "about": "every family but resizing, in microseconds",
    "input": {"channels": 3, "height": 32, "width": 32}, "classes": 10,
    "prunings": {"all": ["stem", "body"]},
    "layers": [
        {"block": "stem", "layers": [
            {"name": "conv1", "op": "conv", "filters": 16, "kernel": 3, "stride": 2, "norm": true,
             "activation": "relu"}]},
        {"block": "body", "layers": [
            {"name": "conv2", "op": "conv", "filters": 16, "kernel": 3, "norm": true,
             "activation": "relu"},
            {"name": "pool", "op": "max_pool", "kernel": 3, "stride": 2}]},
        {"block": "classifier", "layers": [
            {"name": "mean", "op": "global_average_pool"},
            {"name": "fc", "op": "fc", "filters": "$classes", "bias": true}]}
    ]
})";

constexpr std::string_view unpooled_network = R"({
    "name": "unpooled", "about": "convolutions alone",
    "input": {"channels": 3, "height": 24, "width": 24}, "classes": 10,
    "prunings": {"all": ["body"]},
    "layers": [
        {"block": "body", "layers": [
            {"name": "conv1", "op": "conv", "filters": 16, "kernel": 3, "norm": true,
             "activation": "relu"},
            {"name": "conv2", "op": "conv", "filters": 8, "kernel": 3, "stride": 2, "norm": true}]}
    ]
})";

}  // namespace

CliTest::CliTest()
    : tiny_(write("tiny.json", std::string(tiny_network))),
      unpooled_(write("unpooled.json", std::string(unpooled_network))) {}

Environment CliTest::environment(const Environment& more) const {
    // Verdicts of other tests must not stand in for this one's.
    Environment all{{"SLIMBENCH_CACHE_DIR", folder_.path("cache")}};
    for (const auto& [name, value] : more) all[name] = value;
    return all;
}

Finished CliTest::run(const std::vector<std::string>& arguments, const Environment& more) const {
    return Program(arguments, environment(more)).wait();
}

std::vector<std::string> CliTest::short_run(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"run", "--out",      out(),  "--device",
                                 "cpu", "--min-time", "0.01", "--no-roofline"};
    if (std::ranges::find(arguments, "--precision") == arguments.end())
        all.insert(all.end(), {"--precision", "fp32,int8"});
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

std::string CliTest::write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path(name)) << text;
    return folder_.path(name);
}

void CliTest::expect_valid(const std::vector<std::string>& journals) const {
    const std::string source = SLIMBENCH_SOURCE_DIR;
    std::string command = "python3 '" + source + "/tests/support/validate_records.py' '" + source +
                          "/host/record/record.schema.json'";
    for (const std::string& path : journals) command += " '" + path + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

std::vector<std::string> ids_of(const std::vector<ResultRecord>& records) {
    std::vector<std::string> ids;
    for (const ResultRecord& record : records) ids.push_back(record.identity.id());
    return ids;
}

}  // namespace slimbench::testing
