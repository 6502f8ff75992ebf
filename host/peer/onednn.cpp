// Convolutions through oneDNN's version 2 interface (Debian's libdnnl-dev).
#include "host/peer/peer.h"

#ifdef SLIMBENCH_HAS_ONEDNN

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.hpp>

namespace slimbench {
namespace {

using dnnl::memory;

template <class Element>
constexpr bool integer = std::is_same_v<Element, std::uint8_t>;
template <class Element>
constexpr memory::data_type activation_type =
    integer<Element> ? memory::data_type::u8 : memory::data_type::f32;
template <class Element>
constexpr memory::data_type weight_type =
    integer<Element> ? memory::data_type::s8 : memory::data_type::f32;
template <class Element>
using Weight = std::conditional_t<integer<Element>, std::int8_t, float>;

memory::dims dims(const TensorShape& shape) {
    return {shape.batch, shape.channels, shape.height, shape.width};
}

memory::dims weight_dims(const ConvProblem& p) {
    const std::int64_t in = p.in.channels / p.groups, out = p.filters / p.groups;
    if (p.groups == 1) return {out, in, p.kernel.height, p.kernel.width};
    return {p.groups, out, in, p.kernel.height, p.kernel.width};
}

// What the primitive multiplies and adds: oneDNN computes (sum + bias) x scale for INT8 and sum +
// bias for FP32.
template <class Element>
struct Operands {
    std::vector<Weight<Element>> weights;  // OIHW; FP32: times the channel's scale
    std::vector<float> bias;               // INT8: over the channel's scale
    std::vector<float> scale;              // INT8 only
};

template <class Element>
Operands<Element> operands_of(const StepConstants& constants) {
    Operands<Element> operands{
        std::get<std::vector<Weight<Element>>>(constants.weights), constants.bias, {}};
    const std::size_t per_channel = operands.weights.size() / constants.scale.size();
    for (std::size_t channel = 0; channel < constants.scale.size(); ++channel) {
        const float scale = constants.scale[channel];
        const auto first =
            operands.weights.begin() + static_cast<std::ptrdiff_t>(channel * per_channel);
        const auto last = first + static_cast<std::ptrdiff_t>(per_channel);
        if constexpr (integer<Element>) {
            // Weights scaled by zero contribute nothing: zero weights say the same and leave the
            // bias divisible.
            if (scale == 0) std::fill(first, last, Weight<Element>{0});
            operands.scale.push_back(scale == 0 ? 1 : scale);
            operands.bias[channel] /= operands.scale.back();
        } else {
            std::transform(first, last, first, [scale](float weight) { return weight * scale; });
        }
    }
    return operands;
}

template <class Element>
dnnl::primitive_attr attributes_of(const FusedStep& step, const StepConstants& constants,
                                   const Operands<Element>& operands) {
    dnnl::primitive_attr attributes;
    constexpr int per_output_channel = 1 << 1, whole_tensor = 0;
    if constexpr (integer<Element>) {
        attributes.set_output_scales(per_output_channel, operands.scale);
        if (const int zero_point = static_cast<int>(constants.input_pad); zero_point != 0)
            attributes.set_zero_points(DNNL_ARG_SRC, whole_tensor, {zero_point});
    }
    dnnl::post_ops after;
    if (step.residual) after.append_sum(constants.residual_scale);
    // Storing u8 clips to 0..255 by itself.
    const bool clips_low =
        constants.low > (integer<Element> ? 0 : std::numeric_limits<float>::lowest());
    const bool clips_high =
        constants.high < (integer<Element> ? 255 : std::numeric_limits<float>::max());
    if (!integer<Element> && clips_low && constants.low == 0 && !clips_high)
        after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
    else if (clips_low || clips_high)
        after.append_eltwise(1, dnnl::algorithm::eltwise_clip,
                             std::max(constants.low, std::numeric_limits<float>::lowest()),
                             std::min(constants.high, std::numeric_limits<float>::max()));
    attributes.set_post_ops(after);
    return attributes;
}

// oneDNN's answer for one algorithm, or nothing where it has no implementation.
template <class Element>
std::optional<dnnl::convolution_forward::primitive_desc> describe(
    const ConvProblem& p, dnnl::algorithm algorithm, const dnnl::primitive_attr& attributes,
    const dnnl::engine& engine) {
    constexpr auto any = memory::format_tag::any;
    const memory::desc source(dims(p.in), activation_type<Element>, any);
    const memory::desc weights(weight_dims(p), weight_type<Element>, any);
    const memory::desc bias({p.filters}, memory::data_type::f32, memory::format_tag::a);
    const memory::desc destination(dims(p.out()), activation_type<Element>, any);
    try {
        const dnnl::convolution_forward::desc description(
            dnnl::prop_kind::forward_inference, algorithm, source, weights, bias, destination,
            {p.stride.height, p.stride.width}, {p.dilation.height - 1, p.dilation.width - 1},
            {p.pad.top, p.pad.left}, {p.pad.bottom, p.pad.right});
        return dnnl::convolution_forward::primitive_desc(description, attributes, engine);
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_unimplemented) return std::nullopt;
        throw std::runtime_error(fmt::format("oneDNN: {}: {}", p.text(), error.what()));
    }
}

template <class Element>
class OnednnConv : public PeerStep<Element> {
public:
    OnednnConv(const ConvProblem& problem, bool has_residual, const Operands<Element>& operands,
               const dnnl::convolution_forward::primitive_desc& description,
               const dnnl::engine& engine)
        : problem_(problem),
          engine_(engine),
          stream_(engine),
          implementation_(description.impl_info_str()),
          convolution_(description),
          source_(description.src_desc(), engine),
          weights_(description.weights_desc(), engine),
          bias_(description.bias_desc(), engine),
          destination_(description.dst_desc(), engine) {
        if (has_residual) residual_ = memory(description.dst_desc(), engine);
        const auto oihw =
            problem.groups == 1 ? memory::format_tag::oihw : memory::format_tag::goihw;
        bring(operands.weights, {weight_dims(problem), weight_type<Element>, oihw}, weights_);
        std::copy(operands.bias.begin(), operands.bias.end(),
                  static_cast<float*>(bias_.get_data_handle()));
        const HostTensor<Element> zeros{problem.in, std::vector<Element>(elements(problem.in))};
        const HostTensor<Element> nothing{problem.out(),
                                          std::vector<Element>(elements(problem.out()))};
        OnednnConv::upload(zeros, has_residual ? &nothing : nullptr);
    }

