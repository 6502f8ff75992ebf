// The paired gate from its first to its last process.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/gate/calibration.h"
#include "host/gate/gate_report.h"
#include "host/gate/pair_journal.h"
#include "host/gate/policy.h"
#include "host/run/pair_runner.h"
#include "host/suite/suite_file.h"

namespace slimbench {

struct PairedSetup {
    Suite suite;
    Binaries binaries;
    RunOptions options;
    Policy policy;
    std::vector<std::string> allowed;  // fields in which the two sides may differ
    std::string journal;               // path of the file that keeps the pairs
};

class PairedObserver {
public:
    virtual ~PairedObserver() = default;
    virtual void phase(const std::string& text) = 0;
    virtual void pair(std::size_t number, const Pair& pair) = 0;
};

// Verifies, measures and decides. Comes back with a report once both binaries serve: an
// interruption leaves an inconclusive one; a binary that speaks another protocol, a worker that
// cannot be replaced, or a journal that cannot be written, one that is not comparable and says why.
// Throws std::runtime_error when a binary cannot serve at all, unless an output was already wrong,
// or the calibration is of something else; std::invalid_argument when no row gates or the policy's
// looks are too few pairs to flag one.
GateReport run_paired_gate(const PairedSetup& setup, const Calibration* calibration,
                           PairedObserver& observer, const volatile bool& interrupted);

struct WrongOutput : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Goes on with the journal until it holds this many pairs of all rows, without a verdict. Throws
// also when a row cannot be measured on both sides, WrongOutput where that is why; an interruption
// ends it early.
RecordedPairs record_pairs(const PairedSetup& setup, std::size_t count, PairedObserver& observer,
                           const volatile bool& interrupted);

}  // namespace slimbench
