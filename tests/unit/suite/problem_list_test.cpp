// Lists of convolutions: lines, comments, benchdnn's options, included files, repeated problems.
#include "host/suite/problem_list.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace slimbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;
using Strings = std::vector<std::string>;

class ProblemListTest : public ::testing::Test {
protected:
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_.path(name)) << text;
        return folder_.path(name);
    }
    ProblemList read(const std::string& text) const {
        return read_problems({}, {write("list.txt", text)});
    }
    void expect_refused(const std::string& text, const Strings& words) const {
        try {
            read(text);
            ADD_FAILURE() << text;
        } catch (const std::runtime_error& error) {
            for (const std::string& word : words) EXPECT_THAT(error.what(), HasSubstr(word));
        }
    }
    static Strings texts(const ProblemList& list) {
        Strings texts;
        for (const ListedProblem& listed : list.problems)
            texts.push_back(listed.written.problem.text());
        return texts;
    }
    static std::string canonical(const std::string& text) {
        return parse_benchdnn_text(text).problem.text();
    }

    testing::TemporaryFolder folder_;
};

TEST_F(ProblemListTest, comments_and_blank_lines_are_no_problems) {
    const ProblemList list = read(
        "# a comment\r\n\r\n  \t\nic8ih8oc8kh1   # behind a problem\r\n"
        "ic8ih8oc8kh3n\"a#name\"\n# ic8ih8oc8kh5");
    EXPECT_EQ(texts(list), (Strings{canonical("ic8ih8oc8kh1"), canonical("ic8ih8oc8kh3")}));
    EXPECT_EQ(list.problems[1].written.name, "a#name");
    EXPECT_THAT(list.problems[0].place, EndsWith("list.txt:4"));
    EXPECT_THAT(list.notices, IsEmpty());
}

TEST_F(ProblemListTest, several_problems_may_share_a_line) {
    EXPECT_EQ(read("ic8ih8oc8kh1 ic8ih8oc8kh3n\"a name\" ic8ih8oc8kh5").problems.size(), 3u);
}

TEST_F(ProblemListTest, texts_of_the_command_line_come_before_files) {
    const ProblemList list =
        read_problems({"conv -n 1", "ic8ih8oc8kh1"},
                      {write("a.txt", "ic8ih8oc8kh3"), write("b.txt", "convint8 -n 4 -t 1")});
    ASSERT_EQ(list.problems.size(), 4u);
    EXPECT_EQ(list.problems[0].written.precision, Precision::fp32);
    EXPECT_THAT(list.problems[2].place, EndsWith("a.txt:1"));
    EXPECT_EQ(list.problems[3].written.precision, Precision::int8);
    EXPECT_THAT(list.notices, ElementsAre(EndsWith("b.txt:1: ignored -t 1")));
}

TEST_F(ProblemListTest, options_are_ignored_and_told_once_each_with_their_place) {
    const ProblemList list = read(
        "--reset --dir=FWD_B\n--cfg=f32 ic8ih8oc8kh1\n--dir=FWD_D\n--attr-post-ops=, \\\n"
        "   sum:0.5, \\\n   relu\nic8ih8oc8kh3");
    EXPECT_EQ(list.problems.size(), 2u);
    EXPECT_THAT(list.problems[1].place, EndsWith(":7"));
    EXPECT_THAT(list.notices,
                ElementsAre(EndsWith("list.txt:1: ignored --dir=FWD_B, and --dir 1 more times"),
                            EndsWith("list.txt:2: ignored --cfg=f32"),
                            EndsWith("list.txt:4: ignored --attr-post-ops=,sum:0.5,relu")));
}

TEST_F(ProblemListTest, batch_option_holds_until_it_is_reset) {
    const ProblemList list = read(
        "ic8ih8oc8kh1\n--mb=7\nmb1ic8ih8oc8kh1\n--mb=1,0\nmb5ic8ih8oc8kh1\n--reset\nic8ih8oc8kh1");
    std::vector<std::int64_t> batches;
    for (const ListedProblem& listed : list.problems)
        batches.push_back(listed.written.problem.in.batch);
    EXPECT_THAT(batches, ElementsAre(2, 7, 1, 5, 2));
}

TEST_F(ProblemListTest, included_files_are_looked_for_beside_the_one_that_names_them) {
    write("shapes", "ic8ih8oc8kh3\n");
    const ProblemList list = read("--mb=3\n--batch=shapes\nic8ih8oc8kh1\n");
    EXPECT_EQ(texts(list), (Strings{canonical("mb3ic8ih8oc8kh3"), canonical("mb3ic8ih8oc8kh1")}));
    EXPECT_THAT(list.problems[0].place, EndsWith("shapes:1"));
}

