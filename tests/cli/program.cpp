#include "tests/cli/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace slimbench::testing {

namespace {

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void redirect(int descriptor, const std::string& path) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(file, descriptor);
    close(file);
}

[[noreturn]] void become(const std::vector<std::string>& arguments, const Environment& more) {
    for (const auto& [name, value] : more) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> argv{const_cast<char*>(SLIMBENCH_BINARY)};
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const Environment& more) {
    id_ = fork();
    if (id_ < 0) throw std::runtime_error("fork failed");
    if (id_ > 0) return;
    close(STDIN_FILENO);
    open("/dev/null", O_RDONLY);
    redirect(STDOUT_FILENO, said_.path("out"));
    redirect(STDERR_FILENO, said_.path("err"));
    become(arguments, more);
}

Program::~Program() {
    if (!running()) return;
    ::kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
}

void Program::signal(int number) const {
    ::kill(id_, number);
}

bool Program::running() {
    if (!ended_) ended_ = waitpid(id_, &status_, WNOHANG) == id_;
    return !ended_;
}

Finished Program::wait() {
    wait_until("the program ends", [&] { return !running(); });
    return {WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_),
            file_text(said_.path("out")), file_text(said_.path("err"))};
}

std::vector<pid_t> Program::children() const {
    const std::string process = "/proc/" + std::to_string(id_);
    std::ifstream list(process + "/task/" + std::to_string(id_) + "/children");
    std::vector<pid_t> children;
    for (pid_t child; list >> child;) children.push_back(child);
    return children;
}

bool process_exists(pid_t id) {
    std::ifstream status("/proc/" + std::to_string(id) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("State:")) return line.find('Z') == std::string::npos;
    return false;
}

}  // namespace slimbench::testing
