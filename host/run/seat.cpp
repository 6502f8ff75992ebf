#include "host/run/seat.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace slimbench {

Seat::Seat(const std::vector<std::string>& peers, DeviceWorkers& workers)
    : workers_(workers), sides_(1 + peers.size()) {
    for (std::size_t p = 0; p < peers.size(); ++p) sides_[p + 1].name = peers[p];
}

void Seat::take(const Candidate& candidate) {
    workload_ = candidate.workload;
    rows_ = candidate.rows;
    rows_left_ = rows_.size();
    time_left_ = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(workload_->protocol.time_limit));
}

std::size_t Seat::leave() {
    if (!workload_) return 0;
    workload_ = nullptr;
    for (Side& side : sides_) {
        side.prepared = side.row = std::nullopt;
        if (side.link && !side.link->release()) side.link.reset();
    }
    return std::exchange(rows_left_, 0);
}

const Row* Seat::find(const RowIdentity& wanted) const {
    if (!workload_) return nullptr;
    const auto found =
        std::ranges::find_if(rows_, [&](const Row& row) { return same_row(row.identity, wanted); });
    return found == rows_.end() ? nullptr : &*found;
}

void Seat::launch() {
    Side& ours = sides_.front();
    if (ours.link) return;
    ours.link = workers_.launch();
    ours.launched = true;
}

void Seat::await_launched() {
    Side& ours = sides_.front();
    if (std::exchange(ours.launched, false)) workers_.await(ours.link);
}

WorkerLink& Seat::device() {
    launch();
    await_launched();
    return *sides_.front().link;
}

void Seat::end_worker() {
    Side& ours = sides_.front();
    ours.link.reset();
    ours.launched = false;
    ours.prepared.reset();
}

// `started`: when what this is part of began, from which on time counts.
template <class Work>
Seat::Lost Seat::guarded(Clock::time_point started, Work work) {
    const auto lose = [&](Status status, const std::string& reason, bool with_workers) {
        ResultRecord lost = loss(status, reason);
        if (with_workers)
            for (Side& side : sides_) side.link.reset();
        return lost;
    };
    try {
        Lost lost = work(started + time_left_);
        time_left_ -= Clock::now() - started;
        return lost;
    } catch (const ChildEnded& error) {
        return lose(Status::crashed, fmt::format("the worker {}", error.what()), true);
    } catch (const WorkerTimedOut&) {
        return lose(
            Status::timed_out,
            fmt::format("took longer than the limit of {:g} s", workload_->protocol.time_limit),
            true);
    } catch (const WorkerFailed& error) {
        return lose(Status::failed, error.what(), false);
    }
}

template <class Question>
void Seat::ask(Side& peer, std::optional<ResultRecord>& answer, Question question) {
    try {
        if (!peer.link) peer.link = workers_.start(peer.name);
        question(*peer.link);
    } catch (const ChildEnded& error) {
        peer.link.reset();
        peer.prepared = loss(Status::crashed, fmt::format("the worker {}", error.what()));
    } catch (const WorkerFailed& error) {
        answer = loss(Status::failed, error.what());
    }
}

ResultRecord Seat::loss(Status status, const std::string& reason) const {
    ResultRecord record;
    record.status = status;
    record.reason = reason;
    record.compute = compute_name(workload_->precision);
    const Counts counts = count(workload_->network);
    record.params = counts.params;
    record.macs = counts.macs;
    if (const auto& ours = sides_.front().link) {
        record.device = ours->hello().value("device", nlohmann::json());
        record.environment = ours->hello().value("environment", nlohmann::json());
        record.build = ours->hello().value("build", nlohmann::json());
    }
    return record;
}

Seat::Lost Seat::send_prepare(const PrepareRequest& request) {
    preparing_since_ = Clock::now();
    return guarded(preparing_since_, [&](ChildProcess::Deadline) -> Lost {
        device().send_prepare(request);
        return std::nullopt;
    });
}

Seat::Lost Seat::await_prepared(const Phase& phase) {
    return guarded(preparing_since_, [&](ChildProcess::Deadline deadline) -> Lost {
        Side& ours = sides_.front();
        ours.prepared = ours.link->await_record(deadline, phase);
        return ours.prepared->status == Status::measured ? std::nullopt : ours.prepared;
    });
}

Seat::Lost Seat::prepare_peers(const Row& row, const PrepareRequest& request, const Phase& phase) {
    if (!compared(row)) return std::nullopt;
    return guarded(Clock::now(), [&](ChildProcess::Deadline deadline) -> Lost {
        for (Side& side : std::span(sides_).subspan(1)) {
            if (side.prepared) continue;
            ask(side, side.prepared, [&](WorkerLink& worker) {
                side.prepared = worker.prepare(request, deadline, [&](const std::string& text) {
                    phase(side.name + ": " + text);
                });
            });
        }
        return std::nullopt;
    });
}

Seat::Lost Seat::take_block(std::size_t index, const Row& row, const Protocol& protocol) {
    Side& side = sides_[index];
    if (index == 0 && !side.prepared)
        return loss(Status::crashed, "the worker ended while the device's peaks were measured");
    if (!side.measures() || (side.row && !side.row->measurement)) return std::nullopt;
    MeasureRequest request{row.identity.kind, row.step, row.identity.cache, protocol};
    if (side.row) request.calls_per_sample = side.row->measurement->calls_per_sample;
    return guarded(Clock::now(), [&](ChildProcess::Deadline deadline) -> Lost {
        const auto take = [&](WorkerLink& worker) {
            ResultRecord block = worker.measure(request, deadline);
            if (side.row && block.measurement)
                join(*side.row, block);
            else
                side.row = std::move(block);
        };
        if (index == 0)
            take(*side.link);
        else
            ask(side, side.row, take);
        return std::nullopt;
    });
}

ResultRecord Seat::collect(std::size_t index) {
    Side& side = sides_[index];
    if (index == 0) --rows_left_;
    std::optional<ResultRecord> row = std::exchange(side.row, {});
    return row ? std::move(*row) : *side.prepared;
}

}  // namespace slimbench
