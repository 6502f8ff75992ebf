// The journal under kill -9, a second writer and a full disk.
#include "host/record/journal.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/record/whole_file.h"
#include "tests/unit/record/full_record.h"

namespace slimbench {
namespace {

using testing::HasSubstr;

class JournalFile : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        path_ = testing::TempDir() + test->name() + std::to_string(getpid()) + ".jsonl";
        std::filesystem::remove(path_);
    }
    void TearDown() override { std::filesystem::remove(path_); }

    void add_text(const std::string& text) const { std::ofstream(path_, std::ios::app) << text; }
    std::string text() const {
        std::ostringstream text;
        text << std::ifstream(path_).rdbuf();
        return text.str();
    }
    template <class Action>
    static std::string message_of(Action action) {
        try {
            action();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }

    std::string path_;
};

TEST_F(JournalFile, keeps_records_in_the_order_of_appending) {
    {
        JournalWriter writer(path_);
        ResultRecord record = full_record();
        for (const std::uint64_t seed : {3u, 1u, 2u}) {
            record.identity.seed = seed;
            writer.append(record);
        }
    }
    const JournalContents contents = read_journal(path_);
    ASSERT_EQ(contents.records.size(), 3u);
    EXPECT_EQ(contents.records[0].identity.seed, 3u);
    EXPECT_EQ(contents.records[2].identity.seed, 2u);
    EXPECT_FALSE(contents.torn);
}

TEST_F(JournalFile, opening_again_appends) {
    JournalWriter(path_).append(full_record());
    JournalWriter(path_).append(full_record());
    EXPECT_EQ(read_journal(path_).records.size(), 2u);
}

TEST_F(JournalFile, reading_reports_a_torn_last_line_and_keeps_the_rest) {
    JournalWriter(path_).append(full_record());
    add_text("{\"record_version\": 1, \"ident");
    const JournalContents contents = read_journal(path_);
    EXPECT_TRUE(contents.torn);
    EXPECT_EQ(contents.records.size(), 1u);
}

TEST_F(JournalFile, opening_cuts_a_torn_last_line_off) {
    JournalWriter(path_).append(full_record());
    const std::string whole = text();
    add_text(std::string(10'000, 'x'));
    JournalWriter writer(path_);
    EXPECT_EQ(text(), whole);
    writer.append(full_record());
    EXPECT_EQ(read_journal(path_).records.size(), 2u);
}

TEST_F(JournalFile, opening_a_journal_of_one_torn_line_empties_it) {
    add_text("{\"record_ver");
    JournalWriter writer(path_);
    EXPECT_EQ(text(), "");
}

TEST_F(JournalFile, a_broken_line_elsewhere_is_named_by_file_and_number) {
    JournalWriter(path_).append(full_record());
    add_text("not json\n");
    EXPECT_THAT(message_of([&] { read_journal(path_); }), HasSubstr(path_ + ":2: "));
}

TEST_F(JournalFile, a_line_that_nests_without_end_is_named_by_file_and_number) {
    add_text(std::string(100'000, '[') + std::string(100'000, ']') + "\n");
    EXPECT_THAT(message_of([&] { read_journal(path_); }),
                AllOf(HasSubstr(path_ + ":1: "), HasSubstr("more than 100 deep")));
}

TEST_F(JournalFile, a_missing_file_is_named_with_the_reason) {
    EXPECT_THAT(
        message_of([] { read_journal("/nowhere/records.jsonl"); }),
        HasSubstr("/nowhere/records.jsonl: cannot open for reading: No such file or directory"));
    EXPECT_THAT(
        message_of([] { JournalWriter("/nowhere/records.jsonl"); }),
        HasSubstr("/nowhere/records.jsonl: cannot open for appending: No such file or directory"));
}

TEST_F(JournalFile, a_folder_is_not_a_journal) {
    EXPECT_NE(message_of([] { read_journal(testing::TempDir()); }), "");
    EXPECT_NE(message_of([] { JournalWriter(testing::TempDir()); }), "");
}

TEST_F(JournalFile, a_second_writer_is_refused) {
    JournalWriter first(path_);
    EXPECT_THAT(message_of([&] { JournalWriter(this->path_); }),
                HasSubstr("another slimbench is writing"));
}

TEST_F(JournalFile, text_that_is_not_utf8_does_not_lose_the_record) {
    ResultRecord record = full_record();
    record.device["name"] = "broken \xff driver";
    JournalWriter(path_).append(record);
    EXPECT_EQ(read_journal(path_).records.size(), 1u);
}

// A limit on the file's size acts like a disk that fills up in the middle of a line.
TEST_F(JournalFile, a_full_disk_takes_back_the_partial_line_and_names_the_path) {
    JournalWriter writer(path_);
    writer.append(full_record());
    const std::string whole = text();

    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit tight{whole.size() + 100, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tight);
    const std::string message = message_of([&] { writer.append(full_record()); });
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);

    EXPECT_THAT(
        message,
        HasSubstr(path_ + ": cannot append; the earlier records are whole: File too large"));
    EXPECT_EQ(text(), whole);
    writer.append(full_record());
    EXPECT_EQ(read_journal(path_).records.size(), 2u);
}

TEST_F(JournalFile, a_whole_file_replaces_the_old_one) {
    write_whole_file(path_, "old");
    write_whole_file(path_, "new");
    EXPECT_EQ(text(), "new");
}

TEST_F(JournalFile, a_whole_file_that_cannot_be_written_names_path_and_reason) {
    EXPECT_THAT(message_of([] { write_whole_file("/nowhere/report.md", "text"); }),
                HasSubstr("/nowhere/report.md: cannot create: No such file or directory"));
    EXPECT_THAT(message_of([] { write_whole_file("/dev/full", "text"); }),
                HasSubstr("/dev/full: cannot write: No space left on device"));
}

}  // namespace
}  // namespace slimbench
