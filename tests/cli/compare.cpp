// The comparison of two journals as people call it: verdicts, exit codes, formats.
#include <cstdlib>

#include "host/problem/strict_json.h"
#include "tests/cli/fixture.h"

namespace slimbench::testing {
namespace {

class Compare : public CliTest {
protected:
    // The same rows with other times, or other words.
    std::string changed(const std::string& name, void (*change)(ResultRecord&)) const {
        std::string text;
        for (ResultRecord record : read_journal(journal()).records) {
            change(record);
            text += to_json(record).dump() + "\n";
        }
        return write(name, text);
    }
    void SetUp() override {
        ASSERT_EQ(run(short_run({tiny_, unpooled_})).exit_code, 0);
        base_ = changed("base.jsonl", [](ResultRecord& record) {
            for (double& seconds : record.measurement->device) seconds = 1e-3;
        });
    }
    std::string base_;
};

TEST_F(Compare, same_records_are_the_same) {
    const Finished finished = run({"compare", base_, base_});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("tiny/none/precision:int8"));
    EXPECT_THAT(finished.out, HasSubstr("same"));
}

TEST_F(Compare, slower_rows_end_with_code_1) {
    const std::string slower = changed("slower.jsonl", [](ResultRecord& record) {
        for (double& seconds : record.measurement->device) seconds = 1.1e-3;
    });
    const Finished finished = run({"compare", base_, slower, "--format", "md"});
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("1.100"));
    EXPECT_EQ(run({"compare", base_, slower, "--tolerance", "15"}).exit_code, 0);
    EXPECT_EQ(run({"compare", slower, base_}).exit_code, 0) << "faster is no regression";
}

TEST_F(Compare, unlike_runs_are_refused_by_field_and_compared_when_allowed) {
    const std::string other = changed("driver.jsonl", [](ResultRecord& record) {
        for (double& seconds : record.measurement->device) seconds = 1e-3;
        record.device["driver"] = "99.9";
    });
    const Finished refused = run({"compare", base_, other});
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_THAT(refused.out, HasSubstr("driver: "));
    EXPECT_THAT(refused.out, HasSubstr("99.9"));
    const Finished allowed =
        run({"compare", base_, other, "--allow", "driver", "--format", "json"});
    EXPECT_EQ(allowed.exit_code, 0) << allowed.out;
    EXPECT_EQ(nlohmann::json::parse(allowed.out)["allowed"], nlohmann::json({"driver"}));
    EXPECT_EQ(run({"compare", base_, base_, "--allow", "drivr"}).exit_code, 2);
}

TEST_F(Compare, missing_rows_are_listed_and_wrong_output_outranks_all) {
    std::string text = read_text_file(base_);
    const std::string fewer = write("fewer.jsonl", text.substr(0, text.find('\n') + 1));
    const Finished missing = run({"compare", base_, fewer});
    EXPECT_EQ(missing.exit_code, 3);
    EXPECT_THAT(missing.out, HasSubstr("candidate: missing"));
    const std::string wrong = changed("wrong.jsonl", [](ResultRecord& record) {
        record.status = Status::incorrect;
        record.reason = "wrong output: at n0";
    });
    EXPECT_EQ(run({"compare", base_, wrong}).exit_code, 4);
    const std::string unlike = write(
        "unlike.jsonl", read_text_file(wrong) + [&] {
            ResultRecord record = read_journal(base_).records.front();
            record.device["driver"] = "99.9";
            return to_json(record).dump() + "\n";
        }());
    const Finished refused = run({"compare", base_, unlike});
    EXPECT_EQ(refused.exit_code, 4) << "even of runs that cannot be compared";
    EXPECT_THAT(refused.out, HasSubstr("driver: "));
}

TEST_F(Compare, json_fits_its_schema) {
    const std::string path = folder_.path("compared.json");
    ASSERT_EQ(run({"compare", base_, base_, "--format", "json", "-o", path}).exit_code, 0);
    const std::string source = SLIMBENCH_SOURCE_DIR;
    const std::string command = "python3 -W ignore '" + source +
                                "/tests/support/validate_gate.py' --comparison '" + source + "' '" +
                                path + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

}  // namespace
}  // namespace slimbench::testing
