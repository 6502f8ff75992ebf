#include "host/cl/calm_threads.h"

namespace slimbench {

// A policy that the system refuses to set leaves things as they are: a matter of speed alone.
CalmThreads::CalmThreads() : policy_(sched_getscheduler(0)) {
    sched_getparam(0, &parameters_);
    sched_param calm = parameters_;
    const bool real_time = policy_ == SCHED_FIFO || policy_ == SCHED_RR;
    if (real_time && calm.sched_priority > 1) --calm.sched_priority;
    sched_setscheduler(0, policy_ == SCHED_OTHER ? SCHED_BATCH : policy_, &calm);
}

CalmThreads::~CalmThreads() {
    sched_setscheduler(0, policy_, &parameters_);
}

}  // namespace slimbench
