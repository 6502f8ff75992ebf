#include "reports/layer_rows.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "host/problem/conv_problem.h"
#include "host/record/record_fields.h"
#include "reports/format.h"

namespace slimbench {
namespace {

bool same_point(const RowIdentity& a, const RowIdentity& b) {
    return a.network == b.network && a.pruning == b.pruning && a.precision == b.precision &&
           a.batch == b.batch && a.height == b.height && a.width == b.width && a.seed == b.seed;
}

bool same_work(const StepRecord& a, const StepRecord& b) {
    return a.kind == b.kind && a.problem == b.problem && a.variant == b.variant &&
           a.layers.size() == b.layers.size();
}

std::string extent(const Size& size) {
    return size.height == size.width ? fmt::format("{}", size.height)
                                     : fmt::format("{}x{}", size.height, size.width);
}

}  // namespace

const ResultRecord* find_isolated(const Records& records, const ResultRecord& forward,
                                  const StepRecord& step, CacheState cache) {
    const ResultRecord* alike = nullptr;
    for (const ResultRecord& row : records) {
        const RowIdentity& identity = row.identity;
        if (identity.kind != RowKind::layer || identity.cache != cache || !is_ours(row) ||
            row.steps.empty() || !same_point(identity, forward.identity))
            continue;
        if (row.steps.front().layers == step.layers) return &row;
        if (!alike && same_work(row.steps.front(), step)) alike = &row;
    }
    return alike;
}

const ResultRecord* find_ours(const Records& records, const ResultRecord& peer) {
    const auto found = std::find_if(records.begin(), records.end(), [&](const ResultRecord& row) {
        return row.identity.kind == RowKind::layer && is_ours(row) &&
               row.identity.layer == peer.identity.layer &&
               row.identity.cache == peer.identity.cache && same_point(row.identity, peer.identity);
    });
    return found == records.end() ? nullptr : &*found;
}

// Device events if both have them, else the host's wall time.
std::optional<PeerTimes> peer_times(const ResultRecord& ours, const ResultRecord& theirs) {
    if (!published_samples(ours) || !published_samples(theirs)) return std::nullopt;
    const bool events = !ours.measurement->device.empty() && !theirs.measurement->device.empty();
    const auto seconds = [&](const ResultRecord& row) {
        return median_within(row, events ? row.measurement->device : row.measurement->host);
    };
    const std::optional<double> our_seconds = seconds(ours), their_seconds = seconds(theirs);
    if (!our_seconds || !their_seconds || *our_seconds <= 0) return std::nullopt;
    return PeerTimes{*our_seconds, *their_seconds};
}

std::optional<double> fraction_of_roof(const StepRecord& step,
                                       const std::optional<double>& seconds) {
    return step.roofline ? ratio_of(step.roofline->bound, seconds) : std::nullopt;
}

std::string limit_title(const StepRecord& step) {
    return step.roofline ? std::string(enum_name(step.roofline->limit)) : "";
}

std::string layer_title(const StepRecord& step) {
    if (step.layers.empty()) return step.kind;
    return step.layers.size() == 1
               ? step.layers.front()
               : fmt::format("{} +{}", step.layers.front(), step.layers.size() - 1);
}

std::string layer_title(const ResultRecord& row) {
    return row.steps.empty() || row.steps.front().layers.empty() ? row.identity.layer
                                                                 : layer_title(row.steps.front());
}

std::string place_title(const StepRecord& step) {
    return step.level ? fmt::format("{}, level {}", step.block, *step.level) : step.block;
}

std::string problem_title(const std::string& problem) {
    const std::size_t end = std::min(problem.find(' '), problem.size());
    ConvProblem conv;
    try {
        conv = parse_conv_problem(problem.substr(0, end));
    } catch (const std::invalid_argument&) {
        return problem;
    }
    std::string text = fmt::format("{} -> {}, {}x{}", conv.in.channels, conv.filters,
                                   conv.kernel.height, conv.kernel.width);
    if (!(conv.stride == Size{1, 1})) text += " s" + extent(conv.stride);
    if (!(conv.dilation == Size{1, 1})) text += " d" + extent(conv.dilation);
    if (conv.groups > 1) text += conv.depthwise() ? " depthwise" : fmt::format(" g{}", conv.groups);
    return text + fmt::format(", {}x{}{}", conv.in.height, conv.in.width, problem.substr(end));
}

}  // namespace slimbench
