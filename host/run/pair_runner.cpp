#include "host/run/pair_runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "host/problem/fnv1a.h"
#include "host/problem/strict_json.h"
#include "host/run/environment.h"

namespace slimbench {

namespace {

using std::chrono::steady_clock;

constexpr double block_seconds = 4e-3;
constexpr double most_block_samples = 50;

double seconds_since(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

ChildProcess::Deadline deadline_of(const Workload& workload) {
    return steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                     std::chrono::duration<double>(workload.protocol.time_limit));
}

// Where a binary keeps its verdicts: what another one verified proves nothing about this one.
std::string cache_folder_of(const std::string& binary_hash) {
    const std::string all = cache_folder();
    return all.empty() ? "" : fmt::format("{}/binaries/{}", all, binary_hash);
}

// A side waits when the other one has no time to compare its own with.
ProcessTimes not_asked() {
    return {Status::skipped, "the other side could not be measured", {}, {}};
}

void join(ProcessTimes& times, const ProcessTimes& block) {
    times.device.insert(times.device.end(), block.device.begin(), block.device.end());
    for (const std::string& flag : block.flags)
        if (std::ranges::find(times.flags, flag) == times.flags.end()) times.flags.push_back(flag);
    if (times.status == Status::measured && block.status != Status::measured) {
        times.status = block.status;
        times.reason = block.reason;
    }
}

// Whether a worker ended while it measured the row.
bool ended(const PairRow& row) {
    const auto is_over = [](const ProcessTimes& times) {
        return times.status == Status::crashed || times.status == Status::timed_out;
    };
    return is_over(row.baseline) || is_over(row.candidate);
}

// A side's k-th block lies right beside the other's k-th, before it as often as after it: first,
// second, second, first, and so on.
bool first_takes(int turn) {
    return turn % 4 == 0 || turn % 4 == 3;
}

}  // namespace

PairRunner::PairRunner(const Binaries& binaries, const std::vector<Workload>& workloads,
                       RunOptions options, std::uint64_t seed, const volatile bool& interrupted)
    : options_(std::move(options)),
      interrupted_(interrupted),
      draw_(seed),
      baseline_(worker_of(binaries.baseline)),
      candidate_(worker_of(binaries.candidate)) {
    for (const Workload& workload : workloads) {
        std::vector<Row> rows = rows_of(workload, options_);
        if (!rows.empty()) groups_.push_back({&workload, std::move(rows)});
    }
}

std::vector<std::string> PairRunner::row_ids() const {
    std::vector<std::string> ids;
    for (const Group& group : groups_)
        for (const Row& row : group.rows) ids.push_back(row.identity.id());
    return ids;
}

PairRunner::Worker PairRunner::worker_of(const std::string& program) const {
    const std::string hash = fnv1a(read_text_file(program));
    return {program,
            hash,
            DeviceWorkers({options_.device, program, cache_folder_of(hash)}, interrupted_),
            nullptr,
            {}};
}

// What fails says whose program it was.
void PairRunner::start(Side side, const std::function<void(Worker&)>& step) {
    const auto whose = [&](const std::exception& error) {
        return fmt::format("{} {}: {}", name(side), of(side).program, error.what());
    };
    try {
        step(of(side));
    } catch (const Interrupted&) {
        throw;
    } catch (const ProtocolMismatch& error) {
        throw ProtocolMismatch(whose(error));
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(whose(error));
    }
}

double PairRunner::start_both() {
    const auto started = steady_clock::now();
    for (const Side side : {Side::baseline, Side::candidate})
        start(side, [](Worker& worker) {
            worker.link.reset();  // the old process ends before the new one starts
            worker.link = worker.starter.launch();
        });
    for (const Side side : {Side::baseline, Side::candidate})
        start(side, [](Worker& worker) { worker.starter.await(worker.link); });
    return seconds_since(started);
}

// What a worker could not do becomes a record; where it ended, a new one takes its place.
ResultRecord PairRunner::guarded(Side side, const Workload& workload,
                                 const std::function<ResultRecord()>& ask) {
    ResultRecord lost;
    try {
        return ask();
    } catch (const ChildEnded& error) {
        lost.status = Status::crashed;
        lost.reason = fmt::format("the worker {}", error.what());
    } catch (const WorkerTimedOut&) {
        lost.status = Status::timed_out;
        lost.reason =
            fmt::format("took longer than the limit of {:g} s", workload.protocol.time_limit);
    } catch (const WorkerFailed& error) {
        lost.status = Status::failed;
        lost.reason = error.what();
        return lost;
    }
    start(side, [](Worker& worker) {
        worker.link.reset();
        worker.link = worker.starter.start();
    });
    return lost;
}

// Both sides prepare at the same time: nothing is timed here.
PairRunner::Answers PairRunner::prepare(const Group& group, const Phase& phase) {
    const Workload& workload = *group.workload;
    const PrepareRequest request = prepare_request(workload, options_);
    const auto deadline = deadline_of(workload);
    const auto ask = [&](Side side) {
        ResultRecord asked;
        asked.status = Status::measured;
        return guarded(side, workload, [&] { return of(side).link->send_prepare(request), asked; });
    };
    const auto answer = [&](Side side, const ResultRecord& asked) {
        if (asked.status != Status::measured) return asked;
        return guarded(side, workload, [&] {
            return of(side).link->await_record(deadline, [&](const std::string& text) {
                if (phase) phase(fmt::format("{}: {}", name(side), text));
            });
        });
    };
    const ResultRecord baseline = ask(Side::baseline), candidate = ask(Side::candidate);
    return {answer(Side::baseline, baseline), answer(Side::candidate, candidate)};
}

// The calls of a block, so that the machine has no time to change between a side's and the other's.
PairRunner::Blocks PairRunner::blocks_of(const Protocol& protocol, double seconds_per_call) {
    const double calls = std::clamp(block_seconds / seconds_per_call, 1.0, most_block_samples);
    Blocks blocks{.a_side = 1, .samples = static_cast<int>(calls)};
    const double samples =
        std::max<double>(protocol.min_samples, protocol.min_time / seconds_per_call);
    blocks.a_side = static_cast<int>(std::ceil(samples / blocks.samples));
    return blocks;
}

PairRow PairRunner::alternate(const Group& group, const Row& row) {
    const auto deadline = deadline_of(*group.workload);
    const Protocol& protocol = group.workload->protocol;
    PairRow pair;
    pair.id = row.identity.id();
    pair.baseline_first = draw_.coin();
    // False, and the other side's times are none, when this one could not be measured.
    const auto ask = [&](Side side, const Protocol& wanted, bool block) {
        const MeasureRequest request{row.identity.kind, row.step, row.identity.cache, wanted,
                                     block};
        ProcessTimes& times = side == Side::baseline ? pair.baseline : pair.candidate;
        join(times, process_times(guarded(side, *group.workload, [&] {
                 return of(side).link->measure(request, deadline);
             })));
        if (times.status == Status::measured) return true;
        (side == Side::baseline ? pair.candidate : pair.baseline) = not_asked();
        return false;
    };
    const Protocol warming{protocol.warm_up, 0, 3, protocol.time_limit};
    for (const Side side : {Side::baseline, Side::candidate})
        if (!ask(side, warming, false)) return pair;
    const Blocks blocks =
        blocks_of(protocol, std::max(*pair.baseline.median(), *pair.candidate.median()));
    pair.block_samples = blocks.samples;
    pair.baseline = pair.candidate = {};  // of times and flags, only those of blocks count
    const Protocol block{0, 0, blocks.samples, protocol.time_limit};
    for (int turn = 0; turn < 2 * blocks.a_side; ++turn) {
        const bool baseline = first_takes(turn) == pair.baseline_first;
        if (!ask(baseline ? Side::baseline : Side::candidate, block, true)) return pair;
    }
    return pair;
}

PairRow PairRunner::unmeasured(const Row& row, const Answers& answers) {
    PairRow pair;
    pair.id = row.identity.id();
    pair.baseline = process_times(answers.baseline);
    pair.candidate = process_times(answers.candidate);
    return pair;
}

Pair PairRunner::verify(const Phase& phase, const RowVerified& row_verified) {
    Pair pair{.time = utc_now(), .start_seconds = start_both(), .rows = {}};
    baseline_.verified.clear();
    candidate_.verified.clear();
    for (const Group& group : groups_) {
        const auto started = steady_clock::now();
        const Answers answers = prepare(group, phase);
        for (const Row& row : group.rows) {
            pair.rows.push_back(unmeasured(row, answers));
            row_verified(pair.rows.back());
            for (const Side side : {Side::baseline, Side::candidate}) {
                ResultRecord record = side == Side::baseline ? answers.baseline : answers.candidate;
                record.identity = row.identity;
                record.suite = options_.suite;
                record.suite_hash = options_.suite_hash;
                record.protocol = to_json(group.workload->protocol);
                of(side).verified.push_back(std::move(record));
            }
        }
        pair.rows.back().seconds = seconds_since(started);
    }
    return pair;
}

Pair PairRunner::measure(const std::vector<std::string>& ids) {
    Pair pair{.time = utc_now(), .start_seconds = start_both(), .rows = {}};
    std::vector<const Group*> order;
    for (const Group& group : groups_) order.push_back(&group);
    draw_.shuffle(order);
    for (const Group* group : order) {
        Group wanted = *group;
        std::erase_if(wanted.rows, [&](const Row& row) {
            return std::ranges::find(ids, row.identity.id()) == ids.end();
        });
        if (wanted.rows.empty()) continue;
        auto started = steady_clock::now();
        Answers answers = prepare(wanted, {});
        draw_.shuffle(wanted.rows);
        for (const Row& row : wanted.rows) {
            pair.rows.push_back(answers.measured() ? alternate(wanted, row)
                                                   : unmeasured(row, answers));
            // The worker in the place of one that ended has nothing prepared.
            const bool last = &row == &wanted.rows.back();
            if (answers.measured() && ended(pair.rows.back()) && !last)
                answers = prepare(wanted, {});
            // The first row bears what preparing cost.
            pair.rows.back().seconds = seconds_since(started);
            started = steady_clock::now();
        }
    }
    return pair;
}

}  // namespace slimbench
