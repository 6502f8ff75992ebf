// A worker's service on an OpenCL device.
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "host/cl/cache_flush.h"
#include "host/measure/sampler.h"
#include "host/run/environment.h"
#include "host/run/forward_record.h"
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

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string mib(std::uint64_t bytes) { return fmt::format("{:.0f} MiB", static_cast<double>(bytes) / (1 << 20)); }

// Why the workload does not fit, from sizes alone: nothing is allocated yet.
std::optional<std::string> too_large(const Plan& plan, const Network& network, const DeviceTraits& device) {
    std::uint64_t need = plan.activation_bytes() +
                         static_cast<std::uint64_t>(weight_bytes(network, traits(traits(plan.precision).weight).bits));
    std::uint64_t largest = 0;
    for (std::uint64_t bytes : plan.slot_bytes) largest = std::max(largest, bytes);
    if (largest > device.largest_allocation)
        return fmt::format("needs one buffer of {} ({} bytes), the device allows {} ({} bytes)", mib(largest), largest,
                           mib(device.largest_allocation), device.largest_allocation);
    std::uint64_t available = device.global_memory;
    if (device.cpu) {   // verification holds host copies of a step's tensors in the same memory
        need += 3 * largest;
        available = std::min(available, available_memory());
    }
    if (need > available)
        return fmt::format("needs {} ({} bytes), available are {} ({} bytes)", mib(need), need, mib(available), available);
    return std::nullopt;
}

std::optional<std::string> refused(const Plan& plan, const Network& network) {
    for (const PlannedStep& planned : plan.steps)
        if (!planned.choice.variant)
            return fmt::format("no kernel for {}: {}", network.nodes[planned.step.nodes.front()].name,
                               fmt::join(planned.choice.refused, "; "));
    return std::nullopt;
}

ResultRecord refusal(ResultRecord record, Status status, std::string reason) {
    record.status = status;
    record.reason = std::move(reason);
    return record;
}

// The workload that is loaded now, whatever its element type.
class LoadedWorkload {
public:
    virtual ~LoadedWorkload() = default;
    virtual ResultRecord measure(const MeasureRequest& request) = 0;
};

template <class Element>
class Loaded : public LoadedWorkload {
public:
    Loaded(Device& device, ProgramCache& programs, NumericProblem problem, Plan plan, std::uint64_t seed)
        : device_(device),
          problem_(std::move(problem)),
          seed_(seed),
          chain_(device, programs, problem_, std::move(plan)) {}

    // Verifies; fills steps, verdicts and start-up of `record`, which later rows start from.
    void verify(ResultRecord& record, VerdictCache& cache, unsigned threads, const Progress& progress) {
        const auto started = std::chrono::steady_clock::now();
        chain_.upload_image(seed_);
        chain_.chain().run();
        record.start_up.first_inference = seconds_since(started);
        record.start_up.upload = chain_.chain().upload_seconds();
        verdicts_ = chain_.verify(seed_, cache, threads, progress);
        for (std::size_t s = 0; s < verdicts_.size(); ++s) {
            record.steps.push_back(describe_step(chain_.plan().steps[s], problem_.network));
            record.steps.back().verdict = verdicts_[s];
        }
        record.verdict = combine(verdicts_);
        record_ = record;
    }

    void take_end_to_end(ResultRecord& record, const Verdict& end_to_end) {
        if (end_to_end.result != Verdict::Result::correct) record.verdict = end_to_end;
        record_ = record;
    }

    ResultRecord measure(const MeasureRequest& request) override {
        return request.kind == RowKind::forward ? forward(request) : layer(request);
    }

private:
    static CallTime call_time(const ChainTimes& times) {
        CallTime call{times.device(), times.host, true};
        for (const LaunchTime& launch : times.launches) call.clock_ran &= launch.end_ns > launch.start_ns;
        return call;
    }

    ResultRecord forward(const MeasureRequest& request) {
        ResultRecord record = record_;
        std::vector<ChainTimes> runs;
        record.measurement = sample(record.identity.id(), request.protocol, WarmUp::until_stable, [&] {
            runs.push_back(chain_.chain().run());
            return call_time(runs.back());
        });
        // Warm-up calls went through the same function; only the last ones are samples.
        runs.erase(runs.begin(), runs.end() - static_cast<std::ptrdiff_t>(record.measurement->device.size()));
        add_chain_times(record, problem_.network, chain_.plan(), runs);
        if (!chain_.output_unchanged()) {
            record.verdict.result = Verdict::Result::incorrect;
            record.verdict.worst_at = "the chain enqueued at once left other scores than its steps one by one";
        }
        for (int i = 0; i < request.protocol.min_samples; ++i) {
            record.upload.push_back(chain_.upload_image(seed_));
            record.download.push_back(chain_.download_scores());
        }
        position_ = chain_.chain().step_count();
        return judged(std::move(record));
    }

    ResultRecord layer(const MeasureRequest& request) {
        const PlannedStep& planned = chain_.plan().steps.at(request.step);
        go_to(request.step);
        ResultRecord record = record_;
        record.steps = {record_.steps[request.step]};
        record.verdict = verdicts_[request.step];
        record.identity.kind = RowKind::layer;
        record.identity.cache = request.cache;
        record.identity.layer = record.steps.front().layers.front();
        record.macs = planned.macs;
        record.executed_macs = planned.executed_macs;
        record.bytes = planned.bytes;
        record.params = record.weight_bytes = 0;
        record.start_up = {};
        const bool cold = request.cache == CacheState::cold;
        if (cold && !flush_) flush_.emplace(device_);
        record.measurement =
            sample(record.identity.id(), request.protocol, cold ? WarmUp::none : WarmUp::until_stable, [&] {
                if (cold) (*flush_)();
                return call_time(chain_.chain().run(request.step, request.step + 1));
            });
        return judged(std::move(record));
    }

