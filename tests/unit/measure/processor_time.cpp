#include "host/measure/processor_time.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include <gtest/gtest.h>

namespace slimbench {
namespace {

constexpr double half_a_second = 0.5;

ProcessorTime passed_while_working() {
    const ProcessorTime before = processor_time();
    ProcessorTime now = before;
    while (now.wall - before.wall < half_a_second) now = processor_time();
    return {now.wall - before.wall, now.others - before.others};
}

// Other tests may run at the same time, so only the least is certain: a process that never pauses
// takes at least half of what it and this one have to share.
TEST(ProcessorTime, of_others_grows_while_another_process_works) {
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (volatile int i = 0;; i = i + 1) {
        }
    }
    const ProcessorTime passed = passed_while_working();
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_GE(passed.wall, half_a_second);
    EXPECT_GT(passed.others, 0.3 * half_a_second);
}

TEST(ProcessorTime, of_this_process_is_not_that_of_others) {
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const ProcessorTime passed = passed_while_working();
    EXPECT_LT(passed.others, (static_cast<double>(processors) - 0.2) * passed.wall);
}

}  // namespace
}  // namespace slimbench
