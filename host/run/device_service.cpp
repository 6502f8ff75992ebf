// A worker's service on an OpenCL device.
#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "host/cl/capability_run.h"
#include "host/cl/matrix_product.h"
#include "host/cl/spinning_waits.h"
#include "host/measure/peaks.h"
#include "host/run/allocator.h"
#include "host/run/environment.h"
#include "host/run/findings_cache.h"
#include "host/run/forward_record.h"
#include "host/run/gpu_clocks.h"
#include "host/run/loaded_workload.h"
#include "host/run/memory_fit.h"
#include "host/run/peaks_cache.h"
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

// What ceilings depend on. Compute units count: a container may see fewer of them.
std::string peaks_scope(const DeviceTraits& device) {
    return fmt::format("probes {} | {} | {} | {} | {} | {} compute units{}", probe_hash(),
                       device.platform, device.name, device.driver_version, name(device.tier),
                       device.compute_units, device.cpu() ? " | spinning waits" : "");
}

std::string findings_scope(const DeviceTraits& device) {
    return fmt::format("capabilities {} | {} | {} | {} | {}", capability_hash(), device.platform,
                       device.name, device.device_version, device.driver_version);
}

ResultRecord refusal(ResultRecord record, Status status, std::string reason) {
    record.status = status;
    record.reason = std::move(reason);
    return record;
}

// Each step's variant, runs of one folded.
std::string names_of_variants(const Plan& plan) {
    std::string names;
    std::size_t repeats = 0;
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
        ++repeats;
        const Variant* variant = plan.steps[s].choice.variant;
        if (s + 1 < plan.steps.size() && plan.steps[s + 1].choice.variant == variant) continue;
        names += fmt::format("{}{} x{}", names.empty() ? "" : " ", variant->name,
                             std::exchange(repeats, 0));
    }
    return names;
}

class DeviceService : public WorkerService {
public:
    DeviceService(const std::string& pattern, const std::string& preferred)
        : preferred_(preferred),
          device_(select_device(pattern)),
          programs_(device_),
          threads_(std::max(1u, std::thread::hardware_concurrency())),
          build_(build_description()),
          clocks_(device_.traits().name) {
        build_["kernel_hash"] = kernel_source_hash();
        build_["clblast"] = clblast_version();
        const std::string scope = fmt::format(
            "kernels {} | clblast {} | {} | {} | {} | reference {}",
            build_["kernel_hash"].get<std::string>(), clblast_version(), device_.traits().platform,
            device_.traits().name, device_.traits().driver_version, reference_version);
        verdicts_.emplace(cache_file("verdicts.jsonl"), scope);
        peaks_.emplace(cache_file("peaks.jsonl"), peaks_scope(device_.traits()));
        findings_.emplace(cache_file("capabilities.jsonl"), findings_scope(device_.traits()));
        learn();
    }

    nlohmann::json hello() override {
        nlohmann::json findings = nlohmann::json::array(), unprobed = nlohmann::json::array();
        for (const Finding& finding : findings_->known()) findings.push_back(to_json(finding));
        for (const Capability capability : findings_->unknown())
            unprobed.push_back(name(capability));
        return {{"device", device_fingerprint(device_.traits())},
                {"environment", environment_description()},
                {"build", build_},
                {"findings", std::move(findings)},
                {"unprobed", std::move(unprobed)}};
    }

    Finding probe(Capability capability) override {
        Finding finding = run_capability_probe(device_, capability_probe(capability));
        take(finding);
        return finding;
    }

    void take(const Finding& finding) override {
        findings_->keep(finding);
        learn();
    }

    nlohmann::json statements() override { return device_statements(device_); }

