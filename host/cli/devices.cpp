// `slimbench devices`: which OpenCL devices there are and which one a run takes.
#include <memory>

#include <fmt/format.h>

#include "host/cl/device.h"
#include "host/cli/commands.h"
#include "host/run/environment.h"

namespace slimbench {

namespace {

std::string gib(std::uint64_t bytes) {
    return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1u << 30));
}

void print_device(std::size_t index, const DeviceTraits& device, bool is_default) {
    fmt::print("{}: {}{}\n", index, device.name, is_default ? "   (default)" : "");
    fmt::print("   platform  {} ({})\n", device.platform, device.driver_version);
    fmt::print("   type      {}, {} compute units, kernel tier {}\n", name(device.kind),
               device.compute_units, name(device.tier));
    fmt::print("   memory    {}, largest buffer {}\n", gib(device.global_memory),
               gib(device.largest_allocation));
}

int list_devices(bool json) {
    const auto devices = find_devices();
    const auto chosen = select_device("").handle;
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const bool is_default = devices[i].handle() == chosen();
        if (!json) {
            print_device(i, devices[i].traits, is_default);
            continue;
        }
        list.push_back(device_fingerprint(devices[i].traits));
        list.back().update({{"index", i}, {"default", is_default}});
    }
    if (json) fmt::print("{}\n", list.dump(2));
    return all_measured;
}

}  // namespace

void add_devices(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("devices", "List OpenCL devices and the kernel tier each one runs");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "Print JSON");
    command->footer(
        "Example:  slimbench devices\n"
        "A run takes the first GPU, else the CPU; --device INDEX, cpu, gpu or part of a name "
        "chooses.");
    command->callback([=, &action] { action = [=] { return list_devices(*json); }; });
}

}  // namespace slimbench
