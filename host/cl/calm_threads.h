// Threads that do not push their waker aside.
#pragma once

#include <sched.h>

namespace slimbench {

// Threads started during its lifetime, by a driver that is being opened, do not preempt the thread
// that wakes them. PoCL wakes its threads one after another; when the first to wake takes the
// waker's core, the second starts late, by about 10 us on every launch, for the whole life of some
// processes and not of others (docs/measuring.md). Linux: policy SCHED_BATCH instead of
// SCHED_OTHER, one priority less under a real-time policy.
class CalmThreads {
public:
    CalmThreads();
    ~CalmThreads();
    CalmThreads(const CalmThreads&) = delete;
    CalmThreads& operator=(const CalmThreads&) = delete;

private:
    int policy_;
    sched_param parameters_{};
};

}  // namespace slimbench
