// Device output against the reference, element by element.
#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>

#include <fmt/format.h>

#include "host/verify/coverage.h"
#include "host/verify/epilogue.h"
#include "host/verify/reference.h"
#include "host/verify/step_sums.h"
#include "host/verify/threads.h"

namespace slimbench {
namespace {

constexpr std::size_t pixels_per_chunk = 64;

// The element furthest off in units of its bound; of equals the first, whatever the order of
// threads.
struct Worst {
    double ratio = 0;
    std::size_t element = 0;
    double got = 0, expected = 0;

    void consider(const Worst& other) {
        if (other.ratio > ratio || (other.ratio == ratio && other.element < element)) *this = other;
    }
};

// Never infinite: records hold finite numbers only.
double error_ratio(double got, double expected, double bound) {
    const double error = std::fabs(got - expected);
    return std::isfinite(error) ? error / bound : std::numeric_limits<double>::max();
}

bool copies_elements(const FusedStep& step, const StepConstants& constants) {
    const auto* pool = std::get_if<Pool>(&step.operation);
    const bool largest = pool && pool->kind == Pool::Kind::max && !step.residual;
    const bool joined =
        std::holds_alternative<Concat>(step.operation) && constants.residual_scale == 1;
    return (largest || joined) &&
           std::ranges::all_of(constants.scale, [](float s) { return s == 1; }) &&
           std::ranges::all_of(constants.bias, [](float b) { return b == 0; });
}

// How far from the expected value an element may lie: FP32 by error analysis, INT8 by the rule's
// steps.
template <class Element>
class Tolerance {
public:
    Tolerance(const FusedStep& step, const StepConstants& constants, const CoverageRule& rule,
              std::int64_t products)
        : constants_(constants),
          steps_(rule.allowed_steps),
          storage_(rule.storage),
          rounding_(rule.rounding),
          bias_first_(rule.bias_first),
          accumulator_(rule.accumulator),
          half_run_(rule.half_run),
          factor_(rule.factor),
          products_(products),
          copies_(copies_elements(step, constants)) {}

    std::string rule() const {
        if constexpr (std::is_same_v<Element, std::uint8_t>)
            return steps_ == 0 ? "exact" : fmt::format("|e| <= {}", steps_);
        if (copies_) return "exact";
        const std::string sum =
            (half_run_ > 0
                 ? fmt::format(
                       "{0} sqrt({1}) min(1, 2 sqrt({1}/K)) eps(binary16) sum|x||w| |scale| + ",
                       rounding_, half_run_)
                 : fmt::format("{} sqrt(K) {} {} + ", rounding_,
                               accumulator_ == DataType::f16 ? "eps(binary16)" : "eps",
                               bias_first_ ? "(sum|x||w| |scale| + |bias| + |residual|)"
                                           : "sum|x||w| |scale|")) +
            (factor_ == DataType::tf32 ? "min(2, 16 / sqrt(K)) eps(tf32) sum|x||w| |scale| + "
                                       : "");
        return fmt::format("|e| <= {}half-ulps of the epilogue{}", products_ == 0 ? "" : sum,
                           storage_ == DataType::f16 ? " + half an ulp of binary16" : "");
    }

