#include "host/cl/probe_run.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

namespace slimbench {

namespace {

// What repeats in large buffers.
struct Period {
    std::uint32_t word[16] = {};
};

}  // namespace

ProbeRun::ProbeRun(Device& device, ProgramCache& programs, const Probe& probe,
                   const ProbeLaunch& launch)
    : device_(device), probe_(probe), launch_(launch), task_(probe.task(probe, launch)) {
    input_ = filled(task_.input, task_.input_bytes);
    weights_ = filled(task_.weights, task_.weight_bytes);
    output_ = filled({}, task_.output_words * sizeof(std::uint32_t));
    kernel_ = programs.kernel(probe);
    kernel_.setArg(0, input_);
    kernel_.setArg(1, weights_);
    kernel_.setArg(2, output_);
    kernel_.setArg(4, launch_.length);
    device_.queue().finish();
}

cl::Buffer ProbeRun::filled(const std::vector<std::byte>& contents, std::size_t bytes) {
    bytes = std::max(bytes, sizeof(std::uint32_t));  // a size may not be zero
    cl::Buffer buffer(device_.context(), CL_MEM_READ_WRITE, bytes);
    cl::CommandQueue& queue = device_.queue();
    if (contents.size() >= bytes) {
        queue.enqueueWriteBuffer(buffer, CL_TRUE, 0, bytes, contents.data());
        return buffer;
    }
    // Outputs are filled too: untouched pages would be fetched while the clock runs.
    Period period;
    std::ranges::copy(contents, reinterpret_cast<std::byte*>(&period));
    const std::size_t whole = bytes / sizeof period * sizeof period;
    if (whole > 0) queue.enqueueFillBuffer(buffer, period, 0, whole);
    if (whole < bytes) queue.enqueueWriteBuffer(buffer, CL_TRUE, whole, bytes - whole, &period);
    return buffer;
}

cl::Event ProbeRun::enqueue(std::uint32_t passes, const std::vector<cl::Event>* after) {
    cl::Event event;
    kernel_.setArg(3, passes);
    device_.queue().enqueueNDRangeKernel(kernel_, cl::NullRange, cl::NDRange(launch_.items()),
                                         cl::NDRange(launch_.group_size), after, &event);
    passes_ = passes;
    return event;
}

ProbeTime ProbeRun::run(std::uint32_t passes) {
    const auto before = std::chrono::steady_clock::now();
    const cl::Event event = enqueue(passes);
    device_.queue().finish();
    const std::chrono::duration<double> host = std::chrono::steady_clock::now() - before;
    return {times_of(event).seconds(), host.count()};
}

std::vector<LaunchTime> ProbeRun::run_chain(int launches) {
    std::vector<cl::Event> events;
    cl::UserEvent release(device_.context());
    const std::vector<cl::Event> held{release};
    for (int i = 0; i < launches; ++i) events.push_back(enqueue(1, i == 0 ? &held : nullptr));
    device_.queue().flush();
    release.setStatus(CL_COMPLETE);
    device_.queue().finish();
    std::vector<LaunchTime> times;
    for (const cl::Event& event : events) times.push_back(times_of(event));
    return times;
}

std::optional<std::string> ProbeRun::fault() {
    std::vector<std::uint32_t> words(task_.output_words);
    device_.queue().enqueueReadBuffer(output_, CL_TRUE, 0, words.size() * sizeof words[0],
                                      words.data());
    for (std::size_t w = 0; w < words.size(); ++w)
        if (const std::uint32_t expected = task_.expected(w, passes_); words[w] != expected)
            return fmt::format("{} ({}): word {} after {} passes: got {:#010x}, expected {:#010x}",
                               name(probe_.quantity), probe_.source, w, passes_, words[w],
                               expected);
    return std::nullopt;
}

}  // namespace slimbench
