// A file of JSON lines that several devices and versions share: each entry names the scope that it
// holds in. The caches of verdicts, findings and peaks lie in such files.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace slimbench {

class ScopedFile {
public:
    // `scope` names everything that entries depend on. An empty path keeps nothing.
    ScopedFile(std::string path, std::string scope)
        : path_(std::move(path)), scope_(std::move(scope)) {}

    // The entries of this scope, the oldest first. A torn or foreign line, or one for which `take`
    // throws std::exception, is passed over: it only costs doing again what it stood for.
    void read(const std::function<void(const nlohmann::json&)>& take) const;
    void append(nlohmann::json entry) const;

private:
    std::string path_, scope_;
};

}  // namespace slimbench
