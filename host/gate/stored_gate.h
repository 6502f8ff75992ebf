// The gate on stored records: for machines that nothing else disturbs, and histories.
#pragma once

#include <vector>

#include "host/gate/calibration.h"
#include "host/gate/gate_report.h"
#include "host/gate/policy.h"
#include "host/record/result_record.h"

namespace slimbench {

struct StoredRuns {
    std::vector<ResultRecord> baseline, candidate;
    std::vector<std::string> allowed;  // fields that may differ
};

// Every measured record of a row is a run of it. With four runs a side the rows are compared by the
// rank-sum test; with fewer only where a calibration knows how much processes differ, for one
// process says nothing about the next. There is one look and nothing is measured again. Throws
// std::invalid_argument when no row gates, or for an unknown allowed field.
GateReport judge_stored(const Policy& policy, const StoredRuns& runs,
                        const Calibration* calibration);

}  // namespace slimbench