    void upload(const HostTensor<Element>& input, const HostTensor<Element>* residual) override {
        if (input.values.size() != elements(problem_.in))
            throw std::invalid_argument("oneDNN: " + problem_.text() +
                                        ": the input has another size");
        if (residual_.has_value() != (residual != nullptr) ||
            (residual && residual->values.size() != elements(problem_.out())))
            throw std::invalid_argument("oneDNN: " + problem_.text() +
                                        ": the residual is not the one of the step");
        bring(input.values, nhwc(problem_.in), source_);
        if (residual) bring(residual->values, nhwc(problem_.out()), *residual_);
        restore_residual();
    }

    double run() override {
        const auto start = std::chrono::steady_clock::now();
        convolution_.execute(stream_, {{DNNL_ARG_SRC, source_},
                                       {DNNL_ARG_WEIGHTS, weights_},
                                       {DNNL_ARG_BIAS, bias_},
                                       {DNNL_ARG_DST, destination_}});
        stream_.wait();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }

    HostTensor<Element> output() override {
        restore_residual();
        run();
        HostTensor<Element> result{problem_.out(), std::vector<Element>(elements(problem_.out()))};
        memory host(nhwc(problem_.out()), engine_, result.values.data());
        reorder(destination_, host);
        return result;
    }

    std::string implementation() const override { return implementation_; }

private:
    static std::size_t elements(const TensorShape& shape) {
        return static_cast<std::size_t>(shape.elements());
    }
    static memory::desc nhwc(const TensorShape& shape) {
        return {dims(shape), activation_type<Element>, memory::format_tag::nhwc};
    }

    void reorder(memory& from, memory& to) {
        dnnl::reorder(from, to).execute(stream_, from, to);
        stream_.wait();
    }

