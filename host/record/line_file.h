// Append-only files of lines that survive being killed: each line is on the disk before the next
// work starts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace slimbench {

struct FileLine {
    std::string text;
    std::size_t number = 0;  // from 1
};

// All whole lines that are not blank; `torn` tells that something follows the last newline. Throws
// std::runtime_error naming the path and the system's reason.
struct FileLines {
    std::vector<FileLine> whole;
    bool torn = false;
};
FileLines read_lines(const std::string& path);

class LineAppender {
public:
    // Opens for appending; cuts a torn last line off first. Throws std::runtime_error naming the
    // path and the system's reason.
    explicit LineAppender(const std::string& path);
    ~LineAppender();
    LineAppender(const LineAppender&) = delete;
    LineAppender& operator=(const LineAppender&) = delete;

    // Writes and syncs the line. On a full disk it takes back a partial line and throws
    // std::runtime_error.
    void append(const std::string& line);

private:
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace slimbench
