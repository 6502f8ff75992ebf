#include "host/run/worker_link.h"

#include <thread>

#include <fmt/format.h>

#include "host/run/findings_cache.h"
#include "host/run/peer_names.h"

namespace slimbench {

namespace {

using std::chrono::steady_clock;

using Environment = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> command_of(const WorkerProgram& program) {
    std::vector<std::string> command{program.path, "worker"};
    if (!program.peer.empty()) command.insert(command.end(), {"--peer", program.peer});
    if (!program.device.empty()) command.insert(command.end(), {"--device", program.device});
    return command;
}

Environment environment_of(const WorkerProgram& program) {
    // As many threads as ours, one per core. They spin for about a millisecond between layers, as
    // the library's users have it, and sleep long before our next block starts.
    if (is_onednn(program.peer))
        return {{"OMP_NUM_THREADS", std::to_string(std::thread::hardware_concurrency())},
                {"OMP_PROC_BIND", "true"},
                {"GOMP_SPINCOUNT", "300000"}};
    Environment environment{{"POCL_AFFINITY", "1"}};  // else PoCL's threads may share a core
    if (!program.cache_folder.empty())
        environment.emplace_back("SLIMBENCH_CACHE_DIR", program.cache_folder);
    return environment;
}

[[noreturn]] void throw_ended(const ChildEnded& error) {
    throw std::runtime_error(fmt::format("the worker {} before it was ready", error.what()));
}

}  // namespace

WorkerLink::WorkerLink(const WorkerProgram& program, const volatile bool& interrupted)
    : process_(command_of(program), environment_of(program)), interrupted_(interrupted) {
    try {
        send({{"verb", "hello"}, {"protocol", protocol_version}});
    } catch (const ChildEnded& error) {
        throw_ended(error);
    }
}

void WorkerLink::await_ready() {
    constexpr auto patience = std::chrono::seconds(60);
    try {
        hello_ = await_reply(steady_clock::now() + patience, {});
    } catch (const ChildEnded& error) {
        throw_ended(error);
    } catch (const WorkerTimedOut&) {
        throw std::runtime_error(
            fmt::format("the worker said nothing within {} s of its start", patience.count()));
    } catch (const WorkerFailed& error) {  // no workload's fault: nothing can be measured
        throw std::runtime_error(error.what());
    }
    if (hello_.value("protocol", 0) != protocol_version)
        throw ProtocolMismatch(fmt::format("the worker speaks protocol {}, this program {}",
                                           hello_.value("protocol", 0), protocol_version));
}

nlohmann::json WorkerLink::ask(const nlohmann::json& request, ChildProcess::Deadline deadline,
                               const Phase& phase) {
    send(request);
    return await_reply(deadline, phase);
}

nlohmann::json WorkerLink::await_reply(ChildProcess::Deadline deadline, const Phase& phase) {
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

void WorkerLink::send_prepare(const PrepareRequest& request) {
    send(to_json(request));
}

ResultRecord WorkerLink::await_record(ChildProcess::Deadline deadline, const Phase& phase) {
    return from_json(await_reply(deadline, phase).at("record"));
}

ResultRecord WorkerLink::prepare(const PrepareRequest& request, ChildProcess::Deadline deadline,
                                 const Phase& phase) {
    send_prepare(request);
    return await_record(deadline, phase);
}

ResultRecord WorkerLink::measure(const MeasureRequest& request, ChildProcess::Deadline deadline) {
    return from_json(ask(to_json(request), deadline, {}).at("record"));
}

bool WorkerLink::release() try {
    ask({{"verb", "release"}}, steady_clock::now() + release_time_limit, {});
    return true;
} catch (const ChildEnded&) {
    return false;
} catch (const WorkerTimedOut&) {
    return false;
} catch (const WorkerFailed&) {
    return false;
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
