#include "host/run/verified_chain.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "host/cl/tensor_memory.h"

namespace slimbench {

namespace {

Verdict incorrect(std::string what) {
    Verdict verdict;
    verdict.result = Verdict::Result::incorrect;
    verdict.worst_at = std::move(what);
    return verdict;
}

std::string verdict_key(const PlannedStep& planned, std::uint64_t seed) {
    return fmt::format("{} | {} | seed {}", planned.choice.variant->name, planned.place, seed);
}

// FNV-1a over 64-bit words: whether two runs left the same bits, without keeping a gigabyte of
// scores.
template <class Element>
std::uint64_t hash_of(const HostTensor<Element>& tensor) {
    const std::size_t bytes = tensor.values.size() * sizeof(Element);
    const auto* content = reinterpret_cast<const unsigned char*>(tensor.values.data());
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (std::size_t at = 0; at < bytes; at += sizeof hash) {
        std::uint64_t word = 0;
        std::memcpy(&word, content + at, std::min(sizeof word, bytes - at));
        hash = (hash ^ word) * 0x100000001b3u;
    }
    return hash;
}

template <class Element>
std::string first_difference(const HostTensor<Element>& got, const HostTensor<Element>& expected) {
    const auto [a, b] = std::ranges::mismatch(got.values, expected.values);
    if (a == got.values.end() || b == expected.values.end()) return {};
    return fmt::format("element {}: got {}, expected {}", a - got.values.begin(), *a, *b);
}

}  // namespace

template <class Stored>
VerifiedChain<Stored>::VerifiedChain(Device& device, ProgramCache& programs,
                                     const NumericProblem& problem, Plan plan, unsigned threads)
    : problem_(problem),
      plan_(std::move(plan)),
      chain_(device, programs, problem_.network, plan_,
             pack_network(plan_, problem_.network, problem_.constants, threads),
             problem_.constants) {}

template <class Stored>
std::vector<Stored> VerifiedChain<Stored>::memory_of(TensorId tensor) {
    std::vector<Stored> memory(plan_.tensor_bytes(problem_.network, tensor) / sizeof(Stored));
    chain_.read(tensor, memory.data());
    return memory;
}

template <class Stored>
HostTensor<HostElement<Stored>> VerifiedChain<Stored>::tensor_of(TensorId tensor) {
    return from_memory<Stored>(memory_of(tensor), problem_.network.tensors[tensor].shape,
                               plan_.layouts[tensor]);
}

template <class Stored>
double VerifiedChain<Stored>::upload_image(std::uint64_t seed) {
    const TensorId image = problem_.network.image;
    if (image_.empty()) {
        const int zero =
            problem_.quantization.empty() ? 0 : problem_.quantization[image].zero_point;
        image_ =
            to_memory<Stored>(synthetic_image<HostElement<Stored>>(problem_, seed),
                              plan_.layouts[image], static_cast<Stored>(static_cast<float>(zero)));
    }
    return chain_.write(image, image_.data());
}

template <class Stored>
double VerifiedChain<Stored>::download_scores() {
    std::vector<Stored> scores(plan_.tensor_bytes(problem_.network, problem_.network.scores) /
                               sizeof(Stored));
    return chain_.read(problem_.network.scores, scores.data());
}

template <class Stored>
Verdict VerifiedChain<Stored>::verify_one(std::size_t step, std::uint64_t seed, unsigned threads) {
    const FusedStep& fused = plan_.steps[step].step;
    const StepConstants& constants = problem_.constants[step];
    const HostTensor<HostElement<Stored>> input = tensor_of(fused.input);
    HostTensor<HostElement<Stored>> residual;
    if (fused.residual) residual = tensor_of(*fused.residual);
    chain_.arm_guards(step);
    chain_.run(step, step + 1);
    if (const auto fault = chain_.check_guards(step)) return incorrect(*fault);

    const std::vector<Stored> memory = memory_of(fused.output);
    const TensorShape& shape = problem_.network.tensors[fused.output].shape;
    const Layout& layout = plan_.layouts[fused.output];
    if (const auto fault = halo_fault<Stored>(memory, shape, layout, Stored(constants.output_pad)))
        return incorrect(*fault);
    CoverageRule rule;
    rule.seed = seed;
    rule.storage = traits(plan_.precision).activation;
    const Variant& variant = *plan_.steps[step].choice.variant;
    if (variant.algorithm == Algorithm::winograd) rule.rounding = winograd_rounding;
    rule.accumulator = variant.accumulator();
    rule.half_run = variant.half_run();
    rule.factor = traits(variant.precision).factor;
    return verify_step(fused, constants, input, fused.residual ? &residual : nullptr,
                       from_memory<Stored>(memory, shape, layout), rule, threads);
}

template <class Stored>
std::vector<Verdict> VerifiedChain<Stored>::verify(std::uint64_t seed, VerdictCache& cache,
                                                   unsigned threads, const Progress& progress) {
    upload_image(seed);
    std::vector<Verdict> verdicts;
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
        progress("verifying", s, plan_.steps.size());
        const std::string key = verdict_key(plan_.steps[s], seed);
        if (const auto known = cache.find(key)) {
            chain_.run(s, s + 1);
            verdicts.push_back(*known);
            continue;
        }
        verdicts.push_back(verify_one(s, seed, threads));
        cache.keep(key, verdicts.back());
    }
    verified_scores_ = hash_of(tensor_of(problem_.network.scores));
    return verdicts;
}

template <class Stored>
Verdict VerifiedChain<Stored>::verify_end_to_end(std::uint64_t seed, unsigned threads) {
    const auto expected = run_reference_network<HostElement<Stored>>(
        problem_.network, problem_.steps, problem_.constants,
        synthetic_image<HostElement<Stored>>(problem_, seed), threads);
    Verdict verdict;
    verdict.rule = "every tensor bit for bit";
    upload_image(seed);
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
        chain_.run(s, s + 1);
        const TensorId output = plan_.steps[s].step.output;
        const HostTensor<HostElement<Stored>> got = tensor_of(output);
        verdict.checked += got.shape.elements();
        if (const std::string difference = first_difference(got, expected[output]);
            !difference.empty())
            return incorrect(fmt::format("end to end, {}: {}",
                                         problem_.network.tensors[output].name, difference));
    }
    verdict.elements = verdict.checked;
    verdict.result = Verdict::Result::correct;
    return verdict;
}

template <class Stored>
bool VerifiedChain<Stored>::output_unchanged() {
    return hash_of(tensor_of(problem_.network.scores)) == verified_scores_;
}

template class VerifiedChain<float>;
template class VerifiedChain<Half>;
template class VerifiedChain<std::uint8_t>;

}  // namespace slimbench
