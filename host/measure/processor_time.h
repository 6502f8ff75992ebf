// Who had the processors.
#pragma once

namespace slimbench {

// Seconds since some moment: by the clock, and of all processors that this process may use together
// those that went to somebody else, another process or, on a virtual machine, another guest.
struct ProcessorTime {
    double wall = 0, others = 0;
};

// Now, from Linux's /proc/stat, whose steps are 10 ms; `others` stays 0 where there is none.
ProcessorTime processor_time();

}  // namespace slimbench
