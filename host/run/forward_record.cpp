#include "host/run/forward_record.h"

#include <algorithm>

namespace slimbench {

namespace {

struct Group {
    std::optional<int> level;
    std::string block;
    std::vector<std::size_t> steps;  // ascending
};

const Node& primary(const Plan& plan, std::size_t step, const Network& network) {
    return network.nodes[plan.steps[step].step.nodes.front()];
}

bool in_encoder(const std::string& block) {
    return block == "stem" || block == "skips" || block.starts_with("block");
}

void put(std::vector<Group>& groups, std::optional<int> level, const std::string& block,
         std::size_t step) {
    const auto same = [&](const Group& group) {
        return group.level == level && group.block == block;
    };
    auto found = std::ranges::find_if(groups, same);
    if (found == groups.end()) found = groups.insert(groups.end(), {level, block, {}});
    found->steps.push_back(step);
}

std::vector<Group> groups_of(const Plan& plan, const Network& network) {
    std::vector<Group> groups;
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
        const Node& node = primary(plan, s, network);
        put(groups, node.level, node.block, s);
        if (!node.level || !in_encoder(node.block)) continue;
        put(groups, node.level, "forward", s);
        if (node.block != "skips") put(groups, node.level, "backbone", s);
    }
    return groups;
}

double span_seconds(const Group& group, const std::vector<LaunchTime>& launches) {
    double total = 0;
    for (std::size_t first = 0; first < group.steps.size();) {
        std::size_t last = first;
        while (last + 1 < group.steps.size() && group.steps[last + 1] == group.steps[last] + 1)
            ++last;
        total +=
            1e-9 * static_cast<double>(static_cast<std::int64_t>(
                       launches[group.steps[last]].end_ns - launches[group.steps[first]].start_ns));
        first = last + 1;
    }
    return total;
}

}  // namespace

void set_traffic(StepRecord& record, const Traffic& traffic) {
    record.bytes = traffic.total();
    record.written_bytes = traffic.written;
    record.weight_bytes = traffic.weights;
}

StepRecord describe_step(const PlannedStep& planned, const Network& network) {
    const Node& node = network.nodes[planned.step.nodes.front()];
    StepRecord record;
    for (std::size_t covered : planned.step.nodes)
        record.layers.push_back(network.nodes[covered].name);
    record.block = node.block;
    record.level = node.level;
    record.kind = kind_name(planned.step.operation);
    record.problem = planned.text;
    record.variant = planned.choice.variant->name;
    record.chosen = name(planned.choice.chosen_by);
    record.macs = planned.macs;
    record.executed_macs = planned.executed_macs;
    set_traffic(record, planned.traffic);
    return record;
}

Verdict combine(const std::vector<Verdict>& verdicts) {
    Verdict all;
    all.result = Verdict::Result::correct;
    all.cached = !verdicts.empty();
    for (const Verdict& verdict : verdicts) {
        all.checked += verdict.checked;
        all.elements += verdict.elements;
        all.cached = all.cached && verdict.cached;
        const bool worse =
            verdict.result != Verdict::Result::correct && all.result == Verdict::Result::correct;
        if (worse) all.result = verdict.result;
        if (worse || (verdict.result == all.result && verdict.worst >= all.worst)) {
            all.worst = verdict.worst;
            all.worst_at = verdict.worst_at;
            all.rule = verdict.rule;
        }
    }
    return all;
}

void add_chain_times(ResultRecord& record, const Network& network, const Plan& plan,
                     const std::vector<ChainTimes>& runs) {
    for (const ChainTimes& run : runs)
        for (std::size_t s = 0; s < record.steps.size(); ++s)
            record.steps[s].samples.push_back(
                1e-9 * static_cast<double>(static_cast<std::int64_t>(run.launches[s].end_ns -
                                                                     run.launches[s].start_ns)));
    for (const Group& group : groups_of(plan, network)) {
        SpanRecord span{group.level, group.block, 0, {}};
        for (std::size_t step : group.steps) span.macs += plan.steps[step].macs;
        for (const ChainTimes& run : runs)
            span.samples.push_back(span_seconds(group, run.launches));
        record.spans.push_back(std::move(span));
    }
}

}  // namespace slimbench
