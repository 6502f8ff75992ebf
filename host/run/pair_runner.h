// Measures pairs of processes: one worker per binary, both alive at once, taking turns in short
// blocks, so that whatever the machine does meets both.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/gate/draw.h"
#include "host/gate/pair.h"
#include "host/run/device_worker.h"
#include "host/run/rows.h"

namespace slimbench {

struct Binaries {
    std::string baseline, candidate;  // paths of slimbench programs
};

class PairRunner {
public:
    using Phase = std::function<void(const std::string&)>;
    using RowVerified = std::function<void(const PairRow&)>;

    PairRunner(const Binaries& binaries, const std::vector<Workload>& workloads, RunOptions options,
               std::uint64_t seed, const volatile bool& interrupted);

    std::vector<std::string> row_ids() const;

    // Prepares every workload once per binary and verifies its output, which no later process does
    // again: a binary's verdicts are kept under a hash of its content. Rows come back without
    // times, and are told of one by one; those that cannot be measured say why. Throws
    // ProtocolMismatch, std::runtime_error when a binary cannot serve at all, Interrupted.
    Pair verify(const Phase& phase, const RowVerified& row_verified);

    // Measures the rows in two fresh processes: rows in random order, the first block by chance.
    // Throws what verify() throws.
    Pair measure(const std::vector<std::string>& ids);

    // What verify() found of suite, device and build: a record for each row, in the order of
    // row_ids().
    const std::vector<ResultRecord>& verified(Side side) const { return of(side).verified; }

    // Of a side's binary.
    const std::string& hash(Side side) const { return of(side).hash; }

private:
    struct Worker {
        std::string program, hash;
        DeviceWorkers starter;
        std::unique_ptr<WorkerLink> link;
        std::vector<ResultRecord> verified;
    };
    struct Group {  // rows that share a workload, which is prepared once for them
        const Workload* workload;
        std::vector<Row> rows;
    };
    // What asking both sides for the same came to.
    struct Answers {
        ResultRecord baseline, candidate;
        bool measured() const {
            return baseline.status == Status::measured && candidate.status == Status::measured;
        }
    };

    Worker& of(Side side) { return side == Side::baseline ? baseline_ : candidate_; }
    const Worker& of(Side side) const { return side == Side::baseline ? baseline_ : candidate_; }
    Worker worker_of(const std::string& program) const;
    void start(Side side, const std::function<void(Worker&)>& step);
    double start_both();
    Answers prepare(const Group& group, const Phase& phase);
    struct Blocks {
        int a_side, samples;
    };
    static Blocks blocks_of(const Protocol& protocol, double seconds_per_call);
    static PairRow unmeasured(const Row& row, const Answers& answers);
    PairRow alternate(const Group& group, const Row& row);
    ResultRecord guarded(Side side, const Workload& workload,
                         const std::function<ResultRecord()>& ask);

    RunOptions options_;
    const volatile bool& interrupted_;
    Draw draw_;
    std::vector<Group> groups_;
    Worker baseline_, candidate_;
};

}  // namespace slimbench
