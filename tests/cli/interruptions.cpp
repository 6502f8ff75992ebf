// Runs that are killed, interrupted or out of disk space, and what is left of them.
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "tests/cli/fixture.h"

namespace slimbench::testing {
namespace {

constexpr std::size_t all_rows = 8;

class Interruption : public CliTest {
protected:
    // Eight workloads, each long enough to be hit in the middle.
    std::vector<std::string> long_run(const std::vector<std::string>& more = {},
                                      const std::string& min_time = "0.2") const {
        std::vector<std::string> all{"run",          tiny_,     "--out",       out(),
                                     "--device",     "cpu",     "--min-time",  min_time,
                                     "--batch",      "1,2,3,4", "--precision", "fp32,int8",
                                     "--no-roofline"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    std::size_t lines_in_journal() const {
        std::ifstream file(journal());
        return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
    }

    void wait_for_rows(Program& program, std::size_t rows) const {
        wait_until("there are records", [&] {
            if (!program.running())
                throw std::runtime_error("the run ended: " + program.wait().err);
            return lines_in_journal() >= rows;
        });
    }

    pid_t worker_of(const Program& program) const {
        wait_until("there is a worker", [&] { return !program.children().empty(); });
        return program.children().front();
    }

    void expect_gone(pid_t worker) const {
        EXPECT_NO_THROW(wait_until("the worker is gone", [&] { return !process_exists(worker); }));
    }

    // Goes on with the run; then every row is there, measured, once.
    void expect_whole_after_resume(const std::vector<ResultRecord>& before) const {
        const Finished resumed = run(long_run({"--resume"}));
        EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
        const std::vector<ResultRecord> after = records();
        ASSERT_GE(after.size(), before.size());
        std::set<std::string> settled;
        for (std::size_t i = 0; i < before.size(); ++i)
            EXPECT_EQ(to_json(after[i]), to_json(before[i])) << "an earlier record changed";
        for (const ResultRecord& record : after) {
            if (record.status != Status::measured) continue;
            EXPECT_TRUE(settled.insert(record.identity.id()).second)
                << record.identity.id() << " was measured twice";
        }
        EXPECT_EQ(settled.size(), all_rows);
        expect_valid({journal()});
    }
};

TEST_F(Interruption, killed_worker_costs_its_workload_alone) {
    Program program(long_run({}, "1"), environment());
    wait_for_rows(program, 2);  // a turn is over
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const pid_t worker = worker_of(program);
    kill(worker, SIGKILL);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 5) << finished.err;
    const std::vector<ResultRecord> left = records();
    EXPECT_EQ(left.size(), all_rows);
    const auto lost = [](const ResultRecord& record) { return record.status != Status::measured; };
    ASSERT_EQ(std::ranges::count_if(left, lost), 1);
    const ResultRecord& record = *std::ranges::find_if(left, lost);
    EXPECT_EQ(record.identity.batch, 2) << "of the turn in flight";
    EXPECT_EQ(record.status, Status::crashed);
    EXPECT_THAT(record.reason, HasSubstr("signal 9"));
    EXPECT_FALSE(record.repro.empty());
    expect_whole_after_resume(left);
}

TEST_F(Interruption, killed_coordinator_leaves_a_whole_journal_and_no_worker) {
    Program program(long_run({}, "2"), environment());
    wait_for_rows(program, 3);
    const pid_t worker = worker_of(program);
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait().exit_code, 128 + SIGKILL);
    expect_gone(worker);
    const std::vector<ResultRecord> left = records();
    EXPECT_GE(left.size(), 3u);
    EXPECT_LT(left.size(), all_rows) << "the run was over before it could be killed";
    expect_whole_after_resume(left);
}

// A worker that is stuck cannot see that its input has ended.
TEST_F(Interruption, stuck_worker_does_not_outlive_its_coordinator) {
    Program program(long_run({}, "2"), environment());
    wait_for_rows(program, 1);
    const pid_t worker = worker_of(program);
    kill(worker, SIGSTOP);
    program.signal(SIGKILL);
    program.wait();
    expect_gone(worker);
    EXPECT_FALSE(records().empty());
}

TEST_F(Interruption, torn_last_line_is_cut_off_and_its_row_measured_again) {
    ASSERT_EQ(run(long_run({}, "0.01")).exit_code, 0);
    const std::vector<ResultRecord> whole = records();
    std::filesystem::resize_file(journal(), std::filesystem::file_size(journal()) - 100);
    EXPECT_TRUE(read_journal(journal()).torn);
    expect_whole_after_resume({whole.begin(), whole.end() - 1});
    EXPECT_EQ(records().size(), all_rows);
}

TEST_F(Interruption, control_c_ends_cleanly) {
    Program program(long_run({}, "2"), environment());
    wait_for_rows(program, 2);
    const pid_t worker = worker_of(program);
    program.signal(SIGINT);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 5) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("--resume"));
    EXPECT_FALSE(process_exists(worker));
    EXPECT_FALSE(read_journal(journal()).torn);
    EXPECT_TRUE(std::filesystem::exists(out() + "/report.md"));
    expect_whole_after_resume(records());
}

