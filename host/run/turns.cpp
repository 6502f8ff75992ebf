#include "host/run/turns.h"

#include <algorithm>
#include <tuple>

#include "host/kernel/plan.h"
#include "host/record/statistics.h"
#include "host/run/memory_fit.h"
#include "host/run/peer_names.h"

namespace slimbench {

namespace {

constexpr double later_warm_up = 0.1;               // of the first block's
constexpr std::uint64_t process_bytes = 256 << 20;  // a driver with its compiler
constexpr std::uint64_t context_bytes = 512 << 20;  // what a GPU's driver takes for a process

bool compared(const Candidate& one, const Candidate& other) {
    const auto what = [](const Workload& workload) {
        return std::tie(workload.network_name, workload.network_source, workload.batch,
                        workload.size.height, workload.size.width, workload.width);
    };
    return what(*one.workload) == what(*other.workload) &&
           std::ranges::any_of(one.rows, [&](const Row& row) {
               return std::ranges::any_of(other.rows, [&](const Row& their) {
                   return same_row(row.identity, their.identity);
               });
           });
}

void append(std::vector<double>& to, const std::vector<double>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

void add(std::optional<double>& to, const std::optional<double>& more) {
    if (more) to = to.value_or(0) + *more;
}

void set_flag(std::vector<std::string>& flags, std::string_view flag, bool set) {
    std::erase(flags, flag);
    if (set) flags.emplace_back(flag);
}

}  // namespace

Room room_needed(const Workload& workload, const DeviceTraits& device, const RunOptions& options) {
    const Plan plan = plan_network(workload.network, fuse(workload.network), workload.precision,
                                   device, {options.tier, options.kernel, "", options.unproven});
    const auto refused = [](const PlannedStep& planned) { return !planned.choice.variant; };
    if (std::ranges::any_of(plan.steps, refused)) return {};
    const MemoryEstimate each = estimate_memory(plan, workload.network);
    // oneDNN holds a layer at a time, CLBlast a chain as ours.
    const std::uint64_t peers = options.peers.size();
    const std::uint64_t chains = 1 + std::ranges::count(options.peers, clblast);
    const std::uint64_t host = (1 + peers) * (each.host - each.verification + process_bytes);
    if (device.cpu()) return {0, host + chains * each.device, each.verification};
    return {chains * (each.device + context_bytes), host, each.verification};
}

Room room_for_turns(const DeviceTraits& device, std::uint64_t host_memory) {
    return {device.global_memory / 2, host_memory / 2, 0};
}

std::size_t turn_size(std::span<const Candidate> waiting, const Room& room) {
    Room taken;
    std::size_t size = 0;
    for (const Candidate& next : waiting.first(std::min(waiting.size(), most_in_turn))) {
        taken.device += next.need.device;
        taken.host += next.need.host;
        taken.passing = std::max(taken.passing, next.need.passing);
        const bool fits =
            taken.device <= room.device && taken.host + 2 * taken.passing <= room.host;
        if (size > 0 && !(fits && compared(next, waiting.front()))) break;
        ++size;
    }
    return size;
}

bool same_row(const RowIdentity& one, const RowIdentity& other) {
    return std::tie(one.kind, one.layer, one.cache) ==
           std::tie(other.kind, other.layer, other.cache);
}

int blocks_of(const Protocol& protocol) {
    return std::clamp(protocol.min_samples, 1, most_blocks);
}

Protocol block_of(const Protocol& protocol, int block) {
    const int blocks = blocks_of(protocol);
    // The first blocks have what does not divide.
    const auto share = [&](int whole) { return (whole + blocks - 1 - block) / blocks; };
    Protocol one = protocol;
    one.min_time /= blocks;
    one.min_samples = share(protocol.min_samples);
    one.max_samples = share(protocol.max_samples);
    if (block > 0) one.warm_up *= later_warm_up;
    return one;
}

void join(ResultRecord& record, const ResultRecord& block) {
    Measurement& measured = *record.measurement;
    const Measurement& more = *block.measurement;
    append(measured.device, more.device);
    append(measured.host, more.host);
    add(measured.warmup, more.warmup);
    add(measured.sampling, more.sampling);
    add(measured.others, more.others);
    measured.spinning_waits |= more.spinning_waits;
    ++measured.blocks;
    for (const std::string& flag : more.flags)
        if (std::ranges::find(measured.flags, flag) == measured.flags.end())
            measured.flags.push_back(flag);
    // What a block is too short to tell.
    set_flag(measured.flags, trend_flag, drifts(measured.device));
    set_flag(measured.flags, busy_flag, was_busy(measured));
    for (std::size_t s = 0; s < record.steps.size(); ++s)
        append(record.steps[s].samples, block.steps.at(s).samples);
    for (std::size_t s = 0; s < record.spans.size(); ++s)
        append(record.spans[s].samples, block.spans.at(s).samples);
    append(record.upload, block.upload);
    append(record.download, block.download);
    if (block.environment.contains("gpu")) record.environment["gpu"] = block.environment["gpu"];
    if (record.status == Status::measured && block.status != Status::measured) {
        record.status = block.status;
        record.reason = block.reason;
        record.verdict = block.verdict;
    }
}

}  // namespace slimbench
