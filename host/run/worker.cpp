#include "host/run/worker.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <new>

#include <fmt/format.h>

#include "host/cl/opencl.h"
#include "host/run/findings_cache.h"

namespace slimbench {

namespace {

// The pipe to the coordinator. Libraries that print to standard output reach the error output
// instead.
class ReplyStream {
public:
    ReplyStream() : stream_(fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w")) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
    }
    ~ReplyStream() { std::fclose(stream_); }
    ReplyStream(const ReplyStream&) = delete;
    ReplyStream& operator=(const ReplyStream&) = delete;

    void send(const nlohmann::json& message) {
        fmt::print(stream_, "{}\n",
                   message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        std::fflush(stream_);
    }

private:
    std::FILE* stream_;
};

// At most a few progress events a second; the coordinator only shows them.
class ProgressSender {
public:
    explicit ProgressSender(ReplyStream& stream) : stream_(stream) {}
    void operator()(const std::string& phase, std::size_t done, std::size_t total) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < std::chrono::milliseconds(200)) return;
        last_ = now;
        stream_.send({{"event", "progress"}, {"phase", phase}, {"done", done}, {"total", total}});
    }

private:
    ReplyStream& stream_;
    std::chrono::steady_clock::time_point last_{};
};

nlohmann::json failed(const std::string& reason) {
    return {{"reply", "failed"}, {"reason", reason}};
}

Capability capability_from(const nlohmann::json& request) {
    const std::string text = request.at("capability");
    if (const auto capability = parse_capability(text)) return *capability;
    throw std::runtime_error(fmt::format("unknown capability '{}'", text));
}

nlohmann::json answer(WorkerService& service, const nlohmann::json& request,
                      const Progress& progress) try {
    const std::string verb = request.at("verb");
    if (verb == "prepare")
        return {{"reply", "prepared"},
                {"record", to_json(service.prepare(prepare_request_from(request), progress))}};
    if (verb == "measure")
        return {{"reply", "measured"},
                {"record", to_json(service.measure(measure_request_from(request)))}};
    if (verb == "peaks")
        return {{"reply", "peaks"},
                {"peaks", to_json(service.peaks(peaks_wanted_from(request), progress))}};
    if (verb == "probe") {
        const Finding finding = service.probe(capability_from(request));
        return {{"reply", "probed"}, {"finding", to_json(finding)}, {"hello", service.hello()}};
    }
    if (verb == "take") {
        service.take(finding_from(request.at("finding")));
        return {{"reply", "taken"}, {"hello", service.hello()}};
    }
    if (verb == "statements")
        return {{"reply", "statements"}, {"statements", service.statements()}};
    if (verb == "release") {
        service.release();
        return {{"reply", "released"}};
    }
    return failed(
        fmt::format("unknown verb '{}': this worker speaks protocol {}", verb, protocol_version));
} catch (const cl::Error& error) {
    if (is_out_of_memory(error.err()))
        return failed(fmt::format("out of memory on the device ({})", error.what()));
    return failed(fmt::format("{}: {}", error.what(), error_name(error.err())));
} catch (const std::bad_alloc&) {
    return failed("out of host memory");
} catch (const std::exception& error) {
    return failed(error.what());
}

}  // namespace

Peaks WorkerService::peaks(PeaksWanted, const Progress&) {
    throw std::runtime_error("peaks are measured by the worker of a device, not by a peer's");
}

Finding WorkerService::probe(Capability) {
    throw std::runtime_error("the worker of a device has capabilities, a peer's has none");
}

void WorkerService::take(const Finding&) {
    throw std::runtime_error("the worker of a device has capabilities, a peer's has none");
}

nlohmann::json WorkerService::statements() {
    throw std::runtime_error("the worker of a device describes it, a peer's does not");
}

int serve(const std::function<std::unique_ptr<WorkerService>()>& start) {
    ReplyStream replies;
    std::unique_ptr<WorkerService> service;
    for (std::string line; std::getline(std::cin, line);) {
        const auto request = nlohmann::json::parse(line, nullptr, false);
        if (!request.is_object()) {
            replies.send(failed("a request is one JSON object a line"));
            continue;
        }
        if (request.value("verb", "") != "hello") {
            replies.send(service ? answer(*service, request, ProgressSender(replies))
                                 : failed("say hello first"));
            continue;
        }
        try {
            service = start();
            nlohmann::json hello = service->hello();
            hello.update({{"reply", "hello"}, {"protocol", protocol_version}});
            replies.send(hello);
        } catch (const cl::Error& error) {
            replies.send(failed(fmt::format("{}: {}", error.what(), error_name(error.err()))));
        } catch (const std::exception& error) {
            replies.send(failed(error.what()));
        }
    }
    return 0;
}

}  // namespace slimbench
