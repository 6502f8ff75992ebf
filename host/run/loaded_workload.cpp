#include "host/run/loaded_workload.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "host/cl/cache_flush.h"
#include "host/measure/sampler.h"
#include "host/run/forward_record.h"

namespace slimbench {

namespace {

// Seconds. A CPU's driver shares its cores with the thread that enqueues: what starts before that
// one sleeps starts on one core less.
constexpr double host_matters_below = 1e-3;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

ResultRecord not_measured(ResultRecord record, Status status, std::string reason) {
    record.status = status;
    record.reason = std::move(reason);
    return record;
}

template <class Stored>
class Loaded : public LoadedWorkload {
public:
    Loaded(Device& device, ProgramCache& programs, NumericProblem problem, Plan plan,
           std::uint64_t seed, unsigned threads)
        : device_(device),
          programs_(programs),
          problem_(std::move(problem)),
          seed_(seed),
          chain_(device, programs, problem_, std::move(plan), threads) {}

    std::optional<LibraryProbe> probe_library() override {
        return slimbench::probe_library(chain_.chain(), chain_.plan());
    }

    void verify(ResultRecord& record, VerdictCache& cache, unsigned threads,
                const Progress& progress) override {
        const auto started = std::chrono::steady_clock::now();
        chain_.upload_image(seed_);
        chain_.chain().run();
        record.start_up.first_inference = seconds_since(started);
        record.start_up.upload = chain_.chain().upload_seconds();
        verdicts_ = chain_.verify(seed_, cache, threads, progress);
        for (std::size_t s = 0; s < verdicts_.size(); ++s) {
            record.steps.push_back(describe_step(chain_.plan().steps[s], problem_.network));
            if (verdicts_[s].result != Verdict::Result::correct)
                verdicts_[s].worst_at =
                    record.steps.back().layers.front() + ", " + verdicts_[s].worst_at;
            record.steps.back().verdict = verdicts_[s];
        }
        record.verdict = combine(verdicts_);
        record_ = record;
    }

    void take_end_to_end(ResultRecord& record, const Verdict& end_to_end) override {
        if (end_to_end.result != Verdict::Result::correct) record.verdict = end_to_end;
        record_ = record;
    }

    ResultRecord measure(const MeasureRequest& request) override {
        if (request.kind == RowKind::layer) return layer(request);
        return request.block ? forward_block(request) : forward(request);
    }

private:
    static CallTime call_time(const PassesTime& passes) {
        const double device = passes.device.seconds();
        return {device, passes.host, passes.ahead, device > 0};
    }

    static CallTime call_time(const std::vector<ChainTimes>& passes) {
        const LaunchTime span{passes.front().launches.front().start_ns,
                              passes.back().launches.back().end_ns};
        CallTime call{span.seconds(), 0, 0, true};
        for (const ChainTimes& pass : passes) {
            call.host += pass.host;
            for (const LaunchTime& launch : pass.launches)
                call.clock_ran &= launch.end_ns > launch.start_ns;
        }
        return call;
    }

    Clocks clocks() {
        if (!clock_) clock_.emplace(device_, programs_);
        Clocks clocks{1e-9 * static_cast<double>(device_.traits().timer_resolution_ns),
                      [this] { return (*clock_)(); }, no_processors};
        if (device_.traits().cpu()) clocks.processors = processor_time;
        return clocks;
    }

    // An event for each step costs a CPU's driver nothing, and a GPU's about as much as a small
    // kernel.
    bool observes_samples() const { return device_.traits().cpu(); }

    ResultRecord forward(const MeasureRequest& request) {
        ResultRecord record = record_;
        Chain& chain = chain_.chain();
        std::vector<ChainTimes> runs;
        const auto call = [&](int calls) {
            if (!observes_samples())
                return call_time(chain.run_unobserved(0, chain.step_count(), calls));
            const auto passes = chain.run_passes(0, chain.step_count(), calls);
            runs.insert(runs.end(), passes.begin(), passes.end());
            return call_time(passes);
        };
        record.measurement = sample(record.identity.id(), request.protocol, WarmUp::until_stable,
                                    call, clocks(), request.calls_per_sample);
        const Measurement& measured = *record.measurement;
        const auto samples = static_cast<std::ptrdiff_t>(measured.device.size());
        if (observes_samples())  // warm-up calls went the same way; the last ones are samples
            runs.erase(runs.begin(), runs.end() - samples * measured.calls_per_sample);
        else
            runs = chain.run_passes(0, chain.step_count(), request.protocol.min_samples);
        add_chain_times(record, problem_.network, chain_.plan(), runs);
        if (!chain_.output_unchanged()) {
            record.verdict.result = Verdict::Result::incorrect;
            record.verdict.worst_at =
                "the chain enqueued at once left other scores than its steps one by one";
        }
        for (int i = 0; i < request.protocol.min_samples; ++i) {
            record.upload.push_back(chain_.upload_image(seed_));
            record.download.push_back(chain_.download_scores());
        }
        position_ = chain_.chain().step_count();
        return judged(std::move(record));
    }

