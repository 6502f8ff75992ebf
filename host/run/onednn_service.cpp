// A worker's service that computes a workload's convolutions through oneDNN, each alone.
#include <algorithm>
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "host/kernel/plan.h"
#include "host/measure/sampler.h"
#include "host/peer/peer.h"
#include "host/run/allocator.h"
#include "host/run/environment.h"
#include "host/run/forward_record.h"
#include "host/run/peer_names.h"
#include "host/run/worker.h"

namespace slimbench {

namespace {

template <class Element>
HostTensor<Element> seeded_tensor(const TensorShape& shape, std::uint64_t seed) {
    if constexpr (std::is_same_v<Element, float>) {
        return {shape, synthesize_image(shape, seed)};
    } else {
        std::mt19937_64 random(seed);
        HostTensor<Element> tensor{
            shape, std::vector<Element>(static_cast<std::size_t>(shape.elements()))};
        std::ranges::generate(tensor.values, [&] { return static_cast<Element>(random()); });
        return tensor;
    }
}

// One step in the library, verified when it is made.
template <class Element>
class PeerLayer {
public:
    PeerLayer(const NumericProblem& problem, std::size_t index, PeerAlgorithms algorithms,
              std::uint64_t seed, unsigned threads)
        : offer_(onednn_step<Element>(problem.steps[index], problem.constants[index], algorithms)) {
        if (!offer_.step) return;
        const FusedStep& step = problem.steps[index];
        const auto shape = [&](TensorId tensor) { return problem.network.tensors[tensor].shape; };
        const auto input = seeded_tensor<Element>(shape(step.input), seed);
        const auto residual =
            seeded_tensor<Element>(shape(step.residual.value_or(step.input)), seed + 1);
        const HostTensor<Element>* added = step.residual ? &residual : nullptr;
        offer_.step->upload(input, added);
        CoverageRule rule;
        rule.seed = seed;
        rule.allowed_steps = 1;  // oneDNN rounds in its own order
        rule.bias_first = true;
        if (winograd()) rule.rounding = winograd_rounding;
        verdict_ = verify_step(step, problem.constants[index], input, added, offer_.step->output(),
                               rule, threads);
    }
    const std::string& refused() const { return offer_.refused; }
    const Verdict& verdict() const { return verdict_; }
    std::string implementation() const { return offer_.step->implementation(); }
    // F(4x4, 3x3) is the largest there is: it needs a quarter of the multiply-adds.
    bool winograd() const { return implementation().find("wino") != std::string::npos; }
    double run() { return offer_.step->run(); }

private:
    PeerOffer<Element> offer_;
    Verdict verdict_;
};

class OnednnService : public WorkerService {
public:
    explicit OnednnService(std::string peer) : peer_(std::move(peer)) {
        if (onednn_version().empty())
            throw std::runtime_error(
                "this build has no oneDNN: install libdnnl-dev and build again");
    }

    nlohmann::json hello() override {
        return {{"device", device()},
                {"environment", environment_description()},
                {"build", build_description()}};
    }

    ResultRecord prepare(const PrepareRequest& request, const Progress&) override {
        release();
        request_ = request;
        problem_ = request.precision == Precision::int8
                       ? numeric_int8(request.network, request.seed,
                                      calibrated_ranges(request.network, request.seed,
                                                        cache_folder(), threads_))
                       : numeric_fp32(request.network, request.seed);
        ResultRecord record;
        record.status = Status::measured;
        return record;
    }

    ResultRecord measure(const MeasureRequest& request) override {
        switch (request_.precision) {
            case Precision::fp32:
                return measure_as(request, fp32_);
            case Precision::int8:
                return measure_as(request, int8_);
            case Precision::fp16:
            case Precision::tf32:
                break;
        }
        ResultRecord record = describe(request.step);
        record.status = Status::unsupported;
        record.reason = fmt::format("oneDNN {} computes no {} on CPUs", onednn_version(),
                                    request_.precision == Precision::fp16 ? "FP16" : "TF32");
        return record;
    }

    void release() override {
        fp32_.reset();
        int8_.reset();
        loaded_step_.reset();
        return_free_memory();
    }

private:
    nlohmann::json device() const {
        DeviceTraits traits;
        traits.platform = "oneDNN";
        traits.name = "CPU";
        traits.driver_version = onednn_version();
        traits.kind = DeviceKind::cpu;
        traits.tier = host_cpu_tier();
        traits.compute_units = threads_;
        return device_fingerprint(traits);
    }

    template <class Element>
    ResultRecord measure_as(const MeasureRequest& request,
                            std::optional<PeerLayer<Element>>& layer) {
        if (loaded_step_ != request.step) {
            const auto algorithms =
                peer_ == onednn_direct ? PeerAlgorithms::direct : PeerAlgorithms::all;
            layer.emplace(problem_, request.step, algorithms, request_.seed, threads_);
            loaded_step_ = request.step;
        }
        ResultRecord record = describe(request.step);
        if (!layer->refused().empty()) {
            record.status = Status::unsupported;
            record.reason = layer->refused();
            return record;
        }
        record.verdict = record.steps.front().verdict = layer->verdict();
        record.steps.front().variant = layer->implementation();
        if (layer->winograd())
            record.executed_macs = record.steps.front().executed_macs = record.macs / 4;
        if (record.verdict.result != Verdict::Result::correct) {
            record.status = Status::incorrect;
            record.reason = "wrong output: " + record.verdict.worst_at;
            return record;
        }
        record.status = Status::measured;
        record.measurement = sample(
            record.identity.id(), request.protocol, WarmUp::until_stable,
            [&](int calls) {
                double seconds = 0;
                for (int i = 0; i < calls; ++i) seconds += layer->run();
                // A library call has no device clock of its own, and the host's ticks are
                // nanoseconds.
                return CallTime{seconds, seconds};
            },
            {}, request.calls_per_sample);
        return record;
    }

    ResultRecord describe(std::size_t step) const {
        const FusedStep& fused = problem_.steps.at(step);
        const Node& node = problem_.network.nodes[fused.nodes.front()];
        ResultRecord record;
        record.identity = request_.identity;
        record.identity.kind = RowKind::layer;
        record.identity.layer = node.name;
        record.identity.implementation = peer_;
        record.time = utc_now();
        record.compute = compute_name(request_.precision);
        record.device = device();
        record.environment = environment_description();
        record.build = build_description();
        StepRecord described;
        for (std::size_t covered : fused.nodes)
            described.layers.push_back(problem_.network.nodes[covered].name);
        described.block = node.block;
        described.level = node.level;
        described.kind = kind_name(fused.operation);
        described.problem = step_text(fused, problem_.network);
        for (std::size_t covered : fused.nodes)
            described.macs += macs(problem_.network.nodes[covered]);
        described.executed_macs = described.macs;
        record.macs = record.executed_macs = described.macs;
        set_traffic(described, compulsory_traffic(fused, problem_.network, request_.precision));
        record.bytes = described.bytes;
        record.steps.push_back(std::move(described));
        return record;
    }

    std::string peer_;
    unsigned threads_ = std::max(1u, std::thread::hardware_concurrency());
    PrepareRequest request_;
    NumericProblem problem_;
    std::optional<PeerLayer<float>> fp32_;
    std::optional<PeerLayer<std::uint8_t>> int8_;
    std::optional<std::size_t> loaded_step_;
};

}  // namespace

std::unique_ptr<WorkerService> onednn_service(const std::string& peer) {
    return std::make_unique<OnednnService>(peer);
}

}  // namespace slimbench
