#include "host/run/coordinator.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "host/run/device_worker.h"
#include "host/run/environment.h"
#include "host/run/roof.h"
#include "host/run/seat.h"
#include "host/run/tuning_files.h"

namespace slimbench {

namespace {

using std::chrono::steady_clock;

// What has blocks in a turn: our kernels, or a peer's, on one workload's row.
struct Part {
    Seat* seat;
    std::size_t side;
    const Row* row;
};

class Run {
public:
    Run(const RunOptions& options, RunObserver& observer, const volatile bool& interrupted)
        : options_(options),
          observer_(observer),
          interrupted_(interrupted),
          workers_({options.device}, interrupted) {
        add_seat();
    }

    void measure(std::vector<Candidate> waiting);
    RunOutcome outcome;

private:
    void add_seat() { seats_.emplace_back(options_.peers, workers_); }
    void measure_turn(std::span<const Candidate> turn);
    void prepare(std::span<const Candidate> turn);
    void measure_row(const RowIdentity& row);
    std::vector<Part> parts_of(const RowIdentity& row);
    void emit(ResultRecord record, const Workload& workload, Row row, const std::string& peer);
    // A loss costs the row, and all that are left of the seat's workload. False if it was one.
    bool went_well(Seat& seat, const Row& row, Seat::Lost lost);
    void show(const Seat& seat, const std::string& phase);
    std::optional<Peaks> ask_peaks(PeaksWanted wanted);
    bool on_our_device(const ResultRecord& record) const;
    PrepareRequest request_for(const Workload& workload);

