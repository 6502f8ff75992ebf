#include "host/run/peaks_cache.h"

namespace slimbench {

PeaksCache::PeaksCache(std::string path, std::string scope)
    : file_(std::move(path), std::move(scope)) {
    file_.read([&](const nlohmann::json& entry) { known_ = peaks_from_json(entry.at("peaks")); });
}

void PeaksCache::keep(const Peaks& peaks) {
    known_ = peaks;
    file_.append({{"peaks", to_json(peaks)}});
}

}  // namespace slimbench
