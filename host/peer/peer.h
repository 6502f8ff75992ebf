// The same step computed by somebody else's library, in its own layouts: what our kernels are
// compared with.
#pragma once

#include <memory>
#include <string>

#include "host/problem/step_constants.h"
#include "host/verify/host_tensor.h"

namespace slimbench {

// A step prepared in the library: weights packed, code generated, memory allocated. Element is
// float (FP32) or std::uint8_t (INT8).
template <class Element>
class PeerStep {
public:
    virtual ~PeerStep() = default;

    // Brings dense NHWC data into the library's layouts; untimed. `residual` is null where the step
    // has none.
    virtual void upload(const HostTensor<Element>& input, const HostTensor<Element>* residual) = 0;

    // Executes once and returns the seconds of the execution alone, by the host's clock. A residual
    // is added in place, so that repeated runs add onto their own output: the work is the same, the
    // values are not those of the step.
    virtual double run() = 0;

    // Computes the step once from the uploaded data, untimed, and returns its output as dense NHWC.
    virtual HostTensor<Element> output() = 0;

    // The library's name of the code that runs, e.g. "jit:avx512_core" or
    // "brgconv:avx512_core_vnni".
    virtual std::string implementation() const = 0;
};

// Either a step or the reason why the library is not asked to compute it.
template <class Element>
struct PeerOffer {
    std::unique_ptr<PeerStep<Element>> step;
    std::string refused;
};

// Which of a library's algorithms are tried: all, or those that compute every product.
enum class PeerAlgorithms { all, direct };

// Prepares a convolution in oneDNN, trying its algorithms on zeroed data and keeping the fastest;
// refuses every other operation. Threads follow OMP_NUM_THREADS, which oneDNN's runtime reads when
// the process starts. Throws std::runtime_error when built without oneDNN, or naming the oneDNN
// call that failed.
template <class Element>
PeerOffer<Element> onednn_step(const FusedStep& step, const StepConstants& constants,
                               PeerAlgorithms algorithms = PeerAlgorithms::all);

// "2.6.3"; empty when built without oneDNN.
std::string onednn_version();

}  // namespace slimbench
