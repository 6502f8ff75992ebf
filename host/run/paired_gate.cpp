#include "host/run/paired_gate.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "host/gate/comparability.h"
#include "host/gate/session.h"
#include "host/run/environment.h"

namespace slimbench {

namespace {

bool measurable(const PairRow& row) {
    return row.baseline.status == Status::measured && row.candidate.status == Status::measured;
}

void require_measurable(const PairRow& row) {
    const auto found = [&](const ProcessTimes& times) {
        return fmt::format("{}: {}: {}", row.id, name(times.status), times.reason);
    };
    for (const Side side : {Side::baseline, Side::candidate})
        if (row.of(side).status == Status::incorrect) throw WrongOutput(found(row.of(side)));
    for (const Side side : {Side::baseline, Side::candidate})
        if (row.of(side).status != Status::measured) throw std::runtime_error(found(row.of(side)));
}

double seconds_of(const Pair& pair) {
    double seconds = pair.start_seconds;
    for (const PairRow& row : pair.rows) seconds += row.seconds;
    return seconds;
}

PairsOrigin origin_of(const PairedSetup& setup, const PairRunner& runner, const Pair& verified) {
    const ResultRecord& base = first_measured(runner.verified(Side::baseline));
    PairsOrigin origin;
    origin.suite = setup.suite.name;
    origin.suite_hash = setup.suite.hash;
    origin.protocol = base.protocol;
    origin.device = base.device;
    origin.environment = base.environment;
    origin.baseline_build = base.build;
    origin.candidate_build = first_measured(runner.verified(Side::candidate)).build;
    origin.baseline_binary = runner.hash(Side::baseline);
    origin.candidate_binary = runner.hash(Side::candidate);
    origin.verify_seconds = seconds_of(verified);
    return origin;
}

std::vector<Difference> differences_between(const PairRunner& runner) {
    std::vector<Difference> found;
    const auto& base = runner.verified(Side::baseline);
    const auto& candidate = runner.verified(Side::candidate);
    for (std::size_t i = 0; i < base.size(); ++i)
        if (base[i].status == Status::measured && candidate[i].status == Status::measured)
            add_differences(found, differences(base[i], candidate[i]));
    return found;
}

void add_origin(GateReport& report, const PairsOrigin& origin) {
    report.protocol = origin.protocol;
    report.device = origin.device;
    report.environment = origin.environment;
    report.baseline_build = origin.baseline_build;
    report.candidate_build = origin.candidate_build;
}

RunOptions options_of(const PairedSetup& setup) {
    RunOptions options = setup.options;
    options.suite = setup.suite.name;
    options.suite_hash = setup.suite.hash;
    return options;
}

// A gate under way: what it has found so far is its report, however it ends.
class PairedGate {
public:
    PairedGate(const PairedSetup& setup, const Calibration* calibration, PairedObserver& observer,
               const volatile bool& interrupted)
        : setup_(setup),
          calibration_(calibration),
          observer_(observer),
          runner_(setup.binaries, setup.suite.workloads, options_of(setup), setup.policy.seed,
                  interrupted),
          session_(setup.policy, gated_rows(setup.policy, runner_.row_ids(), calibration)) {}

    void run() {
        const Pair verified =
            runner_.verify([&](const std::string& text) { observer_.phase(text); },
                           [&](const PairRow& row) {
                               if (!measurable(row)) session_.exclude(row);
                           });
        session_.spend(seconds_of(verified));
        origin_ = origin_of(setup_, runner_, verified);
        if (session_.next().empty()) return;
        if (calibration_) require_fitting(*calibration_, origin_);
        differences_ = differences_between(runner_);
        if (!refused(differences_, setup_.allowed).empty()) return;
        PairJournal journal(setup_.journal, origin_);
        under_way_ = true;
        std::size_t number = 0;
        for (auto ids = session_.next(); !ids.empty(); ids = session_.next()) {
            const Pair pair = runner_.measure(ids);
            journal.append(pair);
            session_.add(pair);
            observer_.pair(++number, pair);
        }
    }

    // Whether both builds can serve: what goes wrong from then on is a finding about them.
    bool under_way() const { return under_way_; }

    // Of a gate that could not end; what it had already found stands.
    GateReport broken_off(GateVerdict verdict, const std::string& reason) const {
        GateReport report = this->report();
        if (report.verdict != GateVerdict::inconclusive) return report;
        report.verdict = verdict;
        report.reason = reason;
        return report;
    }

    GateReport report() const {
        GateReport report = session_.report();
        report.time = utc_now();
        report.suite = setup_.suite.name;
        report.suite_hash = setup_.suite.hash;
        report.allowed = setup_.allowed;
        add_origin(report, origin_);
        if (calibration_) report.calibration = to_json(*calibration_);
        for (const Difference& difference : differences_)
            report.differing.push_back(difference.text());
        const auto unlike = refused(differences_, setup_.allowed);
        if (!unlike.empty() && report.verdict != GateVerdict::wrong_output) {
            report.verdict = GateVerdict::not_comparable;
            report.reason = "unlike builds or machines: " + unlike.front().text();
        }
        return report;
    }

private:
    const PairedSetup& setup_;
    const Calibration* calibration_;
    PairedObserver& observer_;
    PairRunner runner_;
    Session session_;
    PairsOrigin origin_;
    std::vector<Difference> differences_;
    bool under_way_ = false;
};

}  // namespace

GateReport run_paired_gate(const PairedSetup& setup, const Calibration* calibration,
                           PairedObserver& observer, const volatile bool& interrupted) {
    refused({}, setup.allowed);  // a misspelt field is found before minutes are spent
    PairedGate gate(setup, calibration, observer, interrupted);
    try {
        gate.run();
        return gate.report();
    } catch (const Interrupted&) {
        return gate.broken_off(GateVerdict::inconclusive, "interrupted");
    } catch (const ProtocolMismatch& error) {
        return gate.broken_off(GateVerdict::not_comparable, error.what());
    } catch (const std::exception& error) {
        GateReport report = gate.broken_off(GateVerdict::not_comparable, error.what());
        if (gate.under_way() || report.verdict == GateVerdict::wrong_output) return report;
        throw;
    }
}

RecordedPairs record_pairs(const PairedSetup& setup, std::size_t count, PairedObserver& observer,
                           const volatile bool& interrupted) {
    const RunOptions options = options_of(setup);
    // The order of measuring is drawn anew whenever a recording is gone on with.
    const std::size_t known = pairs_so_far(setup.journal).pairs.size();
    PairRunner runner(setup.binaries, setup.suite.workloads, options, setup.policy.seed + known,
                      interrupted);
    try {
        const Pair verified = runner.verify([&](const std::string& text) { observer.phase(text); },
                                            require_measurable);
        PairJournal journal(setup.journal, origin_of(setup, runner, verified));
        for (std::size_t number = known; number < count; ++number) {
            const Pair pair = runner.measure(runner.row_ids());
            journal.append(pair);
            observer.pair(number + 1, pair);
        }
    } catch (const Interrupted&) {
    }
    return pairs_so_far(setup.journal);
}

}  // namespace slimbench