TEST_F(Interruption, second_run_keeps_the_earlier_records_aside) {
    const std::vector<std::string> once = short_run({unpooled_, "--precision", "fp32"});
    ASSERT_EQ(run(once).exit_code, 0);
    const nlohmann::json first = to_json(records().front());
    const Finished second = run(once);
    ASSERT_EQ(second.exit_code, 0);
    EXPECT_THAT(second.err, HasSubstr(out() + "/records.1.jsonl"));
    ASSERT_EQ(run(once).exit_code, 0);
    EXPECT_EQ(to_json(read_journal(out() + "/records.1.jsonl").records.front()), first);
    EXPECT_EQ(read_journal(out() + "/records.2.jsonl").records.size(), 1u);
    EXPECT_EQ(records().size(), 1u);
}

TEST_F(Interruption, resume_measures_nothing_that_is_settled) {
    const std::vector<std::string> once = short_run({unpooled_});
    ASSERT_EQ(run(once).exit_code, 0);
    const auto before = std::filesystem::file_size(journal());
    std::vector<std::string> again = once;
    again.emplace_back("--resume");
    EXPECT_EQ(run(again).exit_code, 0);
    EXPECT_EQ(std::filesystem::file_size(journal()), before);
}

// A file system of its own; those of others are not touched.
class SmallDisk {
public:
    explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
        std::filesystem::create_directories(folder_);
        mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=1m") == 0;
    }
    ~SmallDisk() {
        if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    bool mounted() const { return mounted_; }
    void fill() const {
        std::ofstream filler(folder_ + "/filler");
        const std::string page(4096, 'x');
        while (filler << page << std::flush) {
        }
    }

private:
    std::string folder_;
    bool mounted_ = false;
};

TEST_F(Interruption, full_disk_ends_the_run_and_loses_no_earlier_record) {
    const SmallDisk disk(out());
    if (!disk.mounted()) GTEST_SKIP() << "NOT TESTED: mounting a small file system needs root";
    const Finished first = run(short_run({tiny_, "--precision", "fp32"}));
    ASSERT_EQ(first.exit_code, 0) << first.err;
    const std::vector<ResultRecord> before = records();
    disk.fill();
    const Finished finished = run(long_run({"--resume"}, "0.01"));
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("No space left on device"));
    EXPECT_THAT(finished.err, HasSubstr(journal()));
    EXPECT_FALSE(read_journal(journal()).torn);
    ASSERT_EQ(records().size(), before.size());
    EXPECT_EQ(to_json(records().front()), to_json(before.front()));
}

TEST_F(Interruption, second_run_into_the_same_folder_is_refused_while_one_is_writing) {
    Program first(long_run({}, "2"), environment());
    wait_for_rows(first, 1);
    const Finished second = run(long_run({"--resume"}));
    EXPECT_EQ(second.exit_code, 2);
    EXPECT_THAT(second.err, HasSubstr("another slimbench is writing this journal"));
    first.signal(SIGINT);
    first.wait();
    EXPECT_FALSE(read_journal(journal()).torn);
}

}  // namespace
}  // namespace slimbench::testing
