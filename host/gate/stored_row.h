// One row as two sets of records hold it: every measured record of the row is a run, in a process
// of its own.
#pragma once

#include <string>
#include <vector>

#include "host/gate/comparability.h"
#include "host/gate/gate_report.h"
#include "host/gate/pair.h"
#include "host/gate/ratio.h"
#include "host/record/result_record.h"

namespace slimbench {

struct StoredSide {
    std::vector<const ResultRecord*> records;

    bool wrong() const;
    // Why there is no time: "missing", or the last record's status and reason. Empty if there is.
    std::string loss() const;
    std::size_t lost_runs() const;
    std::vector<double> samples() const;  // of all measured runs
    std::vector<double> medians() const;  // one a measured run
    SideTimes times() const;
    std::vector<std::string> flags() const;
    const ResultRecord* first_measured() const;  // null where none was
};

struct StoredRow {
    std::string id;
    StoredSide baseline, candidate;

    const StoredSide& of(Side side) const { return side == Side::baseline ? baseline : candidate; }
    std::string loss() const;  // "candidate: crashed: ..."; empty when both sides have times
    // "candidate: 2 of 6 runs lost", of sides that have times from other runs.
    std::vector<std::string> lost_runs() const;
    bool covers_processes() const;  // four runs on each side
    LogRatio log_ratio() const;     // of runs where it covers processes, of their samples else
};

// Rows in the order of the baseline, then those that only the candidate has. Points into the
// records.
std::vector<StoredRow> stored_rows(const std::vector<ResultRecord>& baseline,
                                   const std::vector<ResultRecord>& candidate);

// Fields in which any measured record of a row differs from the first measured of its baseline.
std::vector<Difference> differences_within(const std::vector<StoredRow>& rows);

}  // namespace slimbench
