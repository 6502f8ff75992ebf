#include "host/run/rows.h"

#include <fmt/format.h>

#include "host/kernel/plan.h"

namespace slimbench {

namespace {

RowIdentity forward_identity(const Workload& workload) {
    RowIdentity identity;
    identity.network = workload.network_name;
    identity.pruning = workload.pruning.text();
    identity.precision = traits(workload.precision).name;
    identity.batch = workload.batch;
    identity.height = workload.size.height;
    identity.width = workload.size.width;
    identity.seed = workload.seed;
    return identity;
}

std::string option_if(bool given, const std::string& option) {
    return given ? " " + option : "";
}

}  // namespace

PrepareRequest prepare_request(const Workload& workload, const RunOptions& options) {
    return {forward_identity(workload),
            workload.network,
            workload.precision,
            workload.seed,
            options.tier,
            options.kernel,
            workload.protocol.time_limit,
            options.unproven};
}

std::vector<Row> rows_of(const Workload& workload, const RunOptions& options) {
    std::vector<Row> rows;
    const RowIdentity forward = forward_identity(workload);
    if (workload.rows.forward) rows.push_back({forward, 0, false, ""});
    const std::vector<FusedStep> steps = fuse(workload.network);
    for (std::size_t s : distinct_steps(workload.network, steps)) {
        const auto* conv = std::get_if<Conv>(&steps[s].operation);
        Row row{forward, s, conv != nullptr, conv ? conv->problem.text() : ""};
        row.identity.kind = RowKind::layer;
        row.identity.layer = workload.network.nodes[steps[s].nodes.front()].name;
        if (workload.rows.layers_hot || (!options.peers.empty() && row.convolution))
            rows.push_back(row);
        row.identity.cache = CacheState::cold;
        if (workload.rows.layers_cold) rows.push_back(row);
    }
    if (options.filter)
        std::erase_if(rows, [&](const Row& row) {
            return !std::regex_search(row.identity.id(), *options.filter);
        });
    return rows;
}

std::string repro_command(const Workload& workload, const Row& row, const RunOptions& options) {
    const RowIdentity& identity = row.identity;
    const bool peer = identity.implementation != "slimbench";
    const std::string common =
        option_if(!options.device.empty(), fmt::format("--device '{}'", options.device)) +
        (options.tier ? fmt::format(" --tier {}", name(*options.tier)) : "") +
        option_if(!options.kernel.empty(), "--kernel " + options.kernel) +
        option_if(options.unproven, "--unproven") + option_if(!options.tuning, "--no-tuning") +
        option_if(peer, "--peer " + identity.implementation) +
        option_if(workload.seed != 1, fmt::format("--seed {}", workload.seed)) +
        option_if(workload.protocol.min_time != Protocol{}.min_time,
                  fmt::format("--min-time {}", workload.protocol.min_time));
    const bool layer = identity.kind == RowKind::layer;
    const bool cold = identity.cache == CacheState::cold;
    if (identity.network == "layer")
        return fmt::format("slimbench layer '{}' --precision {}{}{}", row.problem,
                           identity.precision, option_if(cold, "--cold"), common);
    const std::string only = layer ? fmt::format(" {} --filter 'layer:{}/'",
                                                 cold ? "--cold" : "--layers", identity.layer)
                                   : "";
    const std::string network =
        option_if(workload.width != 1, fmt::format("--width {}", workload.width)) +
        (workload.classes ? fmt::format(" --classes {}", *workload.classes) : "");
    return fmt::format("slimbench run '{}' --precision {} --prune {} --batch {} --size {}x{}{}{}{}",
                       workload.network_source, identity.precision, workload.pruning.source,
                       identity.batch, identity.height, identity.width, network, only, common);
}

}  // namespace slimbench