    static ProcessorTime no_processors() { return {}; }

    // The clock's rate is left alone: looking at it takes as long as a block.
    static Clocks no_clocks() {
        return {0, [] { return 1.0; }, no_processors};
    }

    ResultRecord forward_block(const MeasureRequest& request) {
        ResultRecord record = record_;
        record.steps.clear();
        Chain& chain = chain_.chain();
        record.measurement = sample(
            record.identity.id(), request.protocol, WarmUp::none,
            [&](int calls) {
                return call_time(chain.run_unobserved(0, chain.step_count(), calls));
            },
            no_clocks());
        position_ = chain.step_count();
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
        if (planned.macs > 0) record.compute = compute_name(planned.choice.variant->arithmetic());
        record.macs = planned.macs;
        record.executed_macs = planned.executed_macs;
        record.bytes = planned.traffic.total();
        record.params = record.weight_bytes = 0;
        record.start_up = {};
        const bool cold = request.cache == CacheState::cold;
        if (cold && !flush_) flush_.emplace(device_);
        bool leads = device_.traits().cpu() && !cold && !request.block;
        record.measurement = sample(
            record.identity.id(), request.protocol,
            cold || request.block ? WarmUp::none : WarmUp::until_stable,
            [&](int calls) {
                if (cold) (*flush_)();
                const CallTime time = call_time(chain_.chain().run_unobserved(
                    request.step, request.step + 1, calls, leads ? 1 : 0));
                leads = leads && time.device < calls * host_matters_below;
                return time;
            },
            request.block ? no_clocks() : clocks(), request.calls_per_sample);
        return judged(std::move(record));
    }

    // Runs the chain up to and including a step, so that its input and residual hold what they hold
    // in the network.
    void go_to(std::size_t step) {
        if (position_ == step + 1) return;
        // Slots are reused, so there is no way back but from the start.
        const std::size_t from = position_ <= step ? position_ : 0;
        chain_.chain().run(from, step + 1);
        position_ = step + 1;
    }

    static ResultRecord judged(ResultRecord record) {
        auto& flags = record.measurement->flags;
        if (std::ranges::any_of(record.steps, is_unproven, &StepRecord::variant))
            flags.push_back("unproven");
        record.status = Status::measured;
        if (record.verdict.result != Verdict::Result::correct) {
            std::string reason = "wrong output: " + record.verdict.worst_at;
            return not_measured(std::move(record), Status::incorrect, std::move(reason));
        }
        if (std::ranges::find(flags, "end_before_start") != flags.end())
            return not_measured(std::move(record), Status::untrusted,
                                "a launch ended no later than it started");
        return record;
    }

    Device& device_;
    ProgramCache& programs_;
    NumericProblem problem_;
    std::uint64_t seed_;
    VerifiedChain<Stored> chain_;
    std::vector<Verdict> verdicts_;
    ResultRecord record_;
    std::size_t position_ = 0;
    std::optional<CacheFlush> flush_;
    std::optional<DeviceClock> clock_;
};

}  // namespace

std::unique_ptr<LoadedWorkload> load_workload(Device& device, ProgramCache& programs,
                                              Precision precision, NumericProblem problem,
                                              Plan plan, std::uint64_t seed, unsigned threads) {
    const auto load = [&]<class Stored>(Stored) -> std::unique_ptr<LoadedWorkload> {
        return std::make_unique<Loaded<Stored>>(device, programs, std::move(problem),
                                                std::move(plan), seed, threads);
    };
    switch (traits(precision).activation) {
        case DataType::f32:
            return load(float{});
        case DataType::f16:
            return load(Half{});
        case DataType::u8:
            return load(std::uint8_t{});
        default:
            throw std::logic_error("activations are f32, f16 or u8");
    }
}

}  // namespace slimbench