    const RunOptions& options_;
    RunObserver& observer_;
    const volatile bool& interrupted_;
    DeviceWorkers workers_;
    std::deque<Seat> seats_;  // at least one
    nlohmann::json device_;   // as its worker described it
    Roof roof_{[this](PeaksWanted wanted) { return ask_peaks(wanted); }};
    const Seat::Phase phase_ = [this](const std::string& text) { observer_.phase(text); };
    std::size_t rows_done_ = 0, rows_in_all_ = 0;  // ours
};

PrepareRequest Run::request_for(const Workload& workload) {
    PrepareRequest request = prepare_request(workload, options_);
    if (options_.tuning)
        request.tuned = tuned_choices(*options_.tuning, traits_from(device_), workload.precision);
    return request;
}

// Without peaks rows have no roofline, and that is said; it does not cost them their speed.
std::optional<Peaks> Run::ask_peaks(PeaksWanted wanted) {
    const auto tell = [&](const std::string& why) {
        observer_.notice("no roofline: peaks: " + why);
        return std::nullopt;
    };
    bool told = false;
    const auto phase = [&](const std::string& text) {
        if (!std::exchange(told, true))
            observer_.notice(
                "measuring the device's peaks, a few seconds (--no-roofline leaves them out)");
        observer_.phase(text);
    };
    try {
        return seats_.front().device().peaks(wanted, steady_clock::now() + peaks_time_limit, phase);
    } catch (const WorkerFailed& error) {
        return tell(error.what());
    } catch (const ChildEnded& error) {
        seats_.front().end_worker();
        return tell(fmt::format("the worker {}", error.what()));
    } catch (const WorkerTimedOut&) {
        seats_.front().end_worker();
        return tell(fmt::format("no answer within {} s", peaks_time_limit.count()));
    }
}

// Peers that use the processor run on our device if that is what it is.
bool Run::on_our_device(const ResultRecord& record) const {
    if (!record.device.is_object()) return false;
    const auto same = [&](const char* key) {
        return record.device.value(key, "") == device_.value(key, "");
    };
    return same("name") || (same("type") && device_["type"] == "cpu");
}

void Run::emit(ResultRecord record, const Workload& workload, Row row, const std::string& peer) {
    if (!peer.empty()) row.identity.implementation = peer;
    record.identity = row.identity;
    if (on_our_device(record)) roof_.hold(record);
    record.macs_unpruned = row.identity.kind == RowKind::forward ? workload.macs_unpruned : 0;
    record.repro = repro_command(workload, row, options_);
    record.suite = options_.suite;
    record.suite_hash = options_.suite_hash;
    record.protocol = to_json(workload.protocol);
    if (record.time.empty()) record.time = utc_now();
    switch (record.status) {
        case Status::measured:
            ++outcome.measured;
            break;
        case Status::incorrect:
            ++outcome.incorrect;
            break;
        case Status::failed:
        case Status::crashed:
        case Status::timed_out:
            ++outcome.lost;
            break;
        default:
            ++outcome.not_run;
    }
    observer_.record(record);
}

bool Run::went_well(Seat& seat, const Row& row, Seat::Lost lost) {
    if (!lost) return true;
    emit(std::move(*lost), *seat.workload(), row, "");
    rows_done_ += seat.leave();
    return false;
}

void Run::show(const Seat& seat, const std::string& phase) {
    observer_.position(rows_done_, rows_in_all_, seat.workload()->id());
    observer_.phase(phase);
}

// Two at a time: a kernel is compiled by one thread. A workload that cannot be measured leaves one
// record, its first row's.
void Run::prepare(std::span<const Candidate> turn) {
    const auto await = [&](std::size_t s) {
        Seat& seat = seats_[s];
        if (!seat.workload()) return;
        show(seat, "preparing");
        went_well(seat, turn[s].rows.front(), seat.await_prepared(phase_));
    };
    for (std::size_t s = 0; s < turn.size(); ++s) {
        Seat& seat = seats_[s];
        went_well(seat, turn[s].rows.front(), seat.send_prepare(request_for(*seat.workload())));
        if (s > 0) await(s - 1);
    }
    await(turn.size() - 1);
}

std::vector<Part> Run::parts_of(const RowIdentity& wanted) {
    std::vector<Part> parts;
    for (Seat& seat : seats_) {
        const Row* row = seat.find(wanted);
        if (!row) continue;
        const PrepareRequest request = request_for(*seat.workload());
        if (!went_well(seat, *row, seat.prepare_peers(*row, request, phase_))) continue;
        for (std::size_t s = 0; s < seat.sides_of(*row); ++s) parts.push_back({&seat, s, row});
    }
    return parts;
}

void Run::measure_row(const RowIdentity& wanted) {
    std::vector<Part> parts = parts_of(wanted);
    const auto measures = [](const Part& part) { return part.seat->measures(part.side); };
    const bool in_turn = std::ranges::count_if(parts, measures) > 1;
    const std::string phase =
        wanted.kind == RowKind::forward ? "measuring" : "layer " + wanted.layer;
    const auto take_block = [&](const Part& part, int block) {
        Seat& seat = *part.seat;
        if (!seat.workload()) return;
        const Protocol& whole = seat.workload()->protocol;
        if (block >= (in_turn ? blocks_of(whole) : 1)) return;
        show(seat, phase);
        went_well(seat, *part.row,
                  seat.take_block(part.side, *part.row, in_turn ? block_of(whole, block) : whole));
    };
    for (int block = 0; block < most_blocks; ++block) {
        for (const Part& part : parts) take_block(part, block);
        std::ranges::reverse(parts);  // there and back: none is always the one behind another
    }
    for (const auto& [seat, side, row] : parts) {
        if (!seat->workload()) continue;
        if (side == 0) show(*seat, phase);
        emit(seat->collect(side), *seat->workload(), *row, seat->name(side));
        if (side == 0) ++rows_done_;
    }
}

void Run::measure_turn(std::span<const Candidate> turn) {
    while (seats_.size() < turn.size()) add_seat();
    while (seats_.size() > turn.size()) seats_.pop_back();  // drivers hold memory for workers
    for (std::size_t s = 0; s < turn.size(); ++s) seats_[s].take(turn[s]);
    for (std::size_t s = 0; s < turn.size(); ++s) seats_[s].launch();
    for (std::size_t s = 0; s < turn.size(); ++s) seats_[s].await_launched();
    if (options_.roofline) roof_.raise();
    prepare(turn);
    std::vector<RowIdentity> rows;  // of all workloads, each once
    for (const Candidate& candidate : turn)
        for (const Row& row : candidate.rows)
            if (std::ranges::none_of(
                    rows, [&](const RowIdentity& known) { return same_row(known, row.identity); }))
                rows.push_back(row.identity);
    for (const RowIdentity& row : rows) measure_row(row);
    for (Seat& seat : seats_) seat.leave();
}

void Run::measure(std::vector<Candidate> waiting) {
    device_ = seats_.front().device().hello().at("device");
    const DeviceTraits device = traits_from(device_);
    for (Candidate& candidate : waiting) {
        candidate.need = room_needed(*candidate.workload, device, options_);
        rows_in_all_ += candidate.rows.size();
    }
    for (std::span<const Candidate> rest = waiting; !rest.empty() && !interrupted_;) {
        const std::size_t size = turn_size(rest, room_for_turns(device, available_memory()));
        measure_turn(rest.first(size));
        rest = rest.subspan(size);
    }
}

}  // namespace

bool is_settled(Status status) {
    return status != Status::crashed && status != Status::timed_out && status != Status::failed;
}

RunOutcome run_workloads(const std::vector<Workload>& workloads, const RunOptions& options,
                         const std::set<std::string>& done, RunObserver& observer,
                         const volatile bool& interrupted) {
    std::vector<Candidate> waiting;
    for (const Workload& workload : workloads) {
        std::vector<Row> rows = rows_of(workload, options);
        std::erase_if(rows, [&](const Row& row) { return done.contains(row.identity.id()); });
        if (!rows.empty()) waiting.push_back({&workload, std::move(rows), {}});
    }
    Run run(options, observer, interrupted);
    try {
        if (!waiting.empty()) run.measure(std::move(waiting));
    } catch (const Interrupted&) {
    }
    run.outcome.interrupted = interrupted;
    return run.outcome;
}

nlohmann::json describe_device(const std::string& device_pattern) {
    const bool never = false;
    return DeviceWorkers({device_pattern}, never).start()->hello();
}

}  // namespace slimbench
