// Workers that know what their device can do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/run/worker_link.h"

namespace slimbench {

// Starts workers on one device. The first of them learns the device's capabilities: from what
// earlier runs have kept, else by probes, one at a time. A probe that ends its worker, or makes it
// hang, costs one finding and another worker; nobody tries it again.
class DeviceWorkers {
public:
    enum class Probing { unknown, anew };  // anew: whatever earlier runs have found
    DeviceWorkers(WorkerProgram program, const volatile bool& stopped,
                  Probing probing = Probing::unknown);

    // `peer`: one of peer_names, or empty. Throws what WorkerLink::await_ready() throws.
    std::unique_ptr<WorkerLink> start(const std::string& peer = "");
    // The same in two halves, so that several workers start at once.
    std::unique_ptr<WorkerLink> launch(const std::string& peer = "") const;
    void await(std::unique_ptr<WorkerLink>& worker, const std::string& peer = "");

private:
    // False when a probe ended the worker; what that says about the device is noted.
    bool settle(WorkerLink& worker);

    WorkerProgram program_;
    const volatile bool& interrupted_;
    Probing probing_;
    std::vector<Finding> found_;  // by this object's workers
};

}  // namespace slimbench
