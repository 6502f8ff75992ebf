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

void ProbeRun::enqueue(std::uint32_t passes, cl::Event* event,
                       const std::vector<cl::Event>* after) {
    kernel_.setArg(3, passes);
    device_.queue().enqueueNDRangeKernel(kernel_, cl::NullRange, cl::NDRange(launch_.items()),
                                         cl::NDRange(launch_.group_size), after, event);
    passes_ = passes;
}

ProbeTime ProbeRun::run(std::uint32_t passes) {
    cl::Event event;
    const auto before = std::chrono::steady_clock::now();
    enqueue(passes, &event);
    device_.queue().finish();
    const std::chrono::duration<double> host = std::chrono::steady_clock::now() - before;
    return {times_of(event), host.count()};
}

LaunchTime ProbeRun::run_chain(int launches) {
    cl::Event begun, ended;
    cl::UserEvent release(device_.context());
    const std::vector<cl::Event> held{release};
    for (int i = 0; i < launches; ++i) {
        cl::Event* event = i == 0 ? &begun : i + 1 == launches ? &ended : nullptr;
        enqueue(1, event, i == 0 ? &held : nullptr);
    }
    device_.queue().flush();
    release.setStatus(CL_COMPLETE);
    device_.queue().finish();
    return {times_of(begun).start_ns, times_of(ended).end_ns};
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
