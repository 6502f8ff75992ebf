#include "host/run/coordinator.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "host/kernel/plan.h"
#include "host/run/device_worker.h"
#include "host/run/environment.h"
#include "host/run/roof.h"
#include "host/run/tuning_files.h"

namespace slimbench {

namespace {

using std::chrono::steady_clock;

constexpr int peer_blocks = 4;  // of samples of ours and the peers', alternated

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

void append(std::vector<double>& to, const std::vector<double>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

// Adds a later block of the same row.
void join(ResultRecord& record, const ResultRecord& block) {
    append(record.measurement->device, block.measurement->device);
    append(record.measurement->host, block.measurement->host);
    for (const std::string& flag : block.measurement->flags)
        if (std::ranges::find(record.measurement->flags, flag) == record.measurement->flags.end())
            record.measurement->flags.push_back(flag);
    if (record.status == Status::measured && block.status != Status::measured) {
        record.status = block.status;
        record.reason = block.reason;
    }
}

Protocol block_of(Protocol protocol) {
    protocol.min_time /= peer_blocks;
    protocol.min_samples = (protocol.min_samples + peer_blocks - 1) / peer_blocks;
    return protocol;
}

// A second worker: a library on the same steps.
struct Peer {
    std::string name;
    std::unique_ptr<WorkerLink> link;
    std::optional<ResultRecord> prepared;  // what it said to the workload
    std::optional<ResultRecord> row;       // the one in flight

    // One wrong layer does not speak against the others: their rows tell by themselves.
    bool measures() const {
        return prepared->status == Status::measured || prepared->status == Status::incorrect;
    }
};

class Run {
public:
    Run(const RunOptions& options, RunObserver& observer, const volatile bool& interrupted)
        : options_(options), observer_(observer), workers_({options.device}, interrupted) {
        for (const std::string& name : options.peers) peers_.push_back({name, nullptr, {}, {}});
    }

    void workload(const Workload& planned, const std::vector<Row>& rows);
    RunOutcome outcome;

private:
    void measure_rows(const Workload& workload, const std::vector<Row>& rows,
                      ChildProcess::Deadline deadline);
    void emit(ResultRecord record, const Workload& workload, const Row& row);
    ResultRecord loss(Status status, const std::string& reason, const Workload& workload) const;
    void alternate(const Workload& workload, const Row& row, ChildProcess::Deadline deadline);
    WorkerLink& device();
    void prepare_peers(const Workload& workload, ChildProcess::Deadline deadline);
    // A peer that dies costs its own rows of the workload; what it fails at is noted in `answer`.
    template <class Question>
    void ask(Peer& peer, std::optional<ResultRecord>& answer, const Workload& workload,
             Question question);
    std::optional<Peaks> ask_peaks(PeaksWanted wanted);
    bool on_our_device(const ResultRecord& record) const;
    PrepareRequest prepare_request(const Workload& workload);
    MeasureRequest request(const Row& row, const Protocol& protocol) const {
        return {row.identity.kind, row.step, row.identity.cache, protocol};
    }

    const RunOptions& options_;
    RunObserver& observer_;
    DeviceWorkers workers_;
    std::unique_ptr<WorkerLink> device_;
    std::vector<Peer> peers_;
    Roof roof_{[this](PeaksWanted wanted) { return ask_peaks(wanted); }};
    const Row* current_ =
        nullptr;  // the row in flight, for whom it may concern when the worker dies
};

WorkerLink& Run::device() {
    if (!device_) device_ = workers_.start();
    return *device_;
}

PrepareRequest Run::prepare_request(const Workload& workload) {
    PrepareRequest request = slimbench::prepare_request(workload, options_);
    if (options_.tuning)
        request.tuned = tuned_choices(*options_.tuning, traits_from(device().hello().at("device")),
                                      workload.precision);
    return request;
}

template <class Question>
void Run::ask(Peer& peer, std::optional<ResultRecord>& answer, const Workload& workload,
              Question question) {
    try {
        if (!peer.link) peer.link = workers_.start(peer.name);
        question(*peer.link);
    } catch (const ChildEnded& error) {
        peer.link.reset();
        peer.prepared = loss(Status::crashed, fmt::format("the worker {}", error.what()), workload);
    } catch (const WorkerFailed& error) {
        answer = loss(Status::failed, error.what(), workload);
    }
}

void Run::prepare_peers(const Workload& workload, ChildProcess::Deadline deadline) {
    for (Peer& peer : peers_) {
        if (peer.prepared) continue;
        ask(peer, peer.prepared, workload, [&](WorkerLink& worker) {
            peer.prepared = worker.prepare(
                prepare_request(workload), deadline,
                [&](const std::string& text) { observer_.phase(peer.name + ": " + text); });
        });
    }
}

// Without peaks rows have no roofline, and that is said; it does not cost them their speed.
std::optional<Peaks> Run::ask_peaks(PeaksWanted wanted) {
    const auto tell = [&](const std::string& why) {
        observer_.notice("no roofline: peaks: " + why);
        return std::nullopt;
    };
    bool told = false;
    const auto phase = [&](const std::string& text) {
        if (!std::exchange(told, true))
            observer_.notice(
                "measuring the device's peaks, a few seconds (--no-roofline leaves them out)");
        observer_.phase(text);
    };
    try {
        return device().peaks(wanted, steady_clock::now() + peaks_time_limit, phase);
    } catch (const WorkerFailed& error) {
        return tell(error.what());
    } catch (const ChildEnded& error) {
        device_.reset();
        return tell(fmt::format("the worker {}", error.what()));
    } catch (const WorkerTimedOut&) {
        device_.reset();
        return tell(fmt::format("no answer within {} s", peaks_time_limit.count()));
    }
}

// Peers that use the processor run on our device if that is what it is.
bool Run::on_our_device(const ResultRecord& record) const {
    if (!device_ || !record.device.is_object()) return false;
    const nlohmann::json& ours = device_->hello().at("device");
    const auto same = [&](const char* key) {
        return record.device.value(key, "") == ours.value(key, "");
    };
    return same("name") || (same("type") && ours["type"] == "cpu");
}

void Run::emit(ResultRecord record, const Workload& workload, const Row& row) {
    record.identity = row.identity;
    if (on_our_device(record)) roof_.hold(record);
    record.macs_unpruned = row.identity.kind == RowKind::forward ? workload.macs_unpruned : 0;
    record.repro = repro_command(workload, row, options_);
    record.suite = options_.suite;
    record.suite_hash = options_.suite_hash;
    record.protocol = to_json(workload.protocol);
    if (record.time.empty()) record.time = utc_now();
    switch (record.status) {
        case Status::measured:
            ++outcome.measured;
            break;
        case Status::incorrect:
            ++outcome.incorrect;
            break;
        case Status::failed:
        case Status::crashed:
        case Status::timed_out:
            ++outcome.lost;
            break;
        default:
            ++outcome.not_run;
    }
    observer_.record(record);
}

ResultRecord Run::loss(Status status, const std::string& reason, const Workload& workload) const {
    ResultRecord record;
    record.status = status;
    record.reason = reason;
    record.compute = compute_name(workload.precision);
    const Counts counts = count(workload.network);
    record.params = counts.params;
    record.macs = counts.macs;
    if (device_) {
        record.device = device_->hello().value("device", nlohmann::json());
        record.environment = device_->hello().value("environment", nlohmann::json());
        record.build = device_->hello().value("build", nlohmann::json());
    }
    return record;
}

void Run::alternate(const Workload& workload, const Row& row, ChildProcess::Deadline deadline) {
    const MeasureRequest asked = request(row, block_of(workload.protocol));
    const auto take = [&](std::optional<ResultRecord>& side, WorkerLink& worker) {
        if (side && !side->measurement) return;  // lost in an earlier block
        ResultRecord record = worker.measure(asked, deadline);
        if (!record.measurement) return side = std::move(record), void();
        side ? join(*side, record) : void(side = std::move(record));
    };
    prepare_peers(workload, deadline);
    std::optional<ResultRecord> ours;
    for (int block = 0; block < peer_blocks; ++block) {
        take(ours, device());
        for (Peer& peer : peers_)
            if (peer.measures())
                ask(peer, peer.row, workload, [&](WorkerLink& worker) { take(peer.row, worker); });
    }
    emit(std::move(*ours), workload, row);
    for (Peer& peer : peers_) {
        Row peer_row = row;
        peer_row.identity.implementation = peer.name;
        emit(peer.measures() ? *std::exchange(peer.row, {}) : *peer.prepared, workload, peer_row);
    }
}

void Run::measure_rows(const Workload& workload, const std::vector<Row>& rows,
                       ChildProcess::Deadline deadline) {
    current_ = &rows.front();
    if (options_.roofline) roof_.raise();
    const ResultRecord prepared =
        device().prepare(prepare_request(workload), deadline,
                         [&](const std::string& text) { observer_.phase(text); });
    // A workload that is not measured leaves one record, its first row's.
    if (prepared.status != Status::measured) return emit(prepared, workload, rows.front());
    for (const Row& row : rows) {
        current_ = &row;
        observer_.phase(row.identity.kind == RowKind::forward ? "measuring"
                                                              : "layer " + row.identity.layer);
        const bool compared =
            !options_.peers.empty() && row.convolution && row.identity.cache == CacheState::hot;
        if (compared)
            alternate(workload, row, deadline);
        else
            emit(device().measure(request(row, workload.protocol), deadline), workload, row);
    }
}

void Run::workload(const Workload& planned, const std::vector<Row>& rows) {
    const auto limit = std::chrono::duration_cast<steady_clock::duration>(
        std::chrono::duration<double>(planned.protocol.time_limit));
    for (Peer& peer : peers_) peer.prepared = peer.row = std::nullopt;
    const auto lose_workers = [&] {
        device_.reset();
        for (Peer& peer : peers_) peer.link.reset();
    };
    const auto lose = [&](Status status, const std::string& reason) {
        emit(loss(status, reason, planned), planned, *current_);
    };
    try {
        measure_rows(planned, rows, steady_clock::now() + limit);
    } catch (const ChildEnded& error) {
        lose(Status::crashed, fmt::format("the worker {}", error.what()));
        lose_workers();
    } catch (const WorkerTimedOut&) {
        lose(Status::timed_out,
             fmt::format("took longer than the limit of {:g} s", planned.protocol.time_limit));
        lose_workers();
    } catch (const WorkerFailed& error) {
        lose(Status::failed, error.what());
    }
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

bool is_settled(Status status) {
    return status != Status::crashed && status != Status::timed_out && status != Status::failed;
}

RunOutcome run_workloads(const std::vector<Workload>& workloads, const RunOptions& options,
                         const std::set<std::string>& done, RunObserver& observer,
                         const volatile bool& interrupted) {
    Run run(options, observer, interrupted);
    try {
        for (std::size_t i = 0; i < workloads.size() && !interrupted; ++i) {
            std::vector<Row> rows = rows_of(workloads[i], options);
            std::erase_if(rows, [&](const Row& row) { return done.contains(row.identity.id()); });
            if (rows.empty()) continue;
            observer.workload(i, workloads.size(), workloads[i].id());
            run.workload(workloads[i], rows);
        }
    } catch (const Interrupted&) {
    }
    run.outcome.interrupted = interrupted;
    return run.outcome;
}

nlohmann::json describe_device(const std::string& device_pattern) {
    const bool never = false;
    return DeviceWorkers({device_pattern}, never).start()->hello();
}

}  // namespace slimbench
