#include "host/kernel/probe_task.h"

#include <array>
#include <bit>
#include <cstring>

#include "host/kernel/probe.h"
#include "host/problem/half.h"

namespace slimbench {
namespace {

// Floats count in ones up to here without rounding.
constexpr std::uint32_t exact_sums = 1u << 24;
constexpr std::uint32_t any_passes = 1u << 30;  // integers wrap, and so does what is expected

// Contents of memory that is read or copied: a period that no vector is longer than.
constexpr std::size_t period = 16;
constexpr std::array<std::uint32_t, period> pattern{3,  141, 59, 26, 53, 58, 97,  93,
                                                    23, 84,  62, 64, 33, 83, 279, 50};

template <class T>
void append(std::vector<std::byte>& bytes, T value) {
    const auto raw = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
}

template <class T>
std::vector<std::byte> bytes_of(const T& values) {
    std::vector<std::byte> bytes;
    for (const auto value : values) append(bytes, value);
    return bytes;
}

std::size_t sums(const Probe& probe) {
    return static_cast<std::size_t>(probe.tile.pixels) *
           static_cast<std::size_t>(probe.tile.vectors);
}

std::size_t lanes(const Probe& probe) {
    return static_cast<std::size_t>(probe.tile.lanes);
}

// Mixes an index so that neighbours differ and no row of operands equals another.
std::uint32_t scattered(std::size_t index) {
    const auto mixed = static_cast<std::uint32_t>(index + 1) * 0x9E3779B1u;
    return mixed ^ (mixed >> 15);
}

// One item's sums over its steps: [pixel][vector][lane], the same for every item.
struct Operands {
    std::function<int(std::size_t step, std::size_t pixel, std::size_t product)> activation;
    std::function<int(std::size_t step, std::size_t column, std::size_t product)> weight;
    std::function<std::uint32_t(int, int)> product;
};

std::vector<std::uint32_t> sums_of_pass(const Probe& probe, std::uint32_t length,
                                        std::size_t products, const Operands& operands) {
    const auto pixels = static_cast<std::size_t>(probe.tile.pixels);
    const std::size_t columns = static_cast<std::size_t>(probe.tile.vectors) * lanes(probe);
    std::vector<std::uint32_t> result(pixels * columns, 0);
    for (std::size_t step = 0; step < length; ++step)
        for (std::size_t p = 0; p < pixels; ++p)
            for (std::size_t c = 0; c < columns; ++c)
                for (std::size_t k = 0; k < products; ++k)
                    result[p * columns + c] += operands.product(operands.activation(step, p, k),
                                                                operands.weight(step, c, k));
    return result;
}

ProbeTask with_sums(const Probe& probe, const ProbeLaunch& launch) {
    ProbeTask task;
    task.output_words = launch.items() * sums(probe) * lanes(probe);
    task.most_passes = any_passes;
    return task;
}

void fill_whole(ProbeTask& task) {
    task.input_bytes = task.input.size();
    task.weight_bytes = task.weights.size();
}

// Words that one item has in each pass.
std::size_t words_of_item(const Probe& probe, const ProbeLaunch& launch) {
    return launch.length * lanes(probe);
}

}  // namespace

ProbeTask fma_task(const Probe& probe, const ProbeLaunch& launch) {
    ProbeTask task = with_sums(probe, launch);
    const bool half = probe.element == DataType::f16;
    const std::size_t factors =
        half ? lanes(probe) * static_cast<std::size_t>(probe.tile.vectors) : lanes(probe);
    for (std::size_t lane = 0; lane < factors; ++lane) {
        const float weight = lane % 2 == 0 ? 0.5f : -0.5f;
        if (half) {
            append(task.input, Half(2.0f).bits());
            append(task.weights, Half(weight).bits());
        } else {
            append(task.input, 2.0f);
            append(task.weights, weight);
        }
    }
    fill_whole(task);
    const auto products = static_cast<std::uint32_t>(probe.channel_group);
    task.work_per_pass = static_cast<double>(task.output_words) * products;
    task.most_passes = exact_sums / products - 64;  // sums start at their index
    task.expected = [=, count = sums(probe), lanes = lanes(probe)](std::size_t word,
                                                                   std::uint32_t passes) {
        const float start = static_cast<float>(word / lanes % count);
        const float step = word % lanes % 2 == 0 ? 1 : -1;
        return std::bit_cast<std::uint32_t>(start + step * static_cast<float>(passes * products));
    };
    return task;
}

ProbeTask dot_task(const Probe& probe, const ProbeLaunch& launch) {
    const auto pixels = static_cast<std::size_t>(probe.tile.pixels);
    const std::size_t columns = static_cast<std::size_t>(probe.tile.vectors) * lanes(probe);
    const auto group = static_cast<std::size_t>(probe.channel_group);
    const bool nibbles = probe.quantity == Quantity::int4, half = probe.element == DataType::f16;
    const std::size_t groups = nibbles ? 2 : 1;
    constexpr std::size_t innermost = 4;  // of a column's weights stand side by side

    // Product k of a step stands in group k / `group`. Halves stay small: their sums must be exact.
    Operands operands;
    operands.activation = [=](std::size_t step, std::size_t p, std::size_t k) {
        const std::uint32_t value =
            scattered(((step * groups + k / group) * pixels + p) * group + k % group);
        return static_cast<int>(half ? value % 2 : value % 256);
    };
    operands.weight = [=](std::size_t step, std::size_t column, std::size_t k) {
        const std::uint32_t value = scattered((step * groups * columns + column) * 8 + k);
        return half      ? static_cast<int>(value % 3) - 1
               : nibbles ? static_cast<int>(value % 16)
                         : static_cast<int>(value % 255) - 127;
    };
    operands.product = [](int a, int b) { return static_cast<std::uint32_t>(a * b); };

    ProbeTask task = with_sums(probe, launch);
    const auto add = [&](std::vector<std::byte>& bytes, int value) {
        half ? append(bytes, Half(static_cast<float>(value)).bits())
             : append(bytes, static_cast<std::uint8_t>(value));
    };
    for (std::size_t step = 0; step < launch.length; ++step) {
        for (std::size_t g = 0; g < groups; ++g)
            for (std::size_t p = 0; p < pixels; ++p)
                for (std::size_t k = 0; k < group; ++k)
                    add(task.input, operands.activation(step, p, g * group + k));
        for (std::size_t first = 0; first < group; first += innermost)
            for (std::size_t c = 0; c < columns; ++c)
                for (std::size_t k = first; k < std::min(first + innermost, group); ++k)
                    add(task.weights, operands.weight(step, c, k) +
                                          (nibbles ? 16 * operands.weight(step, c, group + k) : 0));
    }
    fill_whole(task);
    task.work_per_pass = static_cast<double>(task.output_words * launch.length * groups * group);
    if (half) task.most_passes = exact_sums / launch.length;
    task.expected = [half, pass = sums_of_pass(probe, launch.length, groups * group, operands)](
                        std::size_t word, std::uint32_t passes) {
        const std::uint32_t sum = pass[word % pass.size()];
        if (!half) return sum * passes;
        return std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(sum)) *
                                            static_cast<float>(passes));
    };
    return task;
}