    // Runs the chain up to and including a step, so that its input and residual hold what they hold in the network.
    void go_to(std::size_t step) {
        if (position_ == step + 1) return;
        // Slots are reused, so there is no way back but from the start.
        const std::size_t from = position_ <= step ? position_ : 0;
        chain_.chain().run(from, step + 1);
        position_ = step + 1;
    }

    static ResultRecord judged(ResultRecord record) {
        const auto& flags = record.measurement->flags;
        record.status = Status::measured;
        if (record.verdict.result != Verdict::Result::correct)
            return refusal(std::move(record), Status::incorrect, "wrong output: " + record.verdict.worst_at);
        if (std::ranges::find(flags, "end_before_start") != flags.end())
            return refusal(std::move(record), Status::untrusted, "a launch ended no later than it started");
        return record;
    }

    Device& device_;
    NumericProblem problem_;
    std::uint64_t seed_;
    VerifiedChain<Element> chain_;
    std::vector<Verdict> verdicts_;
    ResultRecord record_;
    std::size_t position_ = 0;
    std::optional<CacheFlush> flush_;
};

class DeviceService : public WorkerService {
public:
    explicit DeviceService(const std::string& pattern)
        : device_(select_device(pattern)),
          programs_(device_),
          threads_(std::max(1u, std::thread::hardware_concurrency())),
          build_(build_description()) {
        build_["kernel_hash"] = kernel_source_hash();
        const std::string scope =
            fmt::format("kernels {} | {} | {} | {} | reference {}", build_["kernel_hash"].get<std::string>(),
                        device_.traits().platform, device_.traits().name, device_.traits().driver_version,
                        reference_version);
        verdicts_.emplace(cache_file("verdicts.jsonl"), scope);
    }

    nlohmann::json hello() override {
        return {{"device", device_fingerprint(device_.traits())}, {"environment", environment_description()},
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
        if (const auto reason = refused(plan, request.network)) return refusal(record, Status::unsupported, *reason);
        if (const auto reason = too_large(plan, request.network, device_.traits()))
            return refusal(record, Status::skipped, *reason);
        if (request.precision == Precision::fp32)
            load<float>(record, request, numeric_fp32(request.network, request.seed), plan, progress);
        else
            load_int8(record, request, plan, progress);
        record.status = record.verdict.result == Verdict::Result::correct ? Status::measured : Status::incorrect;
        if (record.status == Status::incorrect) record.reason = "wrong output: " + record.verdict.worst_at;
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
        const Counts counts = count(request.network);
        record.params = counts.params;
        record.macs = counts.macs;
        record.weight_bytes = weight_bytes(request.network, traits(traits(request.precision).weight).bits);
        record.device = device_fingerprint(device_.traits());
        record.environment = environment_description();
        record.build = build_;
        return record;
    }

    Plan plan_for(const Network& network, const PrepareRequest& request) const {
        return plan_network(network, fuse(network), request.precision, device_.traits(), {request.tier, request.kernel});
    }

    template <class Element>
    Loaded<Element>& load(ResultRecord& record, const PrepareRequest& request, NumericProblem problem, const Plan& plan,
                          const Progress& progress) {
        const double built_before = programs_.build_seconds();
        auto loaded = std::make_unique<Loaded<Element>>(device_, programs_, std::move(problem), plan, request.seed);
        record.start_up.build = programs_.build_seconds() - built_before;
        record.memory_peak = plan.activation_bytes() + static_cast<std::uint64_t>(record.weight_bytes);
        loaded->verify(record, *verdicts_, threads_, progress);
        Loaded<Element>& result = *loaded;
        loaded_ = std::move(loaded);
        return result;
    }

    void load_int8(ResultRecord& record, const PrepareRequest& request, const Plan& plan, const Progress& progress) {
        const auto started = std::chrono::steady_clock::now();
        progress("calibrating", 0, 1);
        const Ranges ranges = calibrated_ranges(request.network, request.seed, cache_folder(), threads_);
        record.start_up.calibrate = seconds_since(started);
        const Verdict end_to_end = verify_end_to_end(request, ranges);
        auto& loaded = load<std::uint8_t>(record, request, numeric_int8(request.network, request.seed, ranges), plan,
                                          progress);
        loaded.take_end_to_end(record, end_to_end);
    }

    Verdict verify_end_to_end(const PrepareRequest& request, const Ranges& ranges) {
        const std::string step_key = fmt::format("end to end {} {} {}", content_key(request.network, request.seed),
                                                 request.tier ? name(*request.tier) : "any tier", request.kernel);
        if (const auto known = verdicts_->find(step_key)) return *known;
        const Network small = small_enough(request.network, end_to_end_macs);
        const NumericProblem problem = numeric_int8(small, request.seed, ranges);
        VerifiedChain<std::uint8_t> chain(device_, programs_, problem, plan_for(small, request));
        const Verdict verdict = chain.verify_end_to_end(request.seed, threads_);
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
