// The coordinator's end of a worker: requests as calls, replies as values.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "host/kernel/capability_probe.h"
#include "host/record/peaks.h"
#include "host/run/child_process.h"
#include "host/run/message.h"

namespace slimbench {

// The workload took longer than its limit, or the run was interrupted; the worker has been ended.
class WorkerTimedOut : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};
class Interrupted : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};
// The worker answered that it could not do what was asked; it lives on.
class WorkerFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};
// The worker is of another version of the program, which cannot be talked to.
class ProtocolMismatch : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What runs as a worker.
struct WorkerProgram {
    std::string device;  // select_device() pattern
    // This very binary, found even when the working folder or PATH has changed.
    std::string path = "/proc/self/exe";
    std::string cache_folder = {};  // of verdicts and calibrations; empty: the user's
    std::string peer = {};          // one of peer_names, or empty for our own kernels
};

// A few seconds are enough where nothing hangs.
inline constexpr std::chrono::seconds peaks_time_limit{120};

inline constexpr std::chrono::seconds probe_time_limit{30};  // compilers may be slow to start

inline constexpr std::chrono::seconds release_time_limit{30};  // memory is unmapped

class WorkerLink {
public:
    using Phase = std::function<void(const std::string&)>;

    // Starts the worker and does not wait for it; await_ready() does.
    WorkerLink(const WorkerProgram& program, const volatile bool& interrupted);
    // Throws std::runtime_error with the worker's reason when it cannot serve.
    void await_ready();

    ResultRecord prepare(const PrepareRequest& request, ChildProcess::Deadline deadline,
                         const Phase& phase);
    // The same in two halves, so that two workers prepare at once.
    void send_prepare(const PrepareRequest& request);
    ResultRecord await_record(ChildProcess::Deadline deadline, const Phase& phase);

    ResultRecord measure(const MeasureRequest& request, ChildProcess::Deadline deadline);
    bool release();  // false when the worker ended, or could not
    Peaks peaks(PeaksWanted wanted, ChildProcess::Deadline deadline, const Phase& phase);
    Finding probe(Capability capability, ChildProcess::Deadline deadline);
    void take(const Finding& finding);
    nlohmann::json statements(ChildProcess::Deadline deadline);
    const nlohmann::json& hello() const { return hello_; }  // as it stands after the last of these

private:
    void send(const nlohmann::json& request) { process_.write_line(request.dump()); }
    nlohmann::json ask(const nlohmann::json& request, ChildProcess::Deadline deadline,
                       const Phase& phase);
    nlohmann::json await_reply(ChildProcess::Deadline deadline, const Phase& phase);

    ChildProcess process_;
    const volatile bool& interrupted_;
    nlohmann::json hello_;
};

}  // namespace slimbench
