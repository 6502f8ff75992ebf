// A child process that is spoken to in lines: requests into its input, replies from its output.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace slimbench {

// The child ended or was ended; what() says how: "killed by signal 6 (Aborted): <last line on its
// error output>".
class ChildEnded : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class ChildProcess {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    // Starts `arguments[0]` with extra environment variables, in a process group of its own (a
    // terminal's Ctrl-C does not reach it) and bound to end when this process ends. Throws
    // std::runtime_error when it cannot be started.
    ChildProcess(const std::vector<std::string>& arguments,
                 const std::vector<std::pair<std::string, std::string>>& environment);
    ~ChildProcess();  // ends the child
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void write_line(const std::string& line);  // throws ChildEnded
    // Nothing when no line is there at the deadline, or when `interrupted` becomes true; throws
    // ChildEnded when the child has gone.
    std::optional<std::string> read_line(Deadline deadline, const volatile bool& interrupted);
    void kill();
    pid_t id() const { return id_; }

private:
    [[noreturn]] void report_end();
    void drain_errors();

    pid_t id_ = -1;
    int input_ = -1, output_ = -1, errors_ = -1;
    std::string pending_;     // read, not yet a whole line
    std::string error_tail_;  // the end of what it wrote to its error output
};

}  // namespace slimbench
