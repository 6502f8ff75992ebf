// A worker's service on an OpenCL device.
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "host/run/environment.h"
#include "host/run/loaded_workload.h"
#include "host/run/memory_fit.h"
#include "host/run/worker.h"

namespace slimbench {

namespace {

// Bump when the reference or what it compares changes: older verdicts are then no longer believed.
constexpr int reference_version = 1;
constexpr std::int64_t end_to_end_macs = 1'000'000'000;

std::string cache_file(const std::string& name) {
    const std::string folder = cache_folder();
    return folder.empty() ? "" : folder + "/" + name;
}

std::optional<std::string> refused(const Plan& plan, const Network& network) {
    for (const PlannedStep& planned : plan.steps)
        if (!planned.choice.variant)
            return fmt::format("no kernel for {}: {}",
                               network.nodes[planned.step.nodes.front()].name,
                               fmt::join(planned.choice.refused, "; "));
    return std::nullopt;
}

ResultRecord refusal(ResultRecord record, Status status, std::string reason) {
    record.status = status;
    record.reason = std::move(reason);
    return record;
}

class DeviceService : public WorkerService {
public:
    explicit DeviceService(const std::string& pattern)
        : device_(select_device(pattern)),
          programs_(device_),
          threads_(std::max(1u, std::thread::hardware_concurrency())),
          build_(build_description()) {
        build_["kernel_hash"] = kernel_source_hash();
        const std::string scope =
            fmt::format("kernels {} | {} | {} | {} | reference {}",
                        build_["kernel_hash"].get<std::string>(), device_.traits().platform,
                        device_.traits().name, device_.traits().driver_version, reference_version);
        verdicts_.emplace(cache_file("verdicts.jsonl"), scope);
    }

    nlohmann::json hello() override {
        return {{"device", device_fingerprint(device_.traits())},
                {"environment", environment_description()},
                {"build", build_}};
    }

    ResultRecord prepare(const PrepareRequest& request, const Progress& progress) override {
        release();
        ResultRecord record = blank(request);
        const Plan plan = plan_for(request.network, request);
        record.executed_macs = record.bytes = 0;
        for (const PlannedStep& planned : plan.steps) {
            record.executed_macs += planned.executed_macs;
            record.bytes += planned.bytes;
        }
        if (const auto reason = refused(plan, request.network))
            return refusal(record, Status::unsupported, *reason);
        if (const auto reason =
                too_large(plan, request.network, device_.traits(), available_memory()))
            return refusal(record, Status::skipped, *reason);
        switch (request.precision) {
            case Precision::fp32:
                load(record, request, numeric_fp32(request.network, request.seed), plan, progress);
                break;
            case Precision::fp16:
                load(record, request, numeric_fp16(request.network, request.seed), plan, progress);
                break;
            case Precision::int8:
                load_int8(record, request, plan, progress);
                break;
        }
        record.status = record.verdict.result == Verdict::Result::correct ? Status::measured
                                                                          : Status::incorrect;
        if (record.status == Status::incorrect)
            record.reason = "wrong output: " + record.verdict.worst_at;
        return record;
    }

    ResultRecord measure(const MeasureRequest& request) override {
        if (!loaded_) throw std::logic_error("measure: no workload is prepared");
        return loaded_->measure(request);
    }

    void release() override { loaded_.reset(); }

private:
    ResultRecord blank(const PrepareRequest& request) const {
        ResultRecord record;
        record.identity = request.identity;
        record.time = utc_now();
        record.compute = compute_name(request.precision);
        const Counts counts = count(request.network);
        record.params = counts.params;
        record.macs = counts.macs;
        record.weight_bytes =
            weight_bytes(request.network, traits(traits(request.precision).weight).bits);
        record.device = device_fingerprint(device_.traits());
        record.environment = environment_description();
        record.build = build_;
        return record;
    }

    Plan plan_for(const Network& network, const PrepareRequest& request) const {
        return plan_network(network, fuse(network), request.precision, device_.traits(),
                            {request.tier, request.kernel});
    }

    void load(ResultRecord& record, const PrepareRequest& request, NumericProblem problem,
              const Plan& plan, const Progress& progress) {
        const double built_before = programs_.build_seconds();
        loaded_ = load_workload(device_, programs_, request.precision, std::move(problem), plan,
                                request.seed);
        record.start_up.build = programs_.build_seconds() - built_before;
        record.memory_peak = plan.activation_bytes() + plan.weight_bytes();
        loaded_->verify(record, *verdicts_, threads_, progress);
    }

    void load_int8(ResultRecord& record, const PrepareRequest& request, const Plan& plan,
                   const Progress& progress) {
        const auto started = std::chrono::steady_clock::now();
        progress("calibrating", 0, 1);
        const Ranges ranges =
            calibrated_ranges(request.network, request.seed, cache_folder(), threads_);
        record.start_up.calibrate =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
        record.quantization_source = ranges.source;
        const Verdict end_to_end = verify_end_to_end(request, ranges);
        load(record, request, numeric_int8(request.network, request.seed, ranges), plan, progress);
        loaded_->take_end_to_end(record, end_to_end);
    }

    Verdict verify_end_to_end(const PrepareRequest& request, const Ranges& ranges) {
        const std::string step_key =
            fmt::format("end to end {} {} {}", content_key(request.network, request.seed),
                        request.tier ? name(*request.tier) : "any tier", request.kernel);
        if (const auto known = verdicts_->find(step_key)) return *known;
        const Network small = small_enough(request.network, end_to_end_macs);
        const NumericProblem problem = numeric_int8(small, request.seed, ranges);
        VerifiedChain<std::uint8_t> chain(device_, programs_, problem, plan_for(small, request));
        Verdict verdict = chain.verify_end_to_end(request.seed, threads_);
        verdicts_->keep(step_key, verdict);
        return verdict;
    }

    Device device_;
    ProgramCache programs_;
    unsigned threads_;
    nlohmann::json build_;
    std::optional<VerdictCache> verdicts_;
    std::unique_ptr<LoadedWorkload> loaded_;
};

}  // namespace

std::unique_ptr<WorkerService> device_service(const std::string& device_pattern) {
    return std::make_unique<DeviceService>(device_pattern);
}

}  // namespace slimbench
