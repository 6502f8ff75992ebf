// A workload loaded onto the device and verified, ready to yield samples of its rows.
#pragma once

#include <memory>

#include "host/run/library_probe.h"
#include "host/run/message.h"
#include "host/run/verified_chain.h"

namespace slimbench {

class LoadedWorkload {
public:
    virtual ~LoadedWorkload() = default;

    virtual std::optional<LibraryProbe> probe_library() = 0;

    // Runs the chain once, then verifies it; fills the record's steps, verdict and start-up. Rows
    // start from that record.
    virtual void verify(ResultRecord& record, VerdictCache& cache, unsigned threads,
                        const Progress& progress) = 0;

    // An incorrect verdict on the same network at another size speaks against this one too.
    virtual void take_end_to_end(ResultRecord& record, const Verdict& end_to_end) = 0;

    virtual ResultRecord measure(const MeasureRequest& request) = 0;
};

// `threads` pack its constants.
std::unique_ptr<LoadedWorkload> load_workload(Device& device, ProgramCache& programs,
                                              Precision precision, NumericProblem problem,
                                              Plan plan, std::uint64_t seed, unsigned threads);

}  // namespace slimbench
