#include "host/run/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

namespace slimbench {

namespace {

constexpr std::size_t tail_bytes = 4096;

// What a child wrote in time is read even when nobody looked in time.
constexpr auto grace = std::chrono::seconds(10);

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::runtime_error(fmt::format("pipe: {}", std::strerror(errno)));
    return ends;
}

// Runs in the child between fork and exec.
[[noreturn]] void become(const std::vector<std::string>& arguments,
                         const std::vector<std::pair<std::string, std::string>>& environment,
                         int in, int out, int err) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    fmt::print(stderr, "cannot start {}: {}\n", arguments[0], std::strerror(errno));
    _exit(127);
}

std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const std::size_t start = text.rfind('\n');
    return start == std::string::npos ? text : text.substr(start + 1);
}

int milliseconds_until(ChildProcess::Deadline deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    // Short waits, so that an interruption is seen soon.
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 200));
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::vector<std::pair<std::string, std::string>>& environment) {
    // A child that has gone must show as an error of write(), not end this process.
    signal(SIGPIPE, SIG_IGN);
    const auto input = make_pipe(), output = make_pipe(), errors = make_pipe();
    id_ = fork();
    if (id_ < 0) throw std::runtime_error(fmt::format("fork: {}", std::strerror(errno)));
    if (id_ == 0) become(arguments, environment, input[0], output[1], errors[1]);
    close(input[0]);
    close(output[1]);
    close(errors[1]);
    input_ = input[1];
    output_ = output[0];
    errors_ = errors[0];
    fcntl(errors_, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
    kill();
    for (int descriptor : {input_, output_, errors_})
        if (descriptor >= 0) close(descriptor);
}

void ChildProcess::kill() {
    if (id_ < 0) return;
    ::kill(-id_, SIGKILL);
    ::kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
    id_ = -1;
}

void ChildProcess::write_line(const std::string& line) {
    const std::string text = line + '\n';
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t written = write(input_, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) report_end();
        done += static_cast<std::size_t>(written);
    }
}

std::optional<std::string> ChildProcess::read_line(Deadline deadline,
                                                   const volatile bool& interrupted) {
    while (true) {
        if (const std::size_t end = pending_.find('\n'); end != std::string::npos) {
            std::string line = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            return line;
        }
        const auto now = std::chrono::steady_clock::now();
        if (interrupted || now >= deadline + grace) return std::nullopt;
        pollfd ready[] = {{output_, POLLIN, 0}, {errors_, POLLIN, 0}};
        poll(ready, 2, milliseconds_until(deadline));
        if (ready[1].revents) drain_errors();
        if (!ready[0].revents) {
            if (now >= deadline) return std::nullopt;
            continue;
        }
        std::array<char, 65536> chunk;
        const ssize_t got = read(output_, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) report_end();
        pending_.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

void ChildProcess::drain_errors() {
    std::array<char, 4096> chunk;
    for (ssize_t got; (got = read(errors_, chunk.data(), chunk.size())) > 0;)
        error_tail_.append(chunk.data(), static_cast<std::size_t>(got));
    if (error_tail_.size() > tail_bytes) error_tail_.erase(0, error_tail_.size() - tail_bytes);
}

void ChildProcess::report_end() {
    int status = 0;
    waitpid(id_, &status, 0);
    id_ = -1;
    drain_errors();
    std::string how = WIFSIGNALED(status) ? fmt::format("ended by signal {} ({})", WTERMSIG(status),
                                                        strsignal(WTERMSIG(status)))
                                          : fmt::format("exited with code {}", WEXITSTATUS(status));
    if (const std::string line = last_line(error_tail_); !line.empty()) how += ": " + line;
    throw ChildEnded(how);
}

}  // namespace slimbench