    ResultRecord prepare(const PrepareRequest& request, const Progress& progress) override {
        release();
        verdicts_->refresh();  // other workers of a turn verify the same steps
        request_ = request;
        plan_ = plan_for(request.network);
        ResultRecord record = blank();
        if (const auto reason = refused())
            return refusal(std::move(record), Status::unsupported, *reason);
        if (const auto reason =
                too_large(plan_, request.network, device_.traits(), available_memory()))
            return refusal(std::move(record), Status::skipped, *reason);
        if (const auto reason = load(record, progress)) {
            release();
            return refusal(blank(), Status::skipped, *reason);
        }
        record.status = record.verdict.result == Verdict::Result::correct ? Status::measured
                                                                          : Status::incorrect;
        if (record.status == Status::incorrect)
            record.reason = "wrong output: " + record.verdict.worst_at;
        return_free_memory();  // what verification took, for the other workers of a turn
        return record;
    }

    ResultRecord measure(const MeasureRequest& request) override {
        if (!loaded_) throw std::logic_error("measure: no workload is prepared");
        if (request.kind == RowKind::layer && !goes_as_preferred(plan_.steps.at(request.step)))
            return computed_otherwise(plan_.steps[request.step]);
        std::optional<SpinningWaits> waits;
        if (device_.traits().cpu() && !request.block) waits.emplace();
        ResultRecord record = loaded_->measure(request);
        if (record.measurement)
            record.measurement->spinning_waits = waits && waits->counts().spun > 0;
        if (nlohmann::json clocks = clocks_.read(); !clocks.is_null())
            record.environment["gpu"] = std::move(clocks);
        return record;
    }

    void release() override {
        loaded_.reset();
        return_free_memory();
    }

    Peaks peaks(PeaksWanted wanted, const Progress& progress) override {
        const std::optional<Peaks> known = peaks_->find();
        if (known && wanted == PeaksWanted::known) return *known;
        std::optional<SpinningWaits> waits;
        if (device_.traits().cpu()) waits.emplace();
        Peaks measured = measure_peaks(device_, programs_, available_memory(),
                                       [&](std::size_t done, std::size_t total) {
                                           progress("measuring the device's peaks", done, total);
                                       });
        measured.time = utc_now();
        measured.kernels = probe_hash();
        if (known && wanted == PeaksWanted::raised) measured = better_of(measured, *known);
        peaks_->keep(measured);
        return measured;
    }

private:
    void learn() {
        Capabilities capabilities;
        for (const Finding& finding : findings_->known())
            if (finding.works) capabilities.add(finding.capability);
        device_.learn(capabilities);
    }

    ResultRecord blank() const {
        ResultRecord record;
        record.identity = request_.identity;
        record.time = utc_now();
        const Counts counts = count(request_.network);
        record.params = counts.params;
        record.macs = counts.macs;
        record.weight_bytes =
            weight_bytes(request_.network, traits(traits(request_.precision).weight).bits);
        for (const PlannedStep& planned : plan_.steps) {
            record.executed_macs += planned.executed_macs;
            record.bytes += planned.traffic.total();
        }
        record.compute = compute_name(plan_.arithmetic());
        record.device = device_fingerprint(device_.traits());
        record.environment = environment_description();
        record.build = build_;
        return record;
    }

    Plan plan_for(const Network& network) const {
        // The names given for our own rows do not hold for a library's.
        const std::string only = preferred_.empty() ? request_.kernel : "";
        return plan_network(network, fuse(network), request_.precision, device_.traits(),
                            {request_.tier, only, preferred_, request_.unproven}, request_.tuned);
    }

    bool goes_as_preferred(const PlannedStep& planned) const {
        return is_named(*planned.choice.variant, preferred_);
    }

    // Why a convolution does not go through the preferred rows.
    std::string reason_against(const PlannedStep& planned) const {
        std::vector<std::string> reasons = planned.choice.refused;
        std::erase_if(reasons, [&](const std::string& reason) {
            return reason.find(preferred_) == std::string::npos;
        });
        return fmt::format("{}", fmt::join(reasons, "; "));
    }

