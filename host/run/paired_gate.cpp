#include "host/run/paired_gate.h"

#include <algorithm>
#include <filesystem>
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

double seconds_of(const Pair& pair) {
    double seconds = pair.start_seconds;
    for (const PairRow& row : pair.rows) seconds += row.seconds;
    return seconds;
}

PairsOrigin origin_of(const PairedSetup& setup, const PairRunner& runner, const Pair& verified) {
    const ResultRecord& base = runner.verified(Side::baseline).front();
    PairsOrigin origin;
    origin.suite = setup.suite.name;
    origin.suite_hash = setup.suite.hash;
    origin.protocol = base.protocol;
    origin.device = base.device;
    origin.environment = base.environment;
    origin.baseline_build = base.build;
    origin.candidate_build = runner.verified(Side::candidate).front().build;
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

// A calibration holds for the device, suite and protocol that it was made with.
void require_fitting(const Calibration& calibration, const PairsOrigin& origin) {
    ResultRecord there, here;
    there.device = calibration.device;
    there.suite_hash = calibration.suite_hash;
    there.protocol = calibration.protocol;
    here.device = origin.device;
    here.suite_hash = origin.suite_hash;
    here.protocol = origin.protocol;
    if (const auto unlike = differences(there, here); !unlike.empty())
        throw std::runtime_error(
            fmt::format("the calibration does not fit, its {}; make one with slimbench gate "
                        "--calibrate",
                        unlike.front().text()));
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
            runner_.verify([&](const std::string& text) { observer_.phase(text); });
        session_.spend(seconds_of(verified));
        origin_ = origin_of(setup_, runner_, verified);
        if (calibration_) require_fitting(*calibration_, origin_);
        for (const PairRow& row : verified.rows)
            if (!measurable(row)) session_.exclude(row);
        differences_ = differences_between(runner_);
        if (!refused(differences_, setup_.allowed).empty()) return;
        PairJournal journal(setup_.journal, origin_);
        std::size_t number = 0;
        for (auto ids = session_.next(); !ids.empty(); ids = session_.next()) {
            const Pair pair = runner_.measure(ids);
            journal.append(pair);
            session_.add(pair);
            observer_.pair(++number, pair);
        }
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
        GateReport report = gate.report();
        if (report.verdict == GateVerdict::inconclusive) report.reason = "interrupted";
        return report;
    } catch (const ProtocolMismatch& error) {
        GateReport report = gate.report();
        report.verdict = GateVerdict::not_comparable;
        report.reason = error.what();
        return report;
    }
}

RecordedPairs record_pairs(const PairedSetup& setup, std::size_t count, PairedObserver& observer,
                           const volatile bool& interrupted) {
    const RunOptions options = options_of(setup);
    // The order of measuring is drawn anew whenever a recording is gone on with.
    const std::size_t known =
        std::filesystem::exists(setup.journal) ? read_pairs(setup.journal).pairs.size() : 0;
    PairRunner runner(setup.binaries, setup.suite.workloads, options, setup.policy.seed + known,
                      interrupted);
    try {
        const Pair verified = runner.verify([&](const std::string& text) { observer.phase(text); });
        for (const PairRow& row : verified.rows)
            for (const ProcessTimes* times : {&row.baseline, &row.candidate})
                if (times->status != Status::measured)
                    throw std::runtime_error(
                        fmt::format("{}: {}: {}", row.id, name(times->status), times->reason));
        PairJournal journal(setup.journal, origin_of(setup, runner, verified));
        for (std::size_t number = known; number < count; ++number) {
            const Pair pair = runner.measure(runner.row_ids());
            journal.append(pair);
            observer.pair(number + 1, pair);
        }
    } catch (const Interrupted&) {
    }
    return read_pairs(setup.journal);
}

}  // namespace slimbench
