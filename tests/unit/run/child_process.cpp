#include "host/run/child_process.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace slimbench {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr bool never = false;

TEST(ChildProcess, nothing_is_read_at_the_deadline_from_a_child_that_is_silent) {
    ChildProcess child({"/bin/sh", "-c", "sleep 60"}, {});
    EXPECT_FALSE(child.read_line(steady_clock::now() - seconds(1), never));
}

TEST(ChildProcess, line_that_waits_is_read_even_after_the_deadline) {
    ChildProcess child({"/bin/sh", "-c", "echo done; sleep 60"}, {});
    const auto deadline = steady_clock::now(), patience = deadline + seconds(9);
    std::optional<std::string> line;
    while (!(line = child.read_line(deadline, never)) && steady_clock::now() < patience)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_TRUE(line);
    EXPECT_EQ(*line, "done");
}

}  // namespace
}  // namespace slimbench
