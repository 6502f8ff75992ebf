// What one measured (or not measured) thing left behind: one JSON line of the journal.
// docs/record-format.md describes every field; record.schema.json is its schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/problem/data_type.h"

namespace slimbench {

inline constexpr int record_version = 1;

enum class Status {
    measured,
    incorrect,
    untrusted,
    unsupported,
    skipped,
    failed,
    crashed,
    timed_out
};
std::string_view name(Status status);
std::optional<Status> parse_status(std::string_view name);

// What a precision's arithmetic is done in: its accumulators' type, "fp32" for FP32 and for FP16,
// which is then a way to store numbers and no more, "int32" for INT8. "tf32" where factors are
// rounded to that.
std::string_view compute_name(DataType accumulator);
std::string_view compute_name(Precision precision);

// What a row measures: the whole chain of a network, or one step of it alone (isolated), caches
// warm or flushed.
enum class RowKind { forward, layer };
enum class CacheState { hot, cold };

struct RowIdentity {
    std::string network;           // "resnet18"; for single layers "layer"
    std::string pruning = "none";  // PruningPlan::text()
    std::string precision;         // "fp32"
    std::int64_t batch = 1, height = 0, width = 0;
    RowKind kind = RowKind::forward;
    std::string layer;  // layer rows: names of the covered layers, the first is the primary one
    CacheState cache = CacheState::hot;
    std::string implementation = "slimbench";  // or one of peer_names
    std::uint64_t seed = 1;

    // Unique in a journal, stable over runs:
    // "resnet18/all@0.5/precision:fp32/batch:1/size:224x224/forward".
    std::string id() const;
};

inline constexpr std::string_view trend_flag = "trend";  // drifts() (host/record/statistics.h)
inline constexpr std::string_view busy_flag = "busy";    // was_busy()

// All times are samples in seconds of one call, in the order in which they were taken.
struct Measurement {
    std::vector<double> device;  // first START to last END by device events
    std::vector<double> host;    // enqueue to finished, by the host's clock
    // "trend", "throttled", "timer_disagreement", "end_before_start", "coarse_timer", "busy",
    // "unproven"
    std::vector<std::string> flags;
    std::optional<double> warmup;    // seconds spent warming up
    std::optional<double> sampling;  // and then, with calls that lead samples and looks at clocks
    std::optional<double> others;    // of processors, that others had in both
    // Enqueued at once and waited for together, where one alone is too short for the device's
    // clock; a sample is their mean.
    int calls_per_sample = 1;
    int blocks = 1;  // that the samples were taken in, others of a turn between them
    bool spinning_waits =
        false;  // the driver's threads spun between launches (host/cl/spinning_waits.h)
};

// Whether others had half a processor or more, over a time in which that can be told.
bool was_busy(const Measurement& measured);

struct Verdict {
    enum class Result { correct, incorrect, not_verified } result = Result::not_verified;
    std::int64_t checked = 0, elements = 0;  // coverage
    std::string rule;      // "exact", "|e| <= 4 sqrt(K) eps sum|x||w| + 1 ulp", ...
    double worst = 0;      // largest error over its bound (1 = at the bound)
    std::string worst_at;  // "n0 c3 y5 x7: got 1.5, expected 1.25"
    bool cached = false;   // taken over from an earlier run: same program, device, shape and seed
};

// The least time that the device's ceilings allow (host/record/roofline.h), in seconds.
enum class Limit { compute, memory, launches };
struct Roofline {
    std::optional<double> bound;
    std::optional<double> compute, memory, launches;  // each alone
    Limit limit = Limit::compute;                     // the largest of them
};

// One step of a chain, or the single step of a layer row.
struct StepRecord {
    std::vector<std::string> layers;  // nodes covered
    std::string block;
    std::optional<int> level;
    std::string kind;     // "conv", "depthwise", "max_pool", ...
    std::string problem;  // canonical problem text of convolutions, else shape "1x64x56x56"
    std::string variant;  // which kernel ran
    std::string chosen;   // what made it the one: "default", "tuned" or "named"; peers': empty
    std::int64_t macs = 0, executed_macs = 0;
    std::int64_t bytes = 0;  // compulsory traffic: each tensor and the weights once
    std::int64_t written_bytes = 0, weight_bytes = 0;  // of them
    std::vector<double> samples;                       // seconds, inside the chain
    std::optional<Roofline> roofline;
    Verdict verdict;
};

// Time from a group's first START to its last END inside the chain: a block of a level, a level,
// the decoder.
struct SpanRecord {
    std::optional<int> level;
    std::string block;  // block name; "forward" (level with its skips), "backbone" (without)
    std::int64_t macs = 0;
    std::vector<double> samples;
};

struct StartUp {  // seconds
    std::optional<double> build, upload, first_inference, calibrate;
};

struct ResultRecord {
    RowIdentity identity;
    std::string repro;  // command that measures this row again
    Status status = Status::failed;
    std::string reason;  // why not measured; empty otherwise
    std::string time;    // UTC, ISO 8601
    std::string suite, suite_hash;
    std::string compute;              // compute_name()
    std::string quantization_source;  // Ranges::source; INT8 only
    nlohmann::json protocol;          // to_json(Protocol): how it was to be measured

    std::int64_t params = 0;
    std::int64_t macs = 0, executed_macs = 0, macs_unpruned = 0;
    std::int64_t weight_bytes = 0;
    std::int64_t bytes = 0;         // compulsory traffic
    std::uint64_t memory_peak = 0;  // bytes of device memory planned
    std::vector<StepRecord> steps;
    std::vector<SpanRecord> spans;
    std::optional<Measurement> measurement;
    std::vector<double> upload, download;  // transfers of image and scores, seconds
    StartUp start_up;
    std::optional<Roofline> roofline;  // forward rows: the sum of the steps'
    Verdict verdict;

    nlohmann::json
        device;  // fingerprint: platform, name, driver, tier, features, compute units, memory
    nlohmann::json environment;  // os, cpu, threads, allocator, POCL_AFFINITY, load, memory
    nlohmann::json build;        // commit, compiler, kernel_hash, version
    nlohmann::json peaks;        // Peaks that the roofline was computed with
};

nlohmann::json to_json(const ResultRecord& record);
ResultRecord from_json(const nlohmann::json& json);  // throws std::runtime_error naming the key;
                                                     // unknown keys are ignored

}  // namespace slimbench
