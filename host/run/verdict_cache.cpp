#include "host/run/verdict_cache.h"

#include <nlohmann/json.hpp>

namespace slimbench {

VerdictCache::VerdictCache(std::string path, std::string scope)
    : file_(std::move(path), std::move(scope)) {
    refresh();
}

void VerdictCache::refresh() {
    file_.read([&](const nlohmann::json& entry) {
        Verdict verdict;
        verdict.result = Verdict::Result::correct;
        verdict.checked = entry.value("checked", std::int64_t{0});
        verdict.elements = entry.value("elements", std::int64_t{0});
        verdict.rule = entry.value("rule", "");
        verdict.worst = entry.value("worst", 0.0);
        verdict.cached = true;
        known_[entry.value("step", "")] = verdict;
    });
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
    file_.append({{"step", step_key},
                  {"checked", verdict.checked},
                  {"elements", verdict.elements},
                  {"rule", verdict.rule},
                  {"worst", verdict.worst}});
}

}  // namespace slimbench
