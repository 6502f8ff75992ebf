// Convolutions from files and from other programs' command lines.
#include <fstream>
#include <set>
#include <sstream>

#include "tests/cli/fixture.h"

namespace slimbench::testing {
namespace {

class ProblemFiles : public CliTest {
protected:
    Finished layer(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"layer", "--device", "cpu", "--min-time", "0.01",
                                             "--no-roofline", "--json"});
        return run(arguments);
    }
    static std::vector<ResultRecord> records_of(const Finished& finished) {
        std::istringstream lines(finished.out);
        std::vector<ResultRecord> records;
        for (std::string line; std::getline(lines, line);)
            records.push_back(from_json(nlohmann::json::parse(line)));
        return records;
    }
    static std::set<std::string> names_of(const std::vector<ResultRecord>& records) {
        std::set<std::string> names;
        for (const ResultRecord& record : records) names.insert(record.identity.layer);
        return names;
    }
};

// Every fourth of the forty; ten shapes are as many as a test may take.
TEST_F(ProblemFiles, shapes_of_a_batch_file_are_measured_and_verified_in_every_precision) {
    std::ifstream forty(SLIMBENCH_SOURCE_DIR "/tests/data/forty_convolutions.txt");
    std::string some;
    int problems = 0;
    for (std::string line; std::getline(forty, line);) {
        const bool problem = !line.empty() && line[0] != '#' && line[0] != '-';
        if (!problem || problems++ % 4 == 1) some += line + "\n";
    }
    ASSERT_EQ(problems, 40);
    const Finished finished =
        layer({"--file", write("some.txt", some), "--precision", "fp32,fp16,int8"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("some.txt:3: ignored --dir=FWD_D"));
    const std::vector<ResultRecord> records = records_of(finished);
    EXPECT_EQ(records.size(), 30u);
    for (const ResultRecord& record : records) {
        EXPECT_EQ(record.status, Status::measured) << record.identity.id() << record.reason;
        EXPECT_EQ(record.verdict.result, Verdict::Result::correct) << record.identity.id();
        EXPECT_EQ(record.verdict.checked, record.verdict.elements) << record.identity.id();
    }
}

TEST_F(ProblemFiles, files_may_be_several_and_stand_beside_problems_and_driver_lines) {
    const Finished finished =
        layer({"mb1ic8ih4oc8kh1n\"given\"", "--file", write("a.txt", "mb1ic8ih5oc8kh1n\"a\"\n"),
               "convint8 -n 1 -c 8 -H 6 -W 6 -k 8 -y 1 -x 1", "--file",
               write("b.txt", "conv -n 1 -c 8 -H 7 -W 7 -k 8 -y 1 -x 1\n")});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    std::set<std::string> rows;
    for (const ResultRecord& record : records_of(finished))
        rows.insert(record.identity.layer + " " + record.identity.precision);
    EXPECT_EQ(rows, (std::set<std::string>{"given fp32", "a fp32",
                                           "mb1ic8ih6iw6oc8oh6ow6kh1kw1sh1sw1ph0pw0dh0dw0 int8",
                                           "mb1ic8ih7iw7oc8oh7ow7kh1kw1sh1sw1ph0pw0dh0dw0 fp32"}));
}

TEST_F(ProblemFiles, repeated_problems_are_measured_once_and_it_is_said) {
    const Finished finished = layer({"--file", write("a.txt",
                                                     "mb1ic8ih4oc8kh1n\"a*2\"\n"
                                                     "mb1ic8ih4oc8kh1n\"a\"\n"
                                                     "mb1ic8ih5oc8kh1n\"a\"\n")});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(names_of(records_of(finished)),
              (std::set<std::string>{"a", "a:mb1ic8ih5iw5oc8oh5ow5kh1kw1sh1sw1ph0pw0dh0dw0"}));
    EXPECT_THAT(finished.err, HasSubstr("a.txt:2: the same problem as"));
    EXPECT_THAT(finished.err, HasSubstr("1 of 2 problems"));
}

TEST_F(ProblemFiles, a_broken_line_is_named_and_nothing_is_measured) {
    const std::string path = write("broken.txt", "mb1ic8ih4oc8kh1\n# fine\nmb1ic8ih4oc8kh9\n");
    const Finished finished = layer({"--file", path});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, HasSubstr(path + ":3: problem 'mb1ic8ih4oc8kh9'"));
    EXPECT_EQ(layer({"--file", folder_.path("none.txt")}).exit_code, 2);
    EXPECT_EQ(layer({}).exit_code, 2);
}

}  // namespace
}  // namespace slimbench::testing