TEST_F(ProblemListTest, lines_of_both_programs_may_be_mixed) {
    const ProblemList list = read(
        "./bin/MIOpenDriver conv -n 1 -c 8 \\\n  -H 8 -W 8 -k 8 -y 1 -x 1 # log\nmb1ic8ih8oc8kh1");
    ASSERT_EQ(list.problems.size(), 2u);
    EXPECT_EQ(list.problems[0].written.problem, list.problems[1].written.problem);
}

TEST_F(ProblemListTest, broken_lines_name_file_and_line_and_what_is_expected) {
    expect_refused("ic8ih8oc8kh1\n\nic8ih8zz8\n",
                   {"list.txt:3: ", "ic8ih8zz8", "position 6", "expected one of g mb ic"});
    expect_refused("ic8id8ih8oc8kh1", {"list.txt:1: ", "'id' belongs to volumes"});
    expect_refused("conv -n none", {"list.txt:1: ", "batchsize: expected a number"});
    expect_refused("--mb=two\nic8ih8oc8kh1", {"list.txt:1: ", "--mb=two: expected batch sizes"});
    expect_refused("--deconv ic8ih8oc8kh1", {"list.txt:1: ", "--deconv: expected"});
    expect_refused("--batch=none", {"list.txt:1: ", "--batch=none: no such file"});
    expect_refused("--batch=list.txt", {"list.txt:1: ", "is being read already"});
    expect_refused("--batch=", {"list.txt:1: ", "no such file"});
    expect_refused("--batch=" + std::string(5000, 'x'), {"list.txt:1: ", "no such file"});
    expect_refused("# nothing\n--dir=FWD_B", {"list.txt: no problem in it"});
    expect_refused("", {"list.txt", "empty"});
}

TEST_F(ProblemListTest, a_list_that_grows_without_end_names_the_line) {
    std::string batches = "--mb=1";
    for (int i = 1; i < 400; ++i) batches += ",1";
    std::string problems;
    for (int i = 0; i < 300; ++i) problems += "\nic8ih8oc8kh1";
    expect_refused(batches + problems, {"list.txt:252: ", "more than 100000 problems"});
    write("a.txt", "--batch=b.txt --batch=b.txt");
    write("b.txt", "--batch=c.txt --batch=c.txt");
    write("c.txt", "ic8ih8oc8kh1 " + std::string(20'000, '#'));
    std::string many;
    for (int i = 0; i < 200; ++i) many += "--batch=a.txt\n";
    expect_refused(many, {".txt:1: --batch=", "more than 1000 files"});
}

TEST_F(ProblemListTest, missing_file_is_named) {
    EXPECT_THAT(
        [&] { read_problems({}, {folder_.path("none.txt")}); },
        ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("none.txt"), HasSubstr("No such file"))));
}

TEST_F(ProblemListTest, the_same_problem_is_kept_once_and_its_repeats_add_up) {
    ProblemList list = read("ic8ih8oc8kh1*3\nic8ih8oc8kh3\nmb2ic8ih8oc8oh8kh1\n");
    merge_repeated(list);
    ASSERT_EQ(list.problems.size(), 2u);
    EXPECT_EQ(list.problems[0].written.repeats, 4);
    EXPECT_THAT(list.notices, ElementsAre(AllOf(HasSubstr("list.txt:3: the same problem as"),
                                                EndsWith("list.txt:1; measured once"))));
}

TEST_F(ProblemListTest, names_and_precisions_keep_the_same_problem_apart) {
    ProblemList list = read("ic8ih8oc8kh1\nic8ih8oc8kh1n\"a\"\nic8ih8oc8kh1n\"b\"\nconv\nconvint8");
    merge_repeated(list);
    EXPECT_EQ(list.problems.size(), 5u);
    EXPECT_THAT(list.notices, IsEmpty());
}

TEST_F(ProblemListTest, different_problems_under_one_name_are_told_apart_by_their_text) {
    ProblemList list = read("ic8ih8oc8kh1n\"a\"\nic8ih8oc8kh3n\"a\"\n");
    merge_repeated(list);
    EXPECT_EQ(list.problems[0].written.name, "a");
    EXPECT_EQ(list.problems[1].written.name, "a:" + canonical("ic8ih8oc8kh3"));
}

TEST(FortyConvolutions, are_forty_different_problems) {
    ProblemList list =
        read_problems({}, {SLIMBENCH_SOURCE_DIR "/tests/data/forty_convolutions.txt"});
    merge_repeated(list);
    EXPECT_EQ(list.problems.size(), 40u);
    std::set<std::string> different;
    for (const ListedProblem& listed : list.problems)
        different.insert(listed.written.problem.text());
    EXPECT_EQ(different.size(), 40u);
}

}  // namespace
}  // namespace slimbench
