#include "host/verify/step_sums.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "host/verify/conv_sums.h"
#include "host/verify/depthwise_sums.h"

namespace slimbench {

Pixel pixel_at(const TensorShape& shape, std::int64_t index) {
    return {index / (shape.height * shape.width), index / shape.width % shape.height,
            index % shape.width};
}

namespace {

template <class Element>
const Element* pixel_values(const HostTensor<Element>& tensor, const Pixel& pixel) {
    return &tensor.at(pixel.n, pixel.y, pixel.x, 0);
}

// Adding and affine: the sum is the input element. Concatenation: in the channels of the input; it
// is zero in those of the residual.
template <class Element>
class ElementSums : public StepSums {
public:
    ElementSums(const TensorShape& out, const HostTensor<Element>& input)
        : residual_channels_(out.channels - input.shape.channels), input_(input) {}

    void at(std::span<const std::int64_t> pixels, std::span<double> sums,
            std::span<float> magnitudes) const override {
        const std::int64_t channels = input_.shape.channels;
        double* to = sums.data();
        for (const std::int64_t pixel : pixels) {
            to = std::copy_n(input_.values.data() + pixel * channels, channels, to);
            to = std::fill_n(to, residual_channels_, 0.0);
        }
        std::fill(magnitudes.begin(), magnitudes.end(), 0.0f);
    }
    std::int64_t products() const override { return 0; }

private:
    std::int64_t residual_channels_;
    const HostTensor<Element>& input_;
};

// Largest element, padding ignored; or sum, padding counted as zeros (the epilogue's scale divides
// by the area).
template <class Element>
class PoolSums : public StepSums {
public:
    PoolSums(const Pool& pool, float input_pad, const TensorShape& out,
             const HostTensor<Element>& input)
        : pool_(pool), input_pad_(input_pad), out_(out), input_(input) {
        if (pool.kind != Pool::Kind::global_average) return;
        pool_.kernel = input.shape.size();
        pool_.pad = {};
    }

    void at(std::span<const std::int64_t> pixels, std::span<double> sums,
            std::span<float> magnitudes) const override {
        const auto channels = static_cast<std::size_t>(out_.channels);
        std::fill(magnitudes.begin(), magnitudes.end(), 0.0f);
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            const auto own = [&](auto all) {
                return all.empty() ? all : all.subspan(i * channels, channels);
            };
            reduce(pixel_at(out_, pixels[i]), own(sums), own(magnitudes));
        }
    }
    std::int64_t products() const override {
        return pool_.kind == Pool::Kind::max ? 0 : pool_.kernel.height * pool_.kernel.width;
    }

private:
    void reduce(const Pixel& out, std::span<double> sums, std::span<float> magnitudes) const {
        const bool maximum = pool_.kind == Pool::Kind::max;
        std::fill(sums.begin(), sums.end(), maximum ? -HUGE_VAL : 0.0);
        for (std::int64_t r = 0; r < pool_.kernel.height; ++r)
            for (std::int64_t s = 0; s < pool_.kernel.width; ++s) {
                const std::int64_t y = out.y * pool_.stride.height - pool_.pad.top + r;
                const std::int64_t x = out.x * pool_.stride.width - pool_.pad.left + s;
                const bool inside =
                    y >= 0 && y < input_.shape.height && x >= 0 && x < input_.shape.width;
                if (maximum && !inside) continue;
                const Element* from = inside ? pixel_values(input_, {out.n, y, x}) : nullptr;
                for (std::size_t c = 0; c < sums.size(); ++c) {
                    const double value = from ? from[c] : input_pad_;
                    sums[c] = maximum ? std::max(sums[c], value) : sums[c] + value;
                    if (!magnitudes.empty()) magnitudes[c] += static_cast<float>(std::fabs(value));
                }
            }
    }

    Pool pool_;
    float input_pad_;
    TensorShape out_;
    const HostTensor<Element>& input_;
};

// One step of interpolation: FP32 in double, INT8 in float with the rounding that docs/numerics.md
// lays down.
double accumulate(double weight, double value, double sum) {
    return weight * value + sum;
}
float accumulate(float weight, float value, float sum) {
    return std::fma(weight, value, sum);
}

template <class Element>
class ResizeSums : public StepSums {
public:
    ResizeSums(Resize::Filter filter, const TensorShape& out, const HostTensor<Element>& input)
        : rows_(resize_axis(filter, input.shape.height, out.height)),
          columns_(resize_axis(filter, input.shape.width, out.width)),
          out_(out),
          input_(input) {}

    void at(std::span<const std::int64_t> pixels, std::span<double> sums,
            std::span<float> magnitudes) const override {
        const auto channels = static_cast<std::size_t>(out_.channels);
        std::vector<Sum> column(channels), row(channels);
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            const Pixel out = pixel_at(out_, pixels[i]);
            interpolate(out, column, row);
            std::copy(column.begin(), column.end(),
                      sums.begin() + static_cast<std::ptrdiff_t>(i * channels));
            if (!magnitudes.empty())
                add_magnitudes(out, magnitudes.subspan(i * channels, channels));
        }
    }
    std::int64_t products() const override { return rows_.taps * columns_.taps; }

private:
    using Sum = std::conditional_t<std::is_same_v<Element, float>, double, float>;

