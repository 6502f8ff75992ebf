#include "host/run/peaks_cache.h"

#include <fstream>
#include <stdexcept>

namespace slimbench {

PeaksCache::PeaksCache(std::string path, std::string scope)
    : path_(std::move(path)), scope_(std::move(scope)) {
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object() || json.value("scope", "") != scope_) continue;
        try {
            known_ = peaks_from_json(json.at("peaks"));
        } catch (const std::exception&) {
            // A torn or foreign line only costs a measurement.
        }
    }
}

void PeaksCache::keep(const Peaks& peaks) {
    known_ = peaks;
    if (path_.empty()) return;
    std::ofstream file(path_, std::ios::app);
    file << nlohmann::json{{"scope", scope_}, {"peaks", to_json(peaks)}}.dump() << '\n';
}

}  // namespace slimbench
