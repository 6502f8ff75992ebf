#include "host/run/tuner.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "host/cl/program.h"
#include "host/kernel/plan.h"
#include "host/record/statistics.h"
#include "host/run/device_worker.h"
#include "host/run/environment.h"
#include "host/run/rows.h"
#include "host/run/tuning_files.h"

namespace slimbench {

namespace {

using std::chrono::steady_clock;

constexpr int blocks = 3;              // of samples of each side, alternated
constexpr double longest_block = 0.5;  // seconds; more tells nothing new

// The workload cannot be tuned any further.
class TuningLost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What is tried would take too long or too much memory.
class NotWorthIt : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Failure {
    std::string reason;
    bool lost = true;  // else it was not even started
};

// Samples of every step of a chain, and of the whole.
struct ChainSamples {
    std::vector<std::vector<double>> steps;
    std::vector<double> forward;

    void add(const ResultRecord& record) {
        steps.resize(record.steps.size());
        for (std::size_t s = 0; s < steps.size(); ++s)
            steps[s].insert(steps[s].end(), record.steps[s].samples.begin(),
                            record.steps[s].samples.end());
        const std::vector<double>& device = record.measurement->device;
        forward.insert(forward.end(), device.begin(), device.end());
    }
};

struct Compared {
    ChainSamples usual, tried;
};

// Tuning of one workload.
class Tuning {
public:
    Tuning(const Workload& workload, double budget, DeviceWorkers& workers, TuningTable& table,
           TuneObserver& observer, TuneOutcome& outcome)
        : workload_(workload),
          budget_(budget),
          workers_(workers),
          table_(table),
          observer_(observer),
          outcome_(outcome) {}

    void run();

private:
    std::vector<TunedChoices> rounds_of_untried() const;
    void attempt(const TunedChoices& choices);
    void compare_whole();
    template <class Trial>
    std::optional<Failure> what_failed(Trial trial);
    void try_together(TunedChoices choices);
    void put_incorrect(TunedChoices& choices, const ResultRecord& prepared);
    Compared measure();
    void put_times(const TunedChoices& choices, const Compared& samples);
    void put(const std::string& place, TunedTrial trial);
    TuningKey key_of(const PlannedStep& planned) const;
    const PlannedStep& step_at(const std::string& place) const;
    ResultRecord prepare(WorkerLink& worker, const TunedChoices& choices, const char* whose);
    template <class Question>
    auto ask_default(Question question);
    ChildProcess::Deadline deadline() const;
    WorkerLink& candidate();

