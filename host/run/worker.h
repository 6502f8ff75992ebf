// The worker: one process that owns one device (or one peer library) and does what the coordinator
// asks, line by line.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "host/kernel/capability_probe.h"
#include "host/record/peaks.h"
#include "host/run/message.h"
#include "host/run/verified_chain.h"

namespace slimbench {

// What a worker can do. Exceptions become replies with status `failed`; the worker goes on.
class WorkerService {
public:
    virtual ~WorkerService() = default;
    virtual nlohmann::json hello() = 0;  // device, environment, build
    // Builds, loads and verifies. The record's status is `measured` when rows may be measured now,
    // else why not.
    virtual ResultRecord prepare(const PrepareRequest& request, const Progress& progress) = 0;
    virtual ResultRecord measure(const MeasureRequest& request) = 0;
    virtual void release() = 0;  // frees what the prepared workload holds
    // The device's ceilings. A service without a device of its own throws, here and below.
    virtual Peaks peaks(PeaksWanted wanted, const Progress& progress);
    // Tries a capability, on which the driver may end or hang this process, or is told what came of
    // it; knows the answer from then on. Returns the finding.
    virtual Finding probe(Capability capability);
    virtual void take(const Finding& finding);
    // What the device says of itself beyond its fingerprint.
    virtual nlohmann::json statements();
};

// Serves requests on standard input until it ends; replies go to the original standard output,
// which nothing else writes to. Returns an exit code.
int serve(const std::function<std::unique_ptr<WorkerService>()>& start);

// `preferred`: rows of the registry whose name contains it are taken wherever they do not refuse;
// layers that others compute are then not measured but `unsupported`.
std::unique_ptr<WorkerService> device_service(const std::string& device_pattern,
                                              const std::string& preferred = "");
// `peer`: a name of is_onednn().
std::unique_ptr<WorkerService> onednn_service(const std::string& peer);

}  // namespace slimbench
