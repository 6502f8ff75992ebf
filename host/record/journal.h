// The append-only file of records: one JSON line each, flushed to disk before the next workload
// starts.
#pragma once

#include <string>
#include <vector>

#include "host/record/line_file.h"
#include "host/record/result_record.h"

namespace slimbench {

// Reads all whole lines. A torn last line (a killed writer) is reported in `torn`, not an error; a
// broken line elsewhere throws std::runtime_error naming file and line.
struct JournalContents {
    std::vector<ResultRecord> records;
    bool torn = false;
};
JournalContents read_journal(const std::string& path);

class JournalWriter {
public:
    // Opens like LineAppender, and throws what it throws.
    explicit JournalWriter(const std::string& path) : file_(path) {}
    void append(const ResultRecord& record);

private:
    LineAppender file_;
};

}  // namespace slimbench
