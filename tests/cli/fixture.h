// What tests of the program share: a folder of their own, small networks, and the records of runs.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/record/journal.h"
#include "tests/cli/program.h"

namespace slimbench::testing {

using ::testing::HasSubstr;
using ::testing::Not;

class CliTest : public ::testing::Test {
protected:
    CliTest();

    Environment environment(const Environment& more = {}) const;
    Finished run(const std::vector<std::string>& arguments, const Environment& more = {}) const;

    // `run` of small networks, sampled as briefly as can be; --out is `out()`, the precisions are
    // fp32 and int8 unless the arguments say otherwise; no peaks are measured.
    std::vector<std::string> short_run(const std::vector<std::string>& arguments) const;

    // Writes a file into the test's folder and returns its path.
    std::string write(const std::string& name, const std::string& text) const;

    // Every line of the journals must satisfy the schema of records.
    void expect_valid(const std::vector<std::string>& journals) const;

    std::string out() const { return folder_.path("out"); }
    std::string journal() const { return folder_.path("out/records.jsonl"); }
    std::vector<ResultRecord> records() const { return read_journal(journal()).records; }

    TemporaryFolder folder_;
    std::string tiny_;      // convolutions, a maximum, a mean, a classifier
    std::string unpooled_;  // convolutions alone
};

std::vector<std::string> ids_of(const std::vector<ResultRecord>& records);

}  // namespace slimbench::testing
