// A fixed piece of arithmetic whose time tells whether the host's clock rate changed during a
// measurement.
#pragma once

namespace slimbench {

// Seconds of the quickest of a few runs, about a millisecond in all.
double clock_probe();

}  // namespace slimbench
