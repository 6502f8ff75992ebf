// How a row is measured. All times in seconds.
#pragma once

#include <nlohmann/json.hpp>

namespace slimbench {

struct Protocol {
    double warm_up = 0.1;   // at least this long, then until stable
    double min_time = 0.5;  // sampling goes on at least this long
    int min_samples = 10;
    int max_samples = 2000;  // rows of microseconds end sooner
    double time_limit =
        600;  // of the whole workload; beyond it the worker is ended and the row is timed_out
    bool operator==(const Protocol&) const = default;
};

// What of it bears on the times and is the same nowhere: all but the limit and max_samples.
nlohmann::json to_json(const Protocol& protocol);

}  // namespace slimbench
