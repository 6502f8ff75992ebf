#include "host/run/worker_link.h"

#include <thread>

#include <fmt/format.h>

#include "host/run/findings_cache.h"
#include "host/run/peer_names.h"

namespace slimbench {

namespace {

using std::chrono::steady_clock;

std::vector<std::string> worker_command(const std::string& peer,
                                        const std::string& device_pattern) {
    // The same binary, found even when the working folder or PATH has changed.
    std::vector<std::string> command{"/proc/self/exe", "worker"};
    if (!peer.empty()) command.insert(command.end(), {"--peer", peer});
    if (!device_pattern.empty()) command.insert(command.end(), {"--device", device_pattern});
    return command;
}

std::vector<std::pair<std::string, std::string>> worker_environment(const std::string& peer) {
    if (peer != onednn)
        return {{"POCL_AFFINITY", "1"}};  // else both of PoCL's threads may share a core
    // As many threads as ours, one per core. They spin for about a millisecond between layers, as
    // the library's users have it, and sleep long before our next block starts.
    return {{"OMP_NUM_THREADS", std::to_string(std::thread::hardware_concurrency())},
            {"OMP_PROC_BIND", "true"},
            {"GOMP_SPINCOUNT", "300000"}};
}

}  // namespace

WorkerLink::WorkerLink(const std::string& peer, const std::string& device_pattern,
                       const volatile bool& interrupted)
    : process_(worker_command(peer, device_pattern), worker_environment(peer)),
      interrupted_(interrupted) {
    constexpr auto patience = std::chrono::seconds(60);
    try {
        hello_ = ask({{"verb", "hello"}, {"protocol", protocol_version}},
                     steady_clock::now() + patience, {});
    } catch (const ChildEnded& error) {
        throw std::runtime_error(fmt::format("the worker {} before it was ready", error.what()));
    } catch (const WorkerTimedOut&) {
        throw std::runtime_error(
            fmt::format("the worker said nothing within {} s of its start", patience.count()));
    } catch (const WorkerFailed& error) {  // no workload's fault: nothing can be measured
        throw std::runtime_error(error.what());
    }
    if (hello_.value("protocol", 0) != protocol_version)
        throw std::runtime_error(fmt::format("the worker speaks protocol {}, this program {}",
                                             hello_.value("protocol", 0), protocol_version));
}

nlohmann::json WorkerLink::ask(const nlohmann::json& request, ChildProcess::Deadline deadline,
                               const Phase& phase) {
    process_.write_line(request.dump());
    while (true) {
        const auto line = process_.read_line(deadline, interrupted_);
        if (!line) {
            process_.kill();
            if (interrupted_) throw Interrupted("interrupted");
            throw WorkerTimedOut("time limit reached");
        }
        nlohmann::json reply = nlohmann::json::parse(*line);
        if (reply.value("event", "") == "progress") {
            if (phase)
                phase(fmt::format("{} {}/{}", reply.value("phase", ""), reply.value("done", 0),
                                  reply.value("total", 0)));
            continue;
        }
        if (reply.value("reply", "") == "failed")
            throw WorkerFailed(reply.value("reason", "no reason given"));
        return reply;
    }
}

ResultRecord WorkerLink::prepare(const PrepareRequest& request, ChildProcess::Deadline deadline,
                                 const Phase& phase) {
    return from_json(ask(to_json(request), deadline, phase).at("record"));
}

ResultRecord WorkerLink::measure(const MeasureRequest& request, ChildProcess::Deadline deadline) {
    return from_json(ask(to_json(request), deadline, {}).at("record"));
}

Finding WorkerLink::probe(Capability capability, ChildProcess::Deadline deadline) {
    const nlohmann::json reply =
        ask({{"verb", "probe"}, {"capability", name(capability)}}, deadline, {});
    hello_ = reply.at("hello");
    return finding_from(reply.at("finding"));
}

void WorkerLink::take(const Finding& finding) {
    const auto deadline = steady_clock::now() + probe_time_limit;
    hello_ = ask({{"verb", "take"}, {"finding", to_json(finding)}}, deadline, {}).at("hello");
}

nlohmann::json WorkerLink::statements(ChildProcess::Deadline deadline) {
    return ask({{"verb", "statements"}}, deadline, {}).at("statements");
}

Peaks WorkerLink::peaks(PeaksWanted wanted, ChildProcess::Deadline deadline, const Phase& phase) {
    return peaks_from_json(ask(to_json(wanted), deadline, phase).at("peaks"));
}

}  // namespace slimbench
