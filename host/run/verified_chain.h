// A numeric problem loaded onto a device, and the walk through its chain that verifies every step
// on the device's own inputs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/cl/chain.h"
#include "host/run/numeric_problem.h"
#include "host/run/verdict_cache.h"
#include "host/verify/reference.h"

namespace slimbench {

using Progress = std::function<void(const std::string& phase, std::size_t done, std::size_t total)>;

template <class Stored>  // float (FP32), Half (FP16) or std::uint8_t (INT8)
class VerifiedChain {
public:
    // Plans and loads; the plan must be fully admissible. The problem must outlive the chain.
    // `threads` pack its constants.
    VerifiedChain(Device& device, ProgramCache& programs, const NumericProblem& problem, Plan plan,
                  unsigned threads = 1);

    // Uploads the image and runs step by step. Each distinct step whose verdict is not cached is
    // compared with the reference: output, halo and guard zones. One verdict per step.
    std::vector<Verdict> verify(std::uint64_t seed, VerdictCache& cache, unsigned threads,
                                const Progress& progress);

    // Runs step by step and compares every tensor with a run of the whole network on the host, bit
    // for bit (INT8).
    Verdict verify_end_to_end(std::uint64_t seed, unsigned threads);

    // True when the network's output holds the same bits as after verify(): the chain enqueued at
    // once computes what the verified walk computed.
    bool output_unchanged();

    Chain& chain() { return chain_; }
    const Plan& plan() const { return plan_; }
    double upload_image(std::uint64_t seed);  // seconds of the transfer
    double download_scores();                 // seconds of the transfer

private:
    Verdict verify_one(std::size_t step, std::uint64_t seed, unsigned threads);
    std::vector<Stored> memory_of(TensorId tensor);
    HostTensor<HostElement<Stored>> tensor_of(TensorId tensor);

    const NumericProblem& problem_;
    Plan plan_;
    Chain chain_;
    std::uint64_t verified_scores_ = 0;  // hash of the scores that verify() left
    std::vector<Stored> image_;          // as it stands in memory, made once
};

}  // namespace slimbench