// A warp's fragments of 16 x 8 sums, four to an item (kernels/cl/mma.clh).
ProbeTask mma_task(const Probe& probe, const ProbeLaunch& launch) {
    constexpr std::size_t warp = 32, items_of_row = 4, sums_of_item = 4, bytes_of_product = 32;
    constexpr std::size_t numbers = warp / items_of_row;
    constexpr std::uint32_t largest_product = 3 * 2;
    const bool half = probe.element == DataType::f16;
    const auto depth = static_cast<std::uint32_t>(bytes_of_product / (half ? 2 : 1));
    const auto window = [](std::size_t row) { return static_cast<int>(row % 3 + 1); };
    const auto filter = [](std::size_t column) { return static_cast<int>(column % 2 + 1); };

    ProbeTask task;
    task.output_words = launch.items() * sums(probe) * sums_of_item;
    task.most_passes = half ? exact_sums / (depth * largest_product) : any_passes;
    const auto add_word = [&](std::vector<std::byte>& bytes, int value) {
        for (std::size_t byte = 0; byte < sizeof(std::uint32_t); byte += half ? 2 : 1)
            half ? append(bytes, Half(static_cast<float>(value)).bits())
                 : append(bytes, static_cast<std::uint8_t>(value));
    };
    for (std::size_t number = 0; number < numbers; ++number) {
        add_word(task.input, window(number));
        add_word(task.weights, filter(number));
    }
    fill_whole(task);
    task.work_per_pass = static_cast<double>(task.output_words) * depth;
    task.expected = [=, of_item = sums(probe) * sums_of_item](std::size_t word,
                                                              std::uint32_t passes) {
        const std::size_t lane = word / of_item % warp, index = word % sums_of_item;
        const std::size_t column = lane % items_of_row * 2 + index % 2;
        const std::uint32_t sum =
            passes * depth *
            static_cast<std::uint32_t>(window(lane / items_of_row) * filter(column));
        return half ? std::bit_cast<std::uint32_t>(static_cast<float>(sum)) : sum;
    };
    return task;
}