    static float weight(const ResizeAxis& axis, std::int64_t out, int tap) {
        return axis.weight[static_cast<std::size_t>(out * axis.taps + tap)];
    }
    static std::int64_t source(const ResizeAxis& axis, std::int64_t out, int tap,
                               std::int64_t extent) {
        return std::clamp<std::int64_t>(axis.start[static_cast<std::size_t>(out)] + tap, 0,
                                        extent - 1);
    }
    const Element* values(const Pixel& out, int row_tap, int column_tap) const {
        return pixel_values(input_, {out.n, source(rows_, out.y, row_tap, input_.shape.height),
                                     source(columns_, out.x, column_tap, input_.shape.width)});
    }

    // Along each row first, then down the results.
    void interpolate(const Pixel& out, std::vector<Sum>& column, std::vector<Sum>& row) const {
        std::fill(column.begin(), column.end(), Sum{0});
        for (int v = 0; v < rows_.taps; ++v) {
            std::fill(row.begin(), row.end(), Sum{0});
            for (int h = 0; h < columns_.taps; ++h) {
                const Element* from = values(out, v, h);
                const Sum factor = weight(columns_, out.x, h);
                for (std::size_t c = 0; c < row.size(); ++c)
                    row[c] = accumulate(factor, static_cast<Sum>(from[c]), row[c]);
            }
            const Sum factor = weight(rows_, out.y, v);
            for (std::size_t c = 0; c < row.size(); ++c)
                column[c] = accumulate(factor, row[c], column[c]);
        }
    }

    void add_magnitudes(const Pixel& out, std::span<float> magnitudes) const {
        std::fill(magnitudes.begin(), magnitudes.end(), 0.0f);
        for (int v = 0; v < rows_.taps; ++v)
            for (int h = 0; h < columns_.taps; ++h) {
                const Element* from = values(out, v, h);
                const float factor =
                    std::fabs(weight(rows_, out.y, v) * weight(columns_, out.x, h));
                for (std::size_t c = 0; c < magnitudes.size(); ++c)
                    magnitudes[c] += factor * std::fabs(static_cast<float>(from[c]));
            }
    }

    ResizeAxis rows_, columns_;
    TensorShape out_;
    const HostTensor<Element>& input_;
};

std::string text(const TensorShape& s) {
    return fmt::format("{}x{}x{}x{}", s.batch, s.channels, s.height, s.width);
}

}  // namespace

template <class Element>
void check_residual(const FusedStep& step, const TensorShape& out,
                    const HostTensor<Element>* residual) {
    if (step.residual.has_value() != (residual != nullptr))
        throw std::invalid_argument(
            fmt::format("reference of a {}: the step {} a residual, the caller {} one",
                        kind_name(step.operation), step.residual ? "has" : "lacks",
                        residual ? "gave" : "gave no"));
    if (!residual) return;
    TensorShape expected = out;
    if (std::holds_alternative<Concat>(step.operation))
        expected.channels = std::min(out.channels - 1, residual->shape.channels);
    if (residual->shape != expected)
        throw std::invalid_argument(
            fmt::format("reference of a {}: a residual of {} does not fit an output of {}",
                        kind_name(step.operation), text(residual->shape), text(out)));
}

template <class Element>
std::unique_ptr<StepSums> make_sums(const FusedStep& step, const StepConstants& constants,
                                    const TensorShape& out, const HostTensor<Element>& input) {
    const auto expect = [&](bool fits) {
        if (!fits)
            throw std::invalid_argument(
                fmt::format("reference of a {}: an input of {} does not give an output of {}",
                            kind_name(step.operation), text(input.shape), text(out)));
    };
    const auto same_channels =
        out.channels == input.shape.channels && out.batch == input.shape.batch;
    if (const auto* conv = std::get_if<Conv>(&step.operation)) {
        expect(out == conv->problem.out());
        if (conv->problem.depthwise())
            return std::make_unique<DepthwiseSums<Element>>(conv->problem, constants, input);
        return std::make_unique<ConvSums<Element>>(conv->problem, constants, input);
    }
    if (std::holds_alternative<Concat>(step.operation)) {
        expect(out.pixels() == input.shape.pixels() && out.channels > input.shape.channels);
        return std::make_unique<ElementSums<Element>>(out, input);
    }
    expect(same_channels);
    if (const auto* pool = std::get_if<Pool>(&step.operation))
        return std::make_unique<PoolSums<Element>>(*pool, constants.input_pad, out, input);
    if (const auto* resize = std::get_if<Resize>(&step.operation))
        return std::make_unique<ResizeSums<Element>>(resize->filter, out, input);
    expect(out == input.shape);
    return std::make_unique<ElementSums<Element>>(out, input);
}

template void check_residual(const FusedStep&, const TensorShape&, const HostTensor<float>*);
template void check_residual(const FusedStep&, const TensorShape&, const HostTensor<std::uint8_t>*);
template std::unique_ptr<StepSums> make_sums(const FusedStep&, const StepConstants&,
                                             const TensorShape&, const HostTensor<float>&);
template std::unique_ptr<StepSums> make_sums(const FusedStep&, const StepConstants&,
                                             const TensorShape&, const HostTensor<std::uint8_t>&);

}  // namespace slimbench