    // Why there is nothing to prepare, or nothing.
    std::optional<std::string> refused() const {
        const PlannedStep* other = nullptr;
        bool any_preferred = false;
        for (const PlannedStep& planned : plan_.steps) {
            if (!planned.choice.variant)
                return fmt::format("no kernel for {}: {}",
                                   request_.network.nodes[planned.step.nodes.front()].name,
                                   fmt::join(planned.choice.refused, "; "));
            if (goes_as_preferred(planned))
                any_preferred = true;
            else if (!other && std::holds_alternative<Conv>(planned.step.operation))
                other = &planned;
        }
        return other && !any_preferred ? std::optional(reason_against(*other)) : std::nullopt;
    }

    ResultRecord computed_otherwise(const PlannedStep& planned) const {
        ResultRecord record = blank();
        record.steps = {describe_step(planned, request_.network)};
        record.macs = planned.macs;
        record.executed_macs = planned.executed_macs;
        record.bytes = planned.traffic.total();
        record.params = record.weight_bytes = 0;
        return refusal(std::move(record), Status::unsupported, reason_against(planned));
    }

    // Why the workload is given up after all, or nothing.
    std::optional<std::string> load(ResultRecord& record, const Progress& progress) {
        const auto [precision, seed] = std::pair(request_.precision, request_.seed);
        if (precision == Precision::int8) return load_int8(record, progress);
        return load(record,
                    precision == Precision::fp16 ? numeric_fp16(request_.network, seed)
                                                 : numeric_fp32(request_.network, seed),
                    progress);
    }

    std::optional<std::string> load(ResultRecord& record, NumericProblem problem,
                                    const Progress& progress) {
        const double built_before = programs_.build_seconds();
        loaded_ = load_workload(device_, programs_, request_.precision, std::move(problem), plan_,
                                request_.seed, threads_);
        record.start_up.build = programs_.build_seconds() - built_before;
        record.memory_peak = plan_.activation_bytes() + plan_.weight_bytes();
        progress("compiling", 0, 1);
        if (const auto probe = loaded_->probe_library()) {
            *record.start_up.build += probe->first_call;
            if (auto reason = too_slow(*probe, request_.time_limit)) return reason;
        }
        loaded_->verify(record, *verdicts_, threads_, progress);
        return std::nullopt;
    }

    std::optional<std::string> load_int8(ResultRecord& record, const Progress& progress) {
        const auto started = std::chrono::steady_clock::now();
        progress("calibrating", 0, 1);
        const Ranges ranges =
            calibrated_ranges(request_.network, request_.seed, cache_folder(), threads_);
        record.start_up.calibrate =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
        record.quantization_source = ranges.source;
        const Verdict end_to_end = verify_end_to_end(ranges);
        auto reason =
            load(record, numeric_int8(request_.network, request_.seed, ranges, threads_), progress);
        if (!reason) loaded_->take_end_to_end(record, end_to_end);
        return reason;
    }

    Verdict verify_end_to_end(const Ranges& ranges) {
        const Network small = small_enough(request_.network, end_to_end_macs);
        Plan plan = plan_for(small);
        const std::string step_key =
            fmt::format("end to end {} {}", content_key(request_.network, request_.seed),
                        names_of_variants(plan));
        if (const auto known = verdicts_->find(step_key)) return *known;
        const NumericProblem problem = numeric_int8(small, request_.seed, ranges, threads_);
        VerifiedChain<std::uint8_t> chain(device_, programs_, problem, std::move(plan), threads_);
        Verdict verdict = chain.verify_end_to_end(request_.seed, threads_);
        verdicts_->keep(step_key, verdict);
        return verdict;
    }

    std::string preferred_;  // empty: every row is as good as its place in the registry
    Device device_;
    ProgramCache programs_;
    unsigned threads_;
    nlohmann::json build_;
    GpuClocks clocks_;
    std::optional<VerdictCache> verdicts_;
    PrepareRequest request_;
    Plan plan_;
    std::optional<PeaksCache> peaks_;
    std::optional<FindingsCache> findings_;
    std::unique_ptr<LoadedWorkload> loaded_;
};

}  // namespace

std::unique_ptr<WorkerService> device_service(const std::string& device_pattern,
                                              const std::string& preferred) {
    return std::make_unique<DeviceService>(device_pattern, preferred);
}

}  // namespace slimbench
