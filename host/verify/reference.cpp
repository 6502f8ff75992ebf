#include "host/verify/reference.h"

#include <numeric>

#include "host/verify/epilogue.h"
#include "host/verify/step_sums.h"
#include "host/verify/threads.h"

namespace slimbench {
namespace {

constexpr std::size_t pixels_per_chunk = 64;

}  // namespace

template <class Element>
HostTensor<Element> run_reference(const FusedStep& step, const StepConstants& constants,
                                  const TensorShape& out, const HostTensor<Element>& input,
                                  const HostTensor<Element>* residual, unsigned threads) {
    check_residual(step, out, residual);
    const auto sums = make_sums(step, constants, out, input);
    const auto channels = static_cast<std::size_t>(out.channels);
    HostTensor<Element> output{out, std::vector<Element>(static_cast<std::size_t>(out.elements()))};
    share_chunks(static_cast<std::size_t>(out.pixels()), pixels_per_chunk, threads,
                 [&](std::size_t begin, std::size_t end) {
                     std::vector<std::int64_t> pixels(end - begin);
                     std::iota(pixels.begin(), pixels.end(), static_cast<std::int64_t>(begin));
                     std::vector<double> sum(pixels.size() * channels);
                     sums->at(pixels, sum, {});
                     for (std::size_t i = 0; i < sum.size(); ++i) {
                         const std::size_t at = begin * channels + i;
                         const OutputPlace place{at / channels, i % channels, channels};
                         output.values[at] = static_cast<Element>(finish(
                             constants,
                             Summed<Element>{sum[i], place.channel, residual_at(residual, place)}));
                     }
                 });
    return output;
}

template <class Element>
std::vector<HostTensor<Element>> run_reference_network(const Network& network,
                                                       const std::vector<FusedStep>& steps,
                                                       const std::vector<StepConstants>& constants,
                                                       HostTensor<Element> image,
                                                       unsigned threads) {
    std::vector<HostTensor<Element>> tensors(network.tensors.size());
    tensors[network.image] = std::move(image);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const FusedStep& step = steps[i];
        tensors[step.output] = run_reference(
            step, constants.at(i), network.tensors[step.output].shape, tensors[step.input],
            step.residual ? &tensors[*step.residual] : nullptr, threads);
    }
    return tensors;
}

template HostTensor<float> run_reference(const FusedStep&, const StepConstants&, const TensorShape&,
                                         const HostTensor<float>&, const HostTensor<float>*,
                                         unsigned);
template std::vector<HostTensor<float>> run_reference_network(const Network&,
                                                              const std::vector<FusedStep>&,
                                                              const std::vector<StepConstants>&,
                                                              HostTensor<float>, unsigned);
template HostTensor<std::uint8_t> run_reference(const FusedStep&, const StepConstants&,
                                                const TensorShape&, const HostTensor<std::uint8_t>&,
                                                const HostTensor<std::uint8_t>*, unsigned);
template std::vector<HostTensor<std::uint8_t>> run_reference_network(
    const Network&, const std::vector<FusedStep>&, const std::vector<StepConstants>&,
    HostTensor<std::uint8_t>, unsigned);

}  // namespace slimbench
