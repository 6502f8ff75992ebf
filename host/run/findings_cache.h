// What capability probes found in earlier runs, kept in a file that all devices share.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/kernel/capability_probe.h"
#include "host/run/scoped_file.h"

namespace slimbench {

nlohmann::json to_json(const Finding& finding);
Finding finding_from(const nlohmann::json& json);  // throws std::runtime_error naming what is wrong

class FindingsCache {
public:
    // `scope` names everything that findings depend on. An empty path keeps them in memory only.
    FindingsCache(std::string path, std::string scope);

    const std::vector<Finding>& known() const { return known_; }  // in the order of capabilities
    std::vector<Capability> unknown() const;
    void keep(const Finding& finding);

private:
    void take(const Finding& finding);

    ScopedFile file_;
    std::vector<Finding> known_;
};

}  // namespace slimbench
