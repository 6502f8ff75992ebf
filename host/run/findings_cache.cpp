#include "host/run/findings_cache.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace slimbench {

nlohmann::json to_json(const Finding& finding) {
    return {{"capability", name(finding.capability)},
            {"works", finding.works},
            {"reason", finding.reason}};
}

Finding finding_from(const nlohmann::json& json) try {
    const std::string text = json.at("capability");
    const auto capability = parse_capability(text);
    if (!capability) throw std::runtime_error(fmt::format("unknown capability '{}'", text));
    return {*capability, json.at("works"), json.value("reason", "")};
} catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(fmt::format("finding: {}", error.what()));
}

FindingsCache::FindingsCache(std::string path, std::string scope)
    : file_(std::move(path), std::move(scope)) {
    file_.read([&](const nlohmann::json& entry) { take(finding_from(entry.at("finding"))); });
}

std::vector<Capability> FindingsCache::unknown() const {
    std::vector<Capability> missing;
    for (const Capability capability : all_capabilities)
        if (std::ranges::find(known_, capability, &Finding::capability) == known_.end())
            missing.push_back(capability);
    return missing;
}

void FindingsCache::take(const Finding& finding) {
    std::erase_if(known_, [&](const Finding& old) { return old.capability == finding.capability; });
    known_.insert(std::ranges::upper_bound(known_, finding.capability, {}, &Finding::capability),
                  finding);
}

void FindingsCache::keep(const Finding& finding) {
    take(finding);
    file_.append({{"finding", to_json(finding)}});
}

}  // namespace slimbench
