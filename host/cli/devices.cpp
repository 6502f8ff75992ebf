// `slimbench devices`: which OpenCL devices there are, what they can do, and which one a run takes.
#include <memory>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/run/device_report.h"

namespace slimbench {

namespace {

struct DevicesOptions {
    bool json = false, probe = false;
};

std::string gib(std::uint64_t bytes) {
    return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1u << 30));
}

std::string text(const nlohmann::json& device, const char* key) {
    return device.at(key).get<std::string>();
}

std::uint64_t number(const nlohmann::json& device, const char* key) {
    return device.at(key).get<std::uint64_t>();
}

void print_findings(const nlohmann::json& device) {
    for (const nlohmann::json& finding : device.at("findings")) {
        const bool works = finding.at("works");
        fmt::print("     {:<16} {}\n", text(finding, "capability"),
                   works ? "works" : "no: " + text(finding, "reason"));
    }
}

void print_device(const nlohmann::json& device, bool with_findings) {
    fmt::print("{}: {}{}\n", number(device, "index"), text(device, "name"),
               device.at("default").get<bool>() ? "   (default)" : "");
    fmt::print("   platform      {} ({})\n", text(device, "platform"), text(device, "driver"));
    fmt::print("   type          {}, {} compute units, kernel tier {}\n", text(device, "type"),
               number(device, "compute_units"), text(device, "tier"));
    fmt::print("   memory        {}, largest buffer {}\n", gib(number(device, "global_memory")),
               gib(number(device, "largest_allocation")));
    fmt::print("   work-group    up to {} work-items and {} KiB of local memory; subgroups: {}\n",
               number(device, "largest_work_group"), number(device, "local_memory") >> 10,
               text(device, "subgroups"));
    fmt::print("   FP16          {}\n", text(device, "half"));
    fmt::print("   dot product   {}\n", text(device, "dot_product"));
    fmt::print("   matrix units  {}\n", text(device, "matrix_units"));
    fmt::print("   timer         {} ns\n", number(device, "timer_resolution_ns"));
    if (!device.at("fault").is_null()) fmt::print("   fault         {}\n", text(device, "fault"));
    if (with_findings) print_findings(device);
}

int list_devices(const DevicesOptions& options) {
    using enum DeviceWorkers::Probing;
    const bool never = false;
    const nlohmann::json report = device_report(options.probe ? anew : unknown, never);
    if (options.json) {
        fmt::print("{}\n", report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
        return all_measured;
    }
    if (const nlohmann::json& vendors = report.at("loader").at("OCL_ICD_VENDORS");
        !vendors.is_null())
        fmt::print("drivers declared in {}\n", vendors.get<std::string>());
    for (const nlohmann::json& device : report.at("devices")) print_device(device, options.probe);
    return all_measured;
}

}  // namespace

void add_devices(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "devices", "List OpenCL devices and what small programs show they can do");
    auto options = std::make_shared<DevicesOptions>();
    command->add_flag("--probe", options->probe,
                      "Try every capability again, and say of each why it does not work");
    command->add_flag("--json", options->json,
                      "Print all that is known as JSON, to be sent where the device is unknown");
    command->footer(
        "Examples:  slimbench devices\n"
        "           slimbench devices --probe --json >devices.json\n"
        "A run takes the first discrete GPU, else an integrated one, else the CPU. --device\n"
        "chooses: an index, a kind (cpu, gpu, integrated-gpu, accelerator) or part of a name.");
    command->callback([=, &action] { action = [=] { return list_devices(*options); }; });
}

}  // namespace slimbench