    double bound(const Summed<Element>& element, double expected, float magnitude) const {
        if constexpr (std::is_same_v<Element, std::uint8_t>)
            return steps_ + 0.5;
        else if (copies_)  // a quarter of the distance to the next float
            return traits(DataType::f32).epsilon / 2 * std::fabs(expected) +
                   std::numeric_limits<float>::denorm_min() / 2;
        else
            return error_bound(constants_, element,
                               {products_, magnitude, storage_, rounding_, bias_first_,
                                accumulator_, half_run_, factor_});
    }

private:
    const StepConstants& constants_;
    int steps_;
    DataType storage_;
    double rounding_;
    bool bias_first_;
    DataType accumulator_;
    int half_run_;
    DataType factor_;
    std::int64_t products_;
    bool copies_;
};

// A pixel that holds a value which is not finite, if there is one anywhere: added to whatever else
// is looked at.
template <class Element>
std::optional<std::int64_t> pixel_not_finite(const HostTensor<Element>& tensor) {
    if constexpr (std::is_same_v<Element, float>) {
        const auto found =
            std::ranges::find_if(tensor.values, [](float value) { return !std::isfinite(value); });
        if (found != tensor.values.end())
            return (found - tensor.values.begin()) / tensor.shape.channels;
    }
    return std::nullopt;
}

template <class Element>
std::vector<std::int64_t> pixels_to_check(const FusedStep& step, std::int64_t products,
                                          const HostTensor<Element>& output,
                                          const CoverageRule& rule) {
    const auto* conv = std::get_if<Conv>(&step.operation);
    const std::int64_t work =
        conv ? conv->problem.macs() : output.shape.elements() * std::max<std::int64_t>(1, products);
    std::vector<std::int64_t> pixels = choose_pixels(output.shape, work, rule);
    if (const auto pixel = pixel_not_finite(output)) {
        const auto place = std::ranges::lower_bound(pixels, *pixel);
        if (place == pixels.end() || *place != *pixel) pixels.insert(place, *pixel);
    }
    return pixels;
}

std::string describe(const Worst& worst, const TensorShape& shape) {
    const auto channels = static_cast<std::size_t>(shape.channels);
    const Pixel pixel = pixel_at(shape, static_cast<std::int64_t>(worst.element / channels));
    return fmt::format("n{} c{} y{} x{}: got {:.9g}, expected {:.9g}", pixel.n,
                       worst.element % channels, pixel.y, pixel.x, worst.got, worst.expected);
}

template <class Element>
struct Comparison {
    const StepConstants& constants;
    const StepSums& sums;
    const Tolerance<Element>& tolerance;
    const HostTensor<Element>* residual;
    const HostTensor<Element>& output;

    Worst worst_of(std::span<const std::int64_t> pixels) const {
        const auto channels = static_cast<std::size_t>(output.shape.channels);
        std::vector<double> sum(pixels.size() * channels);
        std::vector<float> magnitude(std::is_same_v<Element, float> ? sum.size() : 0);
        sums.at(pixels, sum, magnitude);
        Worst worst;
        for (std::size_t i = 0; i < sum.size(); ++i) {
            const OutputPlace place{static_cast<std::size_t>(pixels[i / channels]), i % channels,
                                    channels};
            const std::size_t at = place.pixel * channels + place.channel;
            const Summed<Element> element{sum[i], place.channel, residual_at(residual, place)};
            const double expected = finish(constants, element);
            const double got = output.values[at];
            const double bound =
                tolerance.bound(element, expected, magnitude.empty() ? 0 : magnitude[i]);
            worst.consider({error_ratio(got, expected, bound), at, got, expected});
        }
        return worst;
    }
};

}  // namespace

template <class Element>
Verdict verify_step(const FusedStep& step, const StepConstants& constants,
                    const HostTensor<Element>& input, const HostTensor<Element>* residual,
                    const HostTensor<Element>& output, const CoverageRule& rule, unsigned threads) {
    check_residual(step, output.shape, residual);
    if (output.values.size() != static_cast<std::size_t>(output.shape.elements()))
        throw std::invalid_argument(
            fmt::format("verification of a {}: the output holds {} elements instead of {}",
                        kind_name(step.operation), output.values.size(), output.shape.elements()));
    const auto sums = make_sums(step, constants, output.shape, input);
    const Tolerance<Element> tolerance(step, constants, rule, sums->products());
    const Comparison<Element> comparison{constants, *sums, tolerance, residual, output};
    const std::vector<std::int64_t> pixels = pixels_to_check(step, sums->products(), output, rule);
    Worst worst;
    std::mutex worst_mutex;
    share_chunks(pixels.size(), pixels_per_chunk, threads, [&](std::size_t begin, std::size_t end) {
        const Worst found = comparison.worst_of(std::span(pixels).subspan(begin, end - begin));
        const std::lock_guard lock(worst_mutex);
        worst.consider(found);
    });
    Verdict verdict;
    verdict.result = worst.ratio <= 1 ? Verdict::Result::correct : Verdict::Result::incorrect;
    verdict.checked = static_cast<std::int64_t>(pixels.size()) * output.shape.channels;
    verdict.elements = output.shape.elements();
    verdict.rule = tolerance.rule();
    verdict.worst = worst.ratio;
    if (worst.ratio > 0) verdict.worst_at = describe(worst, output.shape);
    return verdict;
}

template Verdict verify_step(const FusedStep&, const StepConstants&, const HostTensor<float>&,
                             const HostTensor<float>*, const HostTensor<float>&,
                             const CoverageRule&, unsigned);
template Verdict verify_step(const FusedStep&, const StepConstants&,
                             const HostTensor<std::uint8_t>&, const HostTensor<std::uint8_t>*,
                             const HostTensor<std::uint8_t>&, const CoverageRule&, unsigned);

}  // namespace slimbench
