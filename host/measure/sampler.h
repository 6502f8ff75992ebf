// Takes samples of one row: warms up, decides how many calls, lets Google Benchmark host them,
// flags what looks wrong.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "host/measure/clock_probe.h"
#include "host/measure/processor_time.h"
#include "host/record/protocol.h"
#include "host/record/result_record.h"

namespace slimbench {

// Calls one right behind the other, waited for once; seconds of all of them.
struct CallTime {
    double device = 0;      // by device events, from the first START to the last END
    double host = 0;        // by the host's clock
    double ahead = 0;       // by it, of calls that went ahead of these
    bool clock_ran = true;  // false when some event ended no later than it started
};
using Calls = std::function<CallTime(int calls)>;

struct Clocks {
    double tick = 0;  // seconds that differences of device times are multiples of
    // Seconds of a fixed piece of arithmetic on what is measured: grows when its clock rate falls.
    std::function<double()> arithmetic = clock_probe;
    std::function<ProcessorTime()> processors = processor_time;
};

// None for cold rows, whose calls start from flushed caches, and for the blocks of a pair.
enum class WarmUp { until_stable, none };

// Samples are hosted by Google Benchmark with a fixed number of iterations and manual time; every
// one is kept. Where a call has fewer than a hundred ticks, a sample is several calls at once; a
// cold call stays alone. The last calls made are those of the samples.
// With `known_calls` to a sample it goes on with a row that was sampled before: it warms up for as
// long as the protocol says, and asks neither for stable times nor for clocks that agree.
Measurement sample(const std::string& name, const Protocol& protocol, WarmUp warm_up,
                   const Calls& call, const Clocks& clocks, std::optional<int> known_calls = {});

}  // namespace slimbench
