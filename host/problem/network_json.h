// An expanded network as JSON, without loss: what the coordinator hands to a worker.
#pragma once

#include <nlohmann/json.hpp>

#include "host/problem/network.h"

namespace slimbench {

nlohmann::json to_json(const Network& network);

// Unknown keys are ignored, so that builds of different age understand each other. Throws
// std::runtime_error naming a missing or wrong one by its place, e.g. "network: $.nodes[3].conv:
// the key 'filters' is missing".
Network network_from_json(const nlohmann::json& json);

}  // namespace slimbench
