#include "host/cli/read_records.h"

#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

#include "host/record/journal.h"

namespace slimbench {

std::vector<ResultRecord> read_records(const std::string& path) {
    JournalContents contents = read_journal(path);
    if (contents.torn)
        fmt::print(stderr, "slimbench: {}: the last line is torn and left out\n", path);
    if (contents.records.empty()) throw std::runtime_error(path + ": no records in it");
    return std::move(contents.records);
}

}  // namespace slimbench
