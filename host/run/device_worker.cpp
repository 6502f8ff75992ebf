#include "host/run/device_worker.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/run/findings_cache.h"

namespace slimbench {

namespace {

using std::chrono::steady_clock;

std::vector<Capability> unprobed(const nlohmann::json& hello) {
    std::vector<Capability> capabilities;
    for (const std::string& text : hello.value("unprobed", std::vector<std::string>{}))
        if (const auto known = parse_capability(text)) capabilities.push_back(*known);
    return capabilities;
}

bool knows(const nlohmann::json& hello, const Finding& finding) {
    return std::ranges::find(hello.at("findings"), to_json(finding)) != hello.at("findings").end();
}

}  // namespace

DeviceWorkers::DeviceWorkers(WorkerProgram program, const volatile bool& stopped, Probing probing)
    : program_(std::move(program)), interrupted_(stopped), probing_(probing) {}

bool DeviceWorkers::settle(WorkerLink& worker) {
    if (!worker.hello().contains("unprobed")) return true;  // a library without a device
    // A worker's memory of findings is a file, which may be missing or older.
    for (const Finding& finding : found_)
        if (!knows(worker.hello(), finding)) worker.take(finding);
    const std::vector<Capability> wanted = probing_ == Probing::anew
                                               ? std::vector<Capability>(all_capabilities)
                                               : unprobed(worker.hello());
    for (const Capability capability : wanted) {
        if (std::ranges::find(found_, capability, &Finding::capability) != found_.end()) continue;
        const auto failed = [&](const std::string& reason) {
            found_.push_back({capability, false, reason});
        };
        try {
            found_.push_back(worker.probe(capability, steady_clock::now() + probe_time_limit));
        } catch (const WorkerFailed& error) {
            failed(error.what());
            worker.take(found_.back());
        } catch (const ChildEnded& error) {
            failed(fmt::format("its process {}", error.what()));
            return false;
        } catch (const WorkerTimedOut&) {
            failed(fmt::format("no answer within {} s", probe_time_limit.count()));
            return false;
        }
    }
    return true;
}

std::unique_ptr<WorkerLink> DeviceWorkers::launch(const std::string& peer) const {
    WorkerProgram program = program_;
    program.peer = peer;
    return std::make_unique<WorkerLink>(program, interrupted_);
}

void DeviceWorkers::await(std::unique_ptr<WorkerLink>& worker, const std::string& peer) {
    worker->await_ready();
    while (!settle(*worker)) {
        worker = launch(peer);
        worker->await_ready();
    }
}

std::unique_ptr<WorkerLink> DeviceWorkers::start(const std::string& peer) {
    auto worker = launch(peer);
    await(worker, peer);
    return worker;
}

}  // namespace slimbench
