// What coordinator and worker say to each other: one JSON object a line. docs/architecture.md
// describes the exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/kernel/tuning_table.h"
#include "host/kernel/variant.h"
#include "host/record/protocol.h"
#include "host/record/result_record.h"
#include "host/suite/workload.h"

namespace slimbench {

inline constexpr int protocol_version = 1;

// Asks the worker to get a workload ready: the expanded network, never a name, so that two builds
// compute the same thing.
struct PrepareRequest {
    RowIdentity identity;  // of the forward row
    Network network;
    Precision precision = Precision::fp32;
    std::uint64_t seed = 1;
    std::optional<Tier> tier;                   // kernels of at most this tier
    std::string kernel;                         // only variants whose name contains this
    double time_limit = Protocol{}.time_limit;  // seconds for the whole workload
    bool unproven = false;                      // take unproven kernels as well
    TunedChoices tuned = {};                    // variants to try first
};
nlohmann::json to_json(const PrepareRequest& request);
PrepareRequest prepare_request_from(
    const nlohmann::json& json);  // throws std::runtime_error naming what is missing

// Which ceilings of its device a worker is asked for: those it kept from an earlier run, if any;
// newly measured ones; or the better of both, kept from then on.
enum class PeaksWanted { known, anew, raised };
nlohmann::json to_json(PeaksWanted wanted);  // the request
PeaksWanted peaks_wanted_from(const nlohmann::json& json);

// Asks for samples of one row of the prepared workload.
struct MeasureRequest {
    RowKind kind = RowKind::forward;
    std::size_t step = 0;  // layer rows: index of the fused step
    CacheState cache = CacheState::hot;
    Protocol protocol;
    // One of many short blocks that take turns with another worker's: min_samples calls without
    // warm-up, and nothing but their times comes back.
    bool block = false;
    std::optional<int> calls_per_sample = {};  // of a row's earlier blocks: this one goes on
};
nlohmann::json to_json(const MeasureRequest& request);
MeasureRequest measure_request_from(const nlohmann::json& json);

}  // namespace slimbench
