// Reads command lines of MIOpenDriver's convolutions; option names and defaults are those of its
// driver/conv_driver.hpp.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/problem/written_problem.h"

namespace slimbench {
namespace {

struct LineOption {
    char letter;
    std::string_view name;
    // Its value where a line does not give it; empty for what is about how the driver runs, or
    // about other problems, and is ignored.
    std::string_view otherwise = {};

    bool heeded() const { return !otherwise.empty(); }
};

constexpr auto line_options = std::to_array<LineOption>({
    {'n', "batchsize", "100"},
    {'c', "in_channels", "3"},
    {'H', "in_h", "32"},
    {'W', "in_w", "32"},
    {'k', "out_channels", "32"},
    {'y', "fil_h", "3"},
    {'x', "fil_w", "3"},
    {'p', "pad_h", "0"},
    {'q', "pad_w", "0"},
    {'u', "conv_stride_h", "1"},
    {'v', "conv_stride_w", "1"},
    {'l', "dilation_h", "1"},
    {'j', "dilation_w", "1"},
    {'g', "group_count", "1"},
    {'m', "mode", "conv"},
    {'z', "pad_mode", "default"},
    {'r', "pad_val", "0"},
    {'F', "forw", "0"},
    {'_', "spatial_dim", "2"},
    {'I', "in_layout"},
    {'O', "out_layout"},
    {'f', "fil_layout"},
    {'!', "in_d"},
    {'@', "fil_d"},
    {'#', "conv_stride_d"},
    {'$', "pad_d"},
    {'^', "dilation_d"},
    {'%', "trans_output_pad_d"},
    {'Y', "trans_output_pad_h"},
    {'X', "trans_output_pad_w"},
    {'i', "iter"},
    {'V', "verify"},
    {'C', "verification_cache"},
    {'t', "time"},
    {'w', "wall"},
    {'s', "search"},
    {'P', "printconv"},
    {'o', "dump_output"},
    {'d', "in_data"},
    {'e', "weights"},
    {'b', "bias"},
    {'a', "in_bias"},
    {'D', "dout_data"},
    {'Z', "tensor_vect"},
    {'L', "vector_length"},
    {'S', "solution"},
    {'~', "gpubuffer_check"},
    {'U', "in_cast_type"},
    {'T', "out_cast_type"},
    {'R', "wei_cast_type"},
});

struct DriverCommand {
    std::string_view name;
    Precision precision;
};
constexpr auto driver_commands = std::to_array<DriverCommand>(
    {{"conv", Precision::fp32}, {"convfp16", Precision::fp16}, {"convint8", Precision::int8}});

std::vector<std::string_view> words_of(std::string_view line) {
    constexpr std::string_view blank = " \t\r\n";
    std::vector<std::string_view> words;
    for (std::size_t at = line.find_first_not_of(blank); at != line.npos;
         at = line.find_first_not_of(blank, at)) {
        const std::size_t end = std::min(line.find_first_of(blank, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    // A log has the program, and what it was started with, before the command.
    const auto program = std::ranges::find_if(
        words, [](std::string_view word) { return word.ends_with("MIOpenDriver"); });
    if (program != words.end()) words.erase(words.begin(), program + 1);
    return words;
}

class LineReader {
public:
    explicit LineReader(std::string_view line) : line_(line) {
        const std::vector<std::string_view> words = words_of(line);
        read_command(words.empty() ? "" : words.front());
        for (std::size_t i = 1; i < words.size(); i += 2)
            read_option(words[i],
                        i + 1 < words.size() ? std::optional(words[i + 1]) : std::nullopt);
        check_kind();
    }

    WrittenProblem problem() const {
        ConvProblem problem{
            .in = {number("batchsize"), number("in_channels"), number("in_h"), number("in_w")},
            .filters = number("out_channels"),
            .kernel = {number("fil_h"), number("fil_w")},
            .stride = {number("conv_stride_h"), number("conv_stride_w")},
            .dilation = {number("dilation_h"), number("dilation_w")},
            .groups = std::max<std::int64_t>(1, number("group_count")),
        };
        if (problem.stride.height < 1 || problem.stride.width < 1)
            fail("conv_stride_h and conv_stride_w must be at least 1");
        const Size pad = padding(problem);
        problem.pad = {pad.height, pad.width, pad.height, pad.width};
        try {
            problem.check();
        } catch (const std::invalid_argument& error) {
            fail(error.what());
        }
        return {.problem = problem, .precision = precision_, .ignored = ignored_};
    }

private:
    [[noreturn]] void fail(std::string_view why) const {
        throw std::invalid_argument(fmt::format("MIOpenDriver line '{}': {}", line_, why));
    }

    void read_command(std::string_view word) {
        const auto found = std::ranges::find(driver_commands, word, &DriverCommand::name);
        if (found == driver_commands.end())
            fail(fmt::format("expected conv, convfp16 or convint8, found '{}'", word));
        precision_ = found->precision;
    }

    void read_option(std::string_view word, std::optional<std::string_view> value) {
        const auto found = std::ranges::find_if(line_options, [&](const LineOption& option) {
            return word.starts_with("--")
                       ? word.substr(2) == option.name
                       : word.size() == 2 && word[0] == '-' && word[1] == option.letter;
        });
        if (found == line_options.end())
            fail(fmt::format("no option '{}'; those of a shape are {}", word, shape_options()));
        if (!value) fail(fmt::format("expected a value after '{}'", word));
        values_[found->name] = *value;
        if (!found->heeded()) ignored_.push_back(fmt::format("{} {}", word, *value));
    }

    static std::string shape_options() {
        std::string text;
        for (const LineOption& option : line_options)
            if (option.heeded())
                text += fmt::format("{}-{}", text.empty() ? "" : " ", option.letter);
        return text;
    }

    std::string_view value(std::string_view name) const {
        const auto given = values_.find(name);
        if (given != values_.end()) return given->second;
        return std::ranges::find(line_options, name, &LineOption::name)->otherwise;
    }

    std::int64_t number(std::string_view name) const {
        const std::string_view text = value(name);
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size() || number < 0 ||
            number > 1'000'000'000)
            fail(fmt::format("{}: expected a number from 0 to 10^9, found '{}'", name, text));
        return number;
    }

    void check_kind() const {
        if (value("mode") != "conv")
            fail(fmt::format("mode '{}': expected conv, only convolutions are supported",
                             value("mode")));
        if (number("spatial_dim") != 2)
            fail(fmt::format("spatial_dim {}: expected 2, only images are supported",
                             number("spatial_dim")));
        constexpr std::int64_t all_directions = 0, forward = 1;
        const std::int64_t directions = number("forw");
        if (directions != all_directions && (directions & forward) == 0)
            fail(
                fmt::format("forw {}: expected 0 or an odd number, only forward passes are "
                            "supported",
                            directions));
        if (number("pad_val") != 0) fail("pad_val: expected 0, padding is always zeros");
    }

    Size padding(const ConvProblem& problem) const {
        const std::string_view mode = value("pad_mode");
        if (mode != "default" && mode != "same" && mode != "valid")
            fail(fmt::format("pad_mode '{}': expected default, same or valid", mode));
        const bool applies = problem.dilation == Size{1, 1} || problem.kernel == Size{1, 1};
        if (mode == "default" || !applies) return {number("pad_h"), number("pad_w")};
        if (mode == "valid") return {0, 0};
        const auto same = [](std::int64_t in, std::int64_t kernel, std::int64_t stride) {
            const std::int64_t tail = in % stride == 0 ? stride : in % stride;
            return std::max<std::int64_t>(0, kernel - tail) / 2;
        };
        return {same(problem.in.height, problem.kernel.height, problem.stride.height),
                same(problem.in.width, problem.kernel.width, problem.stride.width)};
    }

    std::string_view line_;
    std::map<std::string_view, std::string_view> values_;
    std::vector<std::string> ignored_;
    Precision precision_ = Precision::fp32;
};

}  // namespace

bool is_miopen_line(std::string_view text) {
    // No key of benchdnn's begins like this.
    const std::vector<std::string_view> words = words_of(text);
    return text.find("MIOpenDriver") != text.npos ||
           (!words.empty() && words.front().starts_with("conv"));
}

WrittenProblem parse_miopen_line(std::string_view line) {
    return LineReader(line).problem();
}

WrittenProblem parse_written_problem(std::string_view text) {
    return is_miopen_line(text) ? parse_miopen_line(text) : parse_benchdnn_text(text);
}

}  // namespace slimbench
