#include "host/cl/capability_run.h"

#include <sstream>

#include <fmt/format.h>

#include "host/cl/program.h"
#include "host/problem/fnv1a.h"

namespace slimbench {

namespace {

// A compiler's complaint in one line: the first that says error, else the first of all.
std::string complaint(const std::string& log) {
    std::istringstream lines(log);
    std::string first;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("error") != std::string::npos) return line;
        if (first.empty()) first = line;
    }
    return first.empty() ? "the compiler gives no reason" : first;
}

std::vector<std::uint32_t> results_of(Device& device, const cl::Program& program,
                                      const CapabilityProbe& probe,
                                      const CapabilityProbe::Task& task) {
    const std::size_t input_bytes = task.input.size() * sizeof task.input[0];
    const std::size_t output_bytes = task.expected.size() * sizeof task.expected[0];
    const cl::Buffer input(device.context(), CL_MEM_READ_ONLY, input_bytes);
    const cl::Buffer output(device.context(), CL_MEM_READ_WRITE, output_bytes);
    device.queue().enqueueWriteBuffer(input, CL_TRUE, 0, input_bytes, task.input.data());
    device.queue().enqueueFillBuffer(output, std::uint32_t{0xdeadbeef}, 0, output_bytes);
    cl::Kernel kernel(program, probe.entry_point().c_str());
    kernel.setArg(0, input);
    kernel.setArg(1, output);
    device.queue().enqueueNDRangeKernel(kernel, cl::NullRange, cl::NDRange(capability_group),
                                        cl::NDRange(capability_group));
    std::vector<std::uint32_t> words(task.expected.size());
    device.queue().enqueueReadBuffer(output, CL_TRUE, 0, output_bytes, words.data());
    return words;
}

std::string fault(const std::vector<std::uint32_t>& got,
                  const std::vector<std::uint32_t>& expected) {
    for (std::size_t w = 0; w < got.size(); ++w)
        if (got[w] != expected[w])
            return fmt::format("computes something else: word {} is {:#010x}, expected {:#010x}", w,
                               got[w], expected[w]);
    return "";
}

// Lines of a binary that name what it was compiled for; empty where it is no PTX.
nlohmann::json ptx_target(Device& device) {
    cl::Program program(device.context(),
                        "kernel void nothing(global int* output) { *output = 0; }");
    program.build(device.handle());
    nlohmann::json target = nlohmann::json::array();
    for (const auto& binary : program.getInfo<CL_PROGRAM_BINARIES>()) {
        std::istringstream lines(std::string(binary.begin(), binary.end()));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(".version") || line.starts_with(".target")) target.push_back(line);
    }
    return target;
}

}  // namespace

Finding run_capability_probe(Device& device, const CapabilityProbe& probe) try {
    if (const auto reason = not_tried(probe, device.traits().kind))
        return {probe.capability, false, *reason};
    cl::Program program(device.context(), kernel_source(probe.source));
    try {
        program.build(device.handle(), std::string(probe.options).c_str());
    } catch (const cl::Error& error) {
        const auto log = program.getBuildInfo<CL_PROGRAM_BUILD_LOG>(device.handle());
        return {probe.capability, false,
                fmt::format("does not build ({}): {}", error_name(error.err()), complaint(log))};
    }
    const CapabilityProbe::Task task = probe.task();
    const std::string wrong = fault(results_of(device, program, probe, task), task.expected);
    return {probe.capability, wrong.empty(), wrong};
} catch (const cl::Error& error) {
    return {probe.capability, false,
            fmt::format("does not run: {}: {}", error.what(), error_name(error.err()))};
}

std::string capability_hash() {
    Fnv1a hash;
    for (const CapabilityProbe& probe : capability_probes()) {
        hash.add(kernel_source(probe.source));
        hash.add(probe.options);
    }
    return hash.text();
}

nlohmann::json device_statements(Device& device) {
    const cl::Device& handle = device.handle();
    return {{"extensions", handle.getInfo<CL_DEVICE_EXTENSIONS>()},
            {"opencl_c", handle.getInfo<CL_DEVICE_OPENCL_C_VERSION>()},
            {"clock_mhz", handle.getInfo<CL_DEVICE_MAX_CLOCK_FREQUENCY>()},
            {"global_cache", handle.getInfo<CL_DEVICE_GLOBAL_MEM_CACHE_SIZE>()},
            {"constant_memory", handle.getInfo<CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE>()},
            {"address_bits", handle.getInfo<CL_DEVICE_ADDRESS_BITS>()},
            {"work_items", handle.getInfo<CL_DEVICE_MAX_WORK_ITEM_SIZES>()},
            {"ptx", ptx_target(device)}};
}

}  // namespace slimbench