    template <class Value>
    void bring(const std::vector<Value>& values, const memory::desc& layout, memory& to) {
        memory host(
            layout, engine_,
            const_cast<Value*>(values.data()));  // read only: the interface is not const-correct
        reorder(host, to);
    }

    void restore_residual() {
        if (residual_) reorder(*residual_, destination_);
    }

    ConvProblem problem_;
    dnnl::engine engine_;
    dnnl::stream stream_;
    std::string implementation_;
    dnnl::convolution_forward convolution_;
    memory source_, weights_, bias_, destination_;
    std::optional<memory> residual_;
};

// Best of a few runs; a slow implementation shows itself in one.
template <class Element>
double trial_seconds(PeerStep<Element>& step) {
    constexpr int most_runs = 5;
    constexpr double enough_seconds = 0.5;
    step.run();
    double best = step.run(), total = best;
    for (int i = 1; i < most_runs && total < enough_seconds; ++i) {
        const double seconds = step.run();
        best = std::min(best, seconds);
        total += seconds;
    }
    return best;
}

// Verification has a rule for Winograd's algorithm in floating point only, and oneDNN 2.6 cannot
// pack the integer weights of some.
template <class Element>
bool admitted(const dnnl::convolution_forward::primitive_desc& description) {
    return std::is_same_v<Element, float> ||
           std::string(description.impl_info_str()).find("wino") == std::string::npos;
}

std::vector<dnnl::algorithm> tried(PeerAlgorithms algorithms) {
    if (algorithms == PeerAlgorithms::direct) return {dnnl::algorithm::convolution_direct};
    return {dnnl::algorithm::convolution_direct, dnnl::algorithm::convolution_auto,
            dnnl::algorithm::convolution_winograd};
}

template <class Element>
PeerOffer<Element> fastest(const FusedStep& step, const StepConstants& constants,
                           PeerAlgorithms algorithms) {
    const auto* conv = std::get_if<Conv>(&step.operation);
    if (!conv)
        return {nullptr, fmt::format("oneDNN is compared on convolutions, not on {}",
                                     kind_name(step.operation))};
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    const Operands<Element> operands = operands_of<Element>(constants);
    const dnnl::primitive_attr attributes = attributes_of(step, constants, operands);
    PeerOffer<Element> best;
    double best_seconds = 0;
    for (const dnnl::algorithm algorithm : tried(algorithms)) {
        const auto description = describe<Element>(conv->problem, algorithm, attributes, engine);
        if (!description || !admitted<Element>(*description)) continue;
        if (best.step && best.step->implementation() == description->impl_info_str()) continue;
        auto candidate = std::make_unique<OnednnConv<Element>>(
            conv->problem, step.residual.has_value(), operands, *description, engine);
        const double seconds = trial_seconds<Element>(*candidate);
        if (best.step && seconds >= best_seconds) continue;
        best.step = std::move(candidate);
        best_seconds = seconds;
    }
    if (!best.step) best.refused = "oneDNN has no implementation of " + conv->problem.text();
    return best;
}

}  // namespace

template <class Element>
PeerOffer<Element> onednn_step(const FusedStep& step, const StepConstants& constants,
                               PeerAlgorithms algorithms) {
    try {
        return fastest<Element>(step, constants, algorithms);
    } catch (const dnnl::error& error) {
        throw std::runtime_error(
            fmt::format("oneDNN: {}: {}", kind_name(step.operation), error.what()));
    }
}

std::string onednn_version() {
    const dnnl::version_t& version = *dnnl::version();
    return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
}

}  // namespace slimbench

#else

#include <stdexcept>

namespace slimbench {

template <class Element>
PeerOffer<Element> onednn_step(const FusedStep&, const StepConstants&, PeerAlgorithms) {
    throw std::runtime_error(
        "this slimbench was built without oneDNN: install libdnnl-dev, then configure and build "
        "again");
}

std::string onednn_version() {
    return {};
}

}  // namespace slimbench

#endif

namespace slimbench {

template PeerOffer<float> onednn_step(const FusedStep&, const StepConstants&, PeerAlgorithms);
template PeerOffer<std::uint8_t> onednn_step(const FusedStep&, const StepConstants&,
                                             PeerAlgorithms);

}  // namespace slimbench
