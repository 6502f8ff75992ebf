#include "host/run/device_peaks.h"

#include <chrono>

#include <fmt/format.h>

#include "host/run/device_worker.h"

namespace slimbench {

DevicePeaks device_peaks(const std::string& device_pattern, PeaksWanted wanted,
                         const std::function<void(const std::string&)>& phase) try {
    const bool never = false;
    const auto worker = DeviceWorkers({device_pattern}, never).start();
    const auto deadline = std::chrono::steady_clock::now() + peaks_time_limit;
    return {worker->hello().at("device"), worker->peaks(wanted, deadline, phase)};
} catch (const ChildEnded& error) {
    throw std::runtime_error(fmt::format("peaks: the worker {}", error.what()));
} catch (const WorkerTimedOut&) {
    throw std::runtime_error(fmt::format("peaks: no answer within {} s", peaks_time_limit.count()));
} catch (const WorkerFailed& error) {
    throw std::runtime_error(fmt::format("peaks: {}", error.what()));
}

}  // namespace slimbench
