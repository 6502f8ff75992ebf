// Takes samples of one row: warms up, decides how many calls, lets Google Benchmark host them,
// flags what looks wrong.
#pragma once

#include <functional>
#include <string>

#include "host/record/protocol.h"
#include "host/record/result_record.h"

namespace slimbench {

// One call, one sample; seconds.
struct CallTime {
    double device = 0;      // by device events
    double host = 0;        // by the host's clock
    bool clock_ran = true;  // false when some event ended no later than it started
};

enum class WarmUp {
    until_stable,
    none
};  // cold rows are not warmed up: each call starts from flushed caches

// Calls are hosted by Google Benchmark with a fixed number of iterations and manual time; every
// sample is kept.
Measurement sample(const std::string& name, const Protocol& protocol, WarmUp warm_up,
                   const std::function<CallTime()>& call);

}  // namespace slimbench