    const Workload& workload_;
    double budget_;
    DeviceWorkers& workers_;
    TuningTable& table_;
    TuneObserver& observer_;
    TuneOutcome& outcome_;
    std::unique_ptr<WorkerLink> default_, candidate_;
    DeviceTraits device_;
    Plan plan_;  // with the default variants
    std::size_t rounds_ = 1;
};

ChildProcess::Deadline Tuning::deadline() const {
    return steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                     std::chrono::duration<double>(workload_.protocol.time_limit));
}

WorkerLink& Tuning::candidate() {
    if (!candidate_) candidate_ = workers_.start();
    return *candidate_;
}

TuningKey Tuning::key_of(const PlannedStep& planned) const {
    return {tuning_device(device_),
            variant_hash(planned.choice.variant->family, workload_.precision),
            tuning_step(traits(workload_.precision).name, planned.place)};
}

const PlannedStep& Tuning::step_at(const std::string& place) const {
    return *std::ranges::find(plan_.steps, place, &PlannedStep::place);
}

// Round n tries the n-th untried variant of every step that has so many.
std::vector<TunedChoices> Tuning::rounds_of_untried() const {
    std::vector<TunedChoices> rounds;
    for (const PlannedStep& planned : plan_.steps) {
        const TunedStep* known = table_.find(key_of(planned));
        if (known && known->default_variant != planned.choice.variant->name) known = nullptr;
        std::size_t round = 0;
        for (const Variant* row :
             candidates(planned.step, workload_.network, workload_.precision, device_)) {
            if (row == planned.choice.variant || (known && known->trial(row->name))) continue;
            if (rounds.size() == round) rounds.emplace_back();
            rounds[round++][planned.place] = row->name;
        }
    }
    return rounds;
}

ResultRecord Tuning::prepare(WorkerLink& worker, const TunedChoices& choices, const char* whose) {
    PrepareRequest request = prepare_request(workload_, {});
    request.tuned = choices;
    return worker.prepare(request, deadline(), [&](const std::string& text) {
        observer_.phase(fmt::format("{}: {}", whose, text));
    });
}

template <class Question>
auto Tuning::ask_default(Question question) {
    try {
        return question(*default_);
    } catch (const ChildEnded& error) {
        throw TuningLost(fmt::format("the default variants: the worker {}", error.what()));
    } catch (const WorkerTimedOut&) {
        throw TuningLost("the default variants: no answer within the time limit");
    } catch (const WorkerFailed& error) {
        throw TuningLost(fmt::format("the default variants: {}", error.what()));
    }
}

Compared Tuning::measure() {
    const double block =
        std::min(longest_block, budget_ / (2.0 * blocks * static_cast<double>(rounds_)));
    const MeasureRequest request{
        RowKind::forward,
        0,
        CacheState::hot,
        {.warm_up = block / 4, .min_time = block * 3 / 4, .min_samples = 3}};
    const auto take = [&](ChainSamples& side, WorkerLink& worker) {
        const ResultRecord record = worker.measure(request, deadline());
        if (record.status != Status::measured) throw WorkerFailed(record.reason);
        side.add(record);
    };
    Compared samples;
    for (int b = 0; b < blocks; ++b) {
        ask_default([&](WorkerLink& worker) { take(samples.usual, worker); });
        take(samples.tried, candidate());
    }
    return samples;
}

void Tuning::put(const std::string& place, TunedTrial trial) {
    const PlannedStep& planned = step_at(place);
    const TuningKey key = key_of(planned);
    const TunedStep* known = table_.find(key);
    TunedStep step{std::string(planned.choice.variant->name), {}};
    if (known && known->default_variant == step.default_variant) step = *known;
    trial.date = utc_now();
    step.trials.push_back(std::move(trial));
    table_.put(key, std::move(step));
    ++outcome_.tried;
}

// A step that occurs several times in the chain counts with the mean of its medians.
void Tuning::put_times(const TunedChoices& choices, const Compared& samples) {
    for (const auto& [place, variant] : choices) {
        TunedTrial::Times times;
        int occurrences = 0;
        for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
            if (plan_.steps[s].place != place) continue;
            const Summary tried = summarize(samples.tried.steps[s]);
            const double least = *std::ranges::min_element(samples.tried.steps[s]);
            times.median += tried.median;
            times.default_median += summarize(samples.usual.steps[s]).median;
            times.least = occurrences++ == 0 ? least : std::min(times.least, least);
            times.samples += static_cast<int>(samples.tried.steps[s].size());
        }
        times.median /= occurrences;
        times.default_median /= occurrences;
        put(place, {variant, times, "", ""});
    }
}

// Takes out of the choices those whose output was wrong.
void Tuning::put_incorrect(TunedChoices& choices, const ResultRecord& prepared) {
    for (std::size_t s = 0; s < prepared.steps.size(); ++s) {
        const Verdict& verdict = prepared.steps[s].verdict;
        const auto tried = choices.find(plan_.steps[s].place);
        if (verdict.result == Verdict::Result::correct || tried == choices.end()) continue;
        observer_.notice(fmt::format("{}: wrong output: {}", tried->second, verdict.worst_at));
        put(tried->first, {tried->second, {}, "wrong output: " + verdict.worst_at, ""});
        ++outcome_.incorrect;
        choices.erase(tried);
    }
}

// Why a trial failed, or nothing.
template <class Trial>
std::optional<Failure> Tuning::what_failed(Trial trial) {
    try {
        trial();
        return std::nullopt;
    } catch (const ChildEnded& error) {
        candidate_.reset();
        return Failure{fmt::format("the worker {}", error.what())};
    } catch (const WorkerTimedOut&) {
        candidate_.reset();
        return Failure{
            fmt::format("took longer than the limit of {:g} s", workload_.protocol.time_limit)};
    } catch (const WorkerFailed& error) {
        return Failure{error.what()};
    } catch (const NotWorthIt& error) {
        return Failure{error.what(), false};
    }
}

