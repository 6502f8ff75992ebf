// The append-only file of records: one JSON line each, flushed to disk before the next workload
// starts.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

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
    // Opens for appending; cuts a torn last line off first. Throws std::runtime_error naming the
    // path and the system's reason.
    explicit JournalWriter(const std::string& path);
    ~JournalWriter();
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    // Writes and syncs one line. On a full disk it takes back a partial line and throws
    // std::runtime_error.
    void append(const ResultRecord& record);

private:
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace slimbench
