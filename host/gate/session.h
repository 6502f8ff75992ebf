// The paired gate as a sequence of decisions: which rows the next pair of processes measures, and
// when to stop. It measures nothing itself, so that recorded pairs replay exactly as live ones run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/gate/gate_report.h"
#include "host/gate/paired_row.h"
#include "host/gate/policy.h"

namespace slimbench {

struct GatedRow {
    std::string id;
    std::optional<Limits> limits;  // nothing: measured, and gates nothing
};

// How it decides. After the numbers of pairs that the policy names it looks:
//  - A row is flagged when the signed-rank test, corrected for the number of rows, says that it is
//    slower than its threshold, and its bootstrap interval lies above the threshold as well.
//    Flagged rows are measured again, in fresh pairs; those whose fresh pairs alone say the same
//    make a regression. A flag that is not confirmed is taken back.
//  - A row is cleared when its effect of interest is excluded and would have been seen; a cleared
//    row is not measured on.
// The policy's error rate is shared out among the looks, so that looking often costs nothing.
class Session {
public:
    // Throws std::invalid_argument when no row gates or the last look has too few pairs to flag
    // one.
    Session(const Policy& policy, std::vector<GatedRow> rows);

    // Seconds of the budget that went into something else than pairs.
    void spend(double seconds) { spent_ += seconds; }

    // Ids of the rows that the next pair has to measure; empty when the verdict stands.
    std::vector<std::string> next() const;
    void add(const Pair& pair);

    // A row that one of the two builds cannot even prepare.
    void exclude(const PairRow& row);

    // Verdict, reason, rows, pairs and seconds; where it all came from is the caller's to fill in.
    GateReport report() const;

private:
    enum class State { open, flagged, slower, cleared, lost, not_gated };
    enum class Phase { looking, confirming, ended };
    struct Row {
        PairedRow times;
        State state = State::open;
        bool unconfirmed = false;  // was flagged, and fresh pairs did not say so again
    };

    std::size_t gating() const;               // rows
    double detectable(const Row& row) const;  // 0 for a row that does not gate
    Resampling resampling() const { return {policy_.resamples, policy_.seed}; }
    bool wants(const Row& row) const;
    bool any(State state) const;
    bool any_wrong() const;
    std::vector<double> corrected_p() const;
    void look();
    void judge_flagged();
    void go_on();
    bool time_for(int pairs, const std::vector<std::string>& rows) const;
    GateRow describe(const Row& row, double p) const;

    const Policy policy_;
    std::vector<Row> rows_;
    Phase phase_ = Phase::looking;
    std::size_t looks_ = 0;  // taken
    int pairs_ = 0;          // while looking
    int fresh_pairs_ = 0;    // since rows were flagged
    std::int64_t all_pairs_ = 0;
    double spent_ = 0, start_seconds_ = 0;
    bool out_of_time_ = false;
    struct Cost {
        double seconds = 0;
        int pairs = 0;
    };
    std::map<std::string, Cost> costs_;
};

// Runs a session on pairs that `measure` supplies, until it has its verdict.
template <class Measure>
GateReport run_session(Session& session, Measure measure) {
    for (std::vector<std::string> rows = session.next(); !rows.empty(); rows = session.next())
        session.add(measure(rows));
    return session.report();
}

}  // namespace slimbench
