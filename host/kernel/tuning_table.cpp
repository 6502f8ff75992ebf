#include "host/kernel/tuning_table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "host/problem/strict_json.h"

namespace slimbench {

namespace {

constexpr std::string_view schema = "slimbench-tuning-1";

// Medians of the same kernel differ by as much between two runs.
constexpr double clearly_quicker = 0.97;

double ratio(const TunedTrial& trial) {
    return trial.times->median / trial.times->default_median;
}

double nanoseconds(double seconds) {
    return std::round(1e9 * seconds);
}

nlohmann::json to_json(const TunedTrial& trial) {
    nlohmann::json json{{"variant", trial.variant}, {"date", trial.date}};
    if (!trial.times) {
        json["why_not"] = trial.why_not;
        return json;
    }
    json["median_ns"] = nanoseconds(trial.times->median);
    json["least_ns"] = nanoseconds(trial.times->least);
    json["default_median_ns"] = nanoseconds(trial.times->default_median);
    json["samples"] = trial.times->samples;
    return json;
}

nlohmann::json to_json(const TuningKey& key, const TunedStep& step) {
    nlohmann::json trials = nlohmann::json::array();
    for (const TunedTrial& trial : step.trials) trials.push_back(to_json(trial));
    return {{"device", key.device},
            {"kernels", key.kernels},
            {"step", key.step},
            {"default", step.default_variant},
            {"tried", trials}};
}

TunedTrial trial_from(const JsonPlace& place) {
    constexpr double longest = 1e15;  // nanoseconds: eleven days
    place.require_object(
        {"variant", "date", "why_not", "median_ns", "least_ns", "default_median_ns", "samples"});
    TunedTrial trial;
    trial.variant = place.at("variant").string();
    trial.date = place.at("date").string();
    if (const auto why_not = place.find("why_not")) {
        trial.why_not = why_not->string();
        return trial;
    }
    const auto seconds = [&](const char* key) { return 1e-9 * place.at(key).number(1, longest); };
    trial.times = {seconds("median_ns"), seconds("least_ns"), seconds("default_median_ns"),
                   static_cast<int>(place.at("samples").integer(1, 1'000'000'000))};
    return trial;
}

}  // namespace

std::string tuning_step(std::string_view precision, const std::string& place) {
    return fmt::format("{} | {}", precision, place);
}

const TunedTrial* TunedStep::trial(std::string_view variant) const {
    const auto found = std::ranges::find(trials, variant, &TunedTrial::variant);
    return found == trials.end() ? nullptr : &*found;
}

const std::string& TunedStep::best() const {
    const std::string* best = &default_variant;
    double least = clearly_quicker;
    for (const TunedTrial& trial : trials)
        if (trial.times && ratio(trial) < least) {
            least = ratio(trial);
            best = &trial.variant;
        }
    return *best;
}

const TunedStep* TuningTable::find(const TuningKey& key) const {
    const auto found = steps_.find(key);
    return found == steps_.end() ? nullptr : &found->second;
}

void TuningTable::put(const TuningKey& key, TunedStep step) {
    steps_.insert_or_assign(key, std::move(step));
}

void TuningTable::take(const TuningTable& other) {
    for (const auto& [key, step] : other.steps_) put(key, step);
}

TunedChoices TuningTable::choices(const std::string& device, const std::set<std::string>& kernels,
                                  std::string_view precision) const {
    TunedChoices choices;
    const std::string prefix = tuning_step(precision, "");
    for (const auto& [key, step] : steps_)
        if (key.device == device && kernels.contains(key.kernels) && key.step.starts_with(prefix))
            choices[key.step.substr(prefix.size())] = step.best();
    return choices;
}

std::string TuningTable::text() const {
    nlohmann::json entries = nlohmann::json::array();
    for (const auto& [key, step] : steps_) entries.push_back(to_json(key, step));
    return nlohmann::json{{"schema", schema}, {"entries", entries}}.dump(1) + "\n";
}

TuningTable parse_tuning(const std::string& file, std::string_view content) {
    const nlohmann::json document = parse_json_file(file, content);
    const JsonPlace root(document, file);
    root.require_object({"schema", "entries"});
    root.at("schema").choice({schema});
    TuningTable table;
    for (const JsonPlace& entry : root.at("entries").items()) {
        entry.require_object({"device", "kernels", "step", "default", "tried"});
        TunedStep step{entry.at("default").string(), {}};
        for (const JsonPlace& trial : entry.at("tried").items())
            step.trials.push_back(trial_from(trial));
        table.put(
            {entry.at("device").string(), entry.at("kernels").string(), entry.at("step").string()},
            std::move(step));
    }
    return table;
}

}  // namespace slimbench
