#include "host/run/verdict_cache.h"

#include <fstream>

#include <nlohmann/json.hpp>

namespace slimbench {

VerdictCache::VerdictCache(std::string path, std::string scope)
    : path_(std::move(path)), scope_(std::move(scope)) {
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
        // A torn or foreign line only costs a verification.
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object() || json.value("scope", "") != scope_) continue;
        Verdict verdict;
        verdict.result = Verdict::Result::correct;
        verdict.checked = json.value("checked", std::int64_t{0});
        verdict.elements = json.value("elements", std::int64_t{0});
        verdict.rule = json.value("rule", "");
        verdict.worst = json.value("worst", 0.0);
        verdict.cached = true;
        known_[json.value("step", "")] = verdict;
    }
}

std::optional<Verdict> VerdictCache::find(const std::string& step_key) const {
    const auto found = known_.find(step_key);
    return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void VerdictCache::keep(const std::string& step_key, const Verdict& verdict) {
    if (verdict.result != Verdict::Result::correct) return;
    Verdict kept = verdict;
    kept.cached = true;
    known_[step_key] = kept;
    if (path_.empty()) return;
    std::ofstream file(path_, std::ios::app);
    file << nlohmann::json{{"scope", scope_},
                           {"step", step_key},
                           {"checked", verdict.checked},
                           {"elements", verdict.elements},
                           {"rule", verdict.rule},
                           {"worst", verdict.worst}}
                .dump()
         << '\n';
}

}  // namespace slimbench
