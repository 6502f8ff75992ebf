// A place in a turn: a workload and the workers that measure it, ours and the peers'. They stay for
// the workload of the next turn.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/run/device_worker.h"
#include "host/run/turns.h"

namespace slimbench {

class Seat {
public:
    using Phase = WorkerLink::Phase;
    // What ends the workload: a record for the row at which it happened. The seat is then free, and
    // a worker that ended or hung is gone.
    using Lost = std::optional<ResultRecord>;

    // `workers` outlives the seat.
    Seat(const std::vector<std::string>& peers, DeviceWorkers& workers);

    void take(const Candidate& candidate);
    // Frees the seat and what its workers hold; how many rows were left.
    std::size_t leave();
    const Workload* workload() const { return workload_; }  // none: free
    const Row* find(const RowIdentity& row) const;          // this workload's, if it has one

    // Our worker, in two halves so that several start at once. Throw what DeviceWorkers throws.
    void launch();
    void await_launched();
    // Starts it where there is none.
    WorkerLink& device();
    // It is ended; what it had prepared is lost.
    void end_worker();

    Lost send_prepare(const PrepareRequest& request);
    Lost await_prepared(const Phase& phase);

    // Ours is side 0; the peers', for which convolutions in warm caches are prepared, follow.
    std::size_t sides_of(const Row& row) const { return compared(row) ? sides_.size() : 1; }
    const std::string& name(std::size_t side) const { return sides_[side].name; }
    bool measures(std::size_t side) const { return sides_[side].measures(); }
    Lost prepare_peers(const Row& row, const PrepareRequest& request, const Phase& phase);
    // Takes samples of the row. A side that cannot, though others can, has its reason as its row.
    Lost take_block(std::size_t side, const Row& row, const Protocol& protocol);
    // All blocks of the side's row.
    ResultRecord collect(std::size_t side);

private:
    using Clock = std::chrono::steady_clock;

    struct Side {
        std::string name;  // of the peer; ours: none
        std::unique_ptr<WorkerLink> link;
        bool launched = false;                 // and not yet awaited
        std::optional<ResultRecord> prepared;  // what it said to the workload
        std::optional<ResultRecord> row;       // the one in flight

        // One wrong layer does not speak against a peer's others: their rows tell by themselves.
        bool measures() const {
            return prepared &&
                   (prepared->status == Status::measured || prepared->status == Status::incorrect);
        }
    };

    static bool compared(const Row& row) {
        return row.convolution && row.identity.cache == CacheState::hot;
    }
    template <class Work>
    Lost guarded(Clock::time_point started, Work work);
    // A peer that dies costs its own rows of the workload; what it fails at is noted in `answer`.
    template <class Question>
    void ask(Side& peer, std::optional<ResultRecord>& answer, Question question);
    ResultRecord loss(Status status, const std::string& reason) const;

    DeviceWorkers& workers_;
    const Workload* workload_ = nullptr;
    std::vector<Row> rows_;
    std::size_t rows_left_ = 0;
    Clock::duration time_left_{};  // of the workload's limit
    Clock::time_point preparing_since_{};
    std::vector<Side> sides_;
};

}  // namespace slimbench
