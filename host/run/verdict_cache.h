// Verdicts of earlier verifications, kept in a file between runs. Only correct ones are kept.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "host/record/result_record.h"
#include "host/run/scoped_file.h"

namespace slimbench {

class VerdictCache {
public:
    // `scope` names everything a verdict depends on beside the step: program, device, driver,
    // reference. An empty path keeps verdicts in memory only.
    VerdictCache(std::string path, std::string scope);

    // Takes what other processes have kept since.
    void refresh();

    std::optional<Verdict> find(const std::string& step_key) const;  // comes back marked `cached`
    void keep(const std::string& step_key, const Verdict& verdict);

private:
    ScopedFile file_;
    std::map<std::string, Verdict> known_;
};

}  // namespace slimbench
