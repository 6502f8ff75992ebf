#include "host/measure/processor_time.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace slimbench {

namespace {

double own_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Processors that this process may use, such as those of its container.
bool is_ours(const std::string& name, const cpu_set_t& allowed) {
    const unsigned long number = std::stoul(name.substr(std::string("cpu").size()));
    return number < CPU_SETSIZE && CPU_ISSET(number, &allowed);
}

}  // namespace

// What is neither idle nor ours is somebody's: the kernel knows idle time exactly, while it counts
// that of processes by looking from time to time.
ProcessorTime processor_time() {
    ProcessorTime time;
    time.wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    cpu_set_t allowed;
    if (sched_getaffinity(getpid(), sizeof allowed, &allowed) != 0) return time;
    double idle = 0;
    int processors = 0;
    std::ifstream file("/proc/stat");
    for (std::string line; std::getline(file, line) && line.starts_with("cpu");) {
        std::istringstream fields(line);
        std::string name;
        double user = 0, nice = 0, system = 0, doing_nothing = 0, waiting_for_disks = 0;
        fields >> name >> user >> nice >> system >> doing_nothing >> waiting_for_disks;
        if (name == "cpu" || !is_ours(name, allowed)) continue;  // the first is their sum
        idle += doing_nothing + waiting_for_disks;
        ++processors;
    }
    if (processors > 0)
        time.others = processors * time.wall - idle / static_cast<double>(sysconf(_SC_CLK_TCK)) -
                      own_seconds();
    return time;
}

}  // namespace slimbench
