// Starts the program under test as its users do and keeps what it says.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace slimbench::testing {

using Environment = std::map<std::string, std::string>;

struct Finished {
    int exit_code = -1;  // 128 + N when signal N ended it
    std::string out, err;
};

class Program {
public:
    explicit Program(const std::vector<std::string>& arguments, const Environment& more = {});
    ~Program();  // kills it if it still runs
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void signal(int number) const;
    // Throws when it does not end within minutes, which no test needs.
    Finished wait();
    bool running();
    pid_t id() const { return id_; }
    std::vector<pid_t> children() const;

private:
    void poll_end();

    TemporaryFolder said_;
    pid_t id_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

bool process_exists(pid_t id);

// Calls `condition` until it holds; throws after five minutes, naming what was waited for.
template <class Condition>
void wait_until(const std::string& what, Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > limit)
            throw std::runtime_error("waited in vain until " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace slimbench::testing