ProbeTask bits_task(const Probe& probe, const ProbeLaunch& launch) {
    const auto pixels = static_cast<std::size_t>(probe.tile.pixels);
    const std::size_t columns = static_cast<std::size_t>(probe.tile.vectors) * lanes(probe);
    Operands operands;
    operands.activation = [=](std::size_t step, std::size_t p, std::size_t) {
        return static_cast<int>(scattered(step * pixels + p));
    };
    operands.weight = [=](std::size_t step, std::size_t column, std::size_t) {
        return static_cast<int>(~scattered(step * columns + column));
    };
    operands.product = [](int a, int b) {
        return static_cast<std::uint32_t>(std::popcount(static_cast<std::uint32_t>(a ^ b)));
    };
    ProbeTask task = with_sums(probe, launch);
    for (std::size_t step = 0; step < launch.length; ++step) {
        for (std::size_t p = 0; p < pixels; ++p)
            append(task.input, operands.activation(step, p, 0));
        for (std::size_t c = 0; c < columns; ++c) append(task.weights, operands.weight(step, c, 0));
    }
    fill_whole(task);
    task.work_per_pass = static_cast<double>(task.output_words * launch.length * 32);
    task.expected = [pass = sums_of_pass(probe, launch.length, 1, operands)](std::size_t word,
                                                                             std::uint32_t passes) {
        return pass[word % pass.size()] * passes;
    };
    return task;
}

ProbeTask read_task(const Probe& probe, const ProbeLaunch& launch) {
    ProbeTask task = with_sums(probe, launch);
    const std::size_t words = launch.items() * words_of_item(probe, launch);
    task.input = bytes_of(pattern);
    task.input_bytes = words * sizeof(std::uint32_t);
    task.work_per_pass = static_cast<double>(task.input_bytes);
    task.expected = [lanes = lanes(probe), count = sums(probe), launch](std::size_t word,
                                                                        std::uint32_t passes) {
        const std::size_t item = word / lanes / count, first = word / lanes % count;
        const std::size_t step = launch.group_size * lanes;
        const std::size_t begin = item / launch.group_size * launch.length * step +
                                  item % launch.group_size * lanes + word % lanes;
        // Every `count`-th vector from the first on: what they read repeats after a period.
        const std::size_t vectors = launch.length / count;
        std::uint32_t sum = 0;
        for (std::size_t m = 0; m < std::min(period, vectors); ++m) {
            const auto times = static_cast<std::uint32_t>((vectors - m + period - 1) / period);
            sum += times * pattern[(begin + (first + m * count) * step) % period];
        }
        return sum * passes;
    };
    return task;
}

ProbeTask copy_task(const Probe& probe, const ProbeLaunch& launch) {
    ProbeTask task;
    task.output_words = launch.items() * words_of_item(probe, launch);
    task.most_passes = any_passes;
    task.input = bytes_of(pattern);
    task.input_bytes = task.output_words * sizeof(std::uint32_t);
    task.work_per_pass = 2 * static_cast<double>(task.input_bytes);
    task.expected = [](std::size_t word, std::uint32_t passes) {
        return pattern[word % period] + passes - 1;
    };
    return task;
}

ProbeTask launch_task(const Probe&, const ProbeLaunch& launch) {
    ProbeTask task;
    task.output_words = launch.items();
    task.most_passes = any_passes;
    task.expected = [](std::size_t, std::uint32_t passes) { return passes; };
    return task;
}

}  // namespace slimbench
