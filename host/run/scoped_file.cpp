#include "host/run/scoped_file.h"

#include <exception>
#include <fstream>

namespace slimbench {

void ScopedFile::read(const std::function<void(const nlohmann::json&)>& take) const {
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
        try {
            const nlohmann::json entry = nlohmann::json::parse(line);
            if (entry.at("scope") == scope_) take(entry);
        } catch (const std::exception&) {
            continue;
        }
    }
}

void ScopedFile::append(nlohmann::json entry) const {
    if (path_.empty()) return;
    entry["scope"] = scope_;
    std::ofstream file(path_, std::ios::app);
    file << entry.dump() << '\n';
}

}  // namespace slimbench
