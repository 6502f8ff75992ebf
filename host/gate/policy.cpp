#include "host/gate/policy.h"

#include <algorithm>
#include <cmath>
#include <regex>
#include <stdexcept>

#include <fmt/format.h>

#include "cmake/embedded_file.h"
#include "host/problem/strict_json.h"

namespace slimbench {

namespace {

constexpr double percent = 0.01;

std::string read_match(const JsonPlace& place) {
    std::string text = place.string();
    try {
        std::regex{text};
    } catch (const std::regex_error& error) {
        place.fail(fmt::format("'{}' is no regular expression: {}", text, error.what()));
    }
    return text;
}

RowRule read_rule(const JsonPlace& place) {
    place.require_object({"match", "threshold_percent", "effect_percent"});
    RowRule rule;
    rule.match = read_match(place.at("match"));
    rule.limits.threshold = percent * place.at("threshold_percent").number(0, 100);
    rule.limits.effect = percent * place.at("effect_percent").number(0, 1000);
    if (rule.limits.effect <= rule.limits.threshold)
        place.fail(
            "effect_percent must be above threshold_percent: what must be found cannot be "
            "tolerated");
    return rule;
}

void require_confirmable(const Policy& policy, const JsonPlace& place) {
    // Of the signed-rank test, when all pairs are on one side.
    const double least_p = std::exp2(-policy.confirming_pairs);
    if (least_p > policy.error_rate)
        place.fail(
            fmt::format("{} confirming_pairs cannot confirm at error_rate {:g}: even if all were "
                        "slower, chance would do that with a probability of {:g}; ask for more",
                        policy.confirming_pairs, policy.error_rate, least_p));
}

std::vector<int> read_looks(const JsonPlace& place) {
    std::vector<int> looks;
    for (const JsonPlace& item : place.items()) {
        looks.push_back(static_cast<int>(item.integer(2, 10'000)));
        if (looks.size() > 1 && looks.back() <= looks[looks.size() - 2])
            item.fail("looks must ascend");
    }
    if (looks.empty()) place.fail("expected at least one number of pairs");
    return looks;
}

}  // namespace

std::optional<Limits> Policy::limits_of(const std::string& row_id) const {
    const auto found = std::ranges::find_if(rows, [&](const RowRule& rule) {
        return std::regex_search(row_id, std::regex(rule.match));
    });
    return found == rows.end() ? std::nullopt : std::optional(found->limits);
}

double Policy::level_of_a_look() const {
    return error_rate / static_cast<double>(looks.size());
}

double Policy::level_of_a_row(double level, std::size_t gating_rows) const {
    return level / (correction == Correction::holm ? static_cast<double>(gating_rows) : 1);
}

Policy read_policy(const nlohmann::json& document, const std::string& file) {
    const JsonPlace place(document, file);
    place.require_object({"name", "about", "rows", "error_rate", "correction", "looks",
                          "confirming_pairs", "budget_seconds", "inconclusive", "resamples",
                          "seed"});
    Policy policy;
    policy.name = place.at("name").string();
    for (const JsonPlace& rule : place.at("rows").items()) policy.rows.push_back(read_rule(rule));
    if (policy.rows.empty()) place.at("rows").fail("expected at least one rule");
    policy.looks = read_looks(place.at("looks"));
    if (const auto found = place.find("error_rate")) policy.error_rate = found->number(1e-6, 0.5);
    if (const auto found = place.find("correction"))
        policy.correction =
            found->choice({"holm", "none"}) == 0 ? Correction::holm : Correction::none;
    if (const auto found = place.find("confirming_pairs"))
        policy.confirming_pairs = static_cast<int>(found->integer(2, 10'000));
    require_confirmable(policy, place);
    if (const auto found = place.find("budget_seconds"))
        policy.budget = found->number(1, 24 * 3600);
    if (const auto found = place.find("inconclusive"))
        policy.inconclusive_passes = found->choice({"fail", "pass"}) == 1;
    if (const auto found = place.find("resamples"))
        policy.resamples = static_cast<int>(found->integer(100, 1'000'000));
    if (const auto found = place.find("seed"))
        policy.seed = static_cast<std::uint64_t>(found->integer(0, INT64_MAX));
    return policy;
}

Policy load_policy(const std::string& path) {
    return read_policy(parse_json_file(path, read_text_file(path)), path);
}

Policy default_policy() {
    const EmbeddedFile& file = policy_files().front();
    const std::string path(file.path);
    return read_policy(parse_json_file(path, file.content), path);
}

nlohmann::json to_json(const Policy& policy) {
    nlohmann::json rules = nlohmann::json::array();
    for (const RowRule& rule : policy.rows)
        rules.push_back({{"match", rule.match},
                         {"threshold_percent", rule.limits.threshold / percent},
                         {"effect_percent", rule.limits.effect / percent}});
    return {{"name", policy.name},
            {"rows", rules},
            {"error_rate", policy.error_rate},
            {"correction", policy.correction == Correction::holm ? "holm" : "none"},
            {"looks", policy.looks},
            {"confirming_pairs", policy.confirming_pairs},
            {"budget_seconds", policy.budget},
            {"inconclusive", policy.inconclusive_passes ? "pass" : "fail"},
            {"resamples", policy.resamples},
            {"seed", policy.seed}};
}

}  // namespace slimbench