// Throws WorkerFailed or NotWorthIt where something else than a wrong step keeps them from being
// measured.
void Tuning::try_together(TunedChoices choices) {
    ResultRecord prepared = prepare(candidate(), choices, "trying");
    while (prepared.status == Status::incorrect) {
        const std::size_t before = choices.size();
        put_incorrect(choices, prepared);
        if (choices.empty()) return;
        if (choices.size() == before) break;
        prepared = prepare(candidate(), choices, "trying");
    }
    if (prepared.status == Status::skipped) throw NotWorthIt(prepared.reason);
    if (prepared.status != Status::measured) throw WorkerFailed(prepared.reason);
    observer_.phase(fmt::format("measuring {} variants", choices.size()));
    put_times(choices, measure());
}

// What fails together is tried in halves, until one variant of one step has failed alone.
void Tuning::attempt(const TunedChoices& choices) {
    const auto why_not = what_failed([&] { try_together(choices); });
    if (why_not && choices.size() == 1) {
        const auto& [place, variant] = *choices.begin();
        observer_.notice(fmt::format("{} for {}: {}", variant, place, why_not->reason));
        put(place, {variant, {}, why_not->reason, ""});
        if (why_not->lost) ++outcome_.lost;
    } else if (why_not) {
        const auto middle = std::next(choices.begin(), static_cast<long>(choices.size() / 2));
        attempt({choices.begin(), middle});
        attempt({middle, choices.end()});
    }
    observer_.save(table_);
}

// Whether the choices keep together what they promise one by one.
void Tuning::compare_whole() {
    TunedChoices changed = tuned_choices(table_, device_, workload_.precision);
    std::erase_if(changed, [&](const auto& choice) {
        const auto of_place = std::ranges::find(plan_.steps, choice.first, &PlannedStep::place);
        return of_place == plan_.steps.end() || of_place->choice.variant->name == choice.second;
    });
    if (changed.empty()) return observer_.notice("the default variants are the quickest");
    for (const auto& [place, variant] : changed) {
        const PlannedStep& planned = step_at(place);
        const auto& times = *table_.find(key_of(planned))->trial(variant)->times;
        observer_.notice(fmt::format("  {}: {} takes {:.2f} of {}'s time", planned.text, variant,
                                     times.median / times.default_median,
                                     planned.choice.variant->name));
    }
    Compared samples;
    const auto why_not = what_failed([&] {
        const ResultRecord prepared = prepare(candidate(), changed, "tuned");
        if (prepared.status != Status::measured) throw WorkerFailed(prepared.reason);
        samples = measure();
    });
    if (why_not) throw TuningLost("all changes together: " + why_not->reason);
    observer_.notice(fmt::format(
        "{} kinds of steps changed; forward takes {:.3f} of the default's", changed.size(),
        summarize(samples.tried.forward).median / summarize(samples.usual.forward).median));
}

void Tuning::run() {
    default_ = workers_.start();
    device_ = traits_from(default_->hello().at("device"));
    plan_ = plan_network(workload_.network, fuse(workload_.network), workload_.precision, device_);
    const std::vector<TunedChoices> rounds = rounds_of_untried();
    if (rounds.empty()) return observer_.notice("nothing left to try");
    rounds_ = rounds.size();
    const ResultRecord prepared =
        ask_default([&](WorkerLink& worker) { return prepare(worker, {}, "default"); });
    if (prepared.status != Status::measured)
        throw TuningLost(fmt::format("the default variants: {}", prepared.reason));
    for (const TunedChoices& round : rounds) attempt(round);
    compare_whole();
}

}  // namespace

TuneOutcome tune_workloads(const std::vector<Workload>& workloads, const TuneOptions& options,
                           TuningTable& table, TuneObserver& observer,
                           const volatile bool& interrupted) {
    TuneOutcome outcome;
    DeviceWorkers workers({options.device}, interrupted);
    for (std::size_t i = 0; i < workloads.size() && !interrupted; ++i) {
        observer.workload(i, workloads.size(), workloads[i].id());
        try {
            Tuning(workloads[i], options.budget, workers, table, observer, outcome).run();
        } catch (const Interrupted&) {
        } catch (const TuningLost& error) {
            observer.notice(error.what());
            ++outcome.lost;
        }
    }
    outcome.interrupted = interrupted;
    return outcome;
}

}  // namespace slimbench
