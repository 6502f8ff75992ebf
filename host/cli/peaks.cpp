// `slimbench peaks`: what a device can do at best.
#include <memory>
#include <string>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/run/device_peaks.h"
#include "reports/format.h"
#include "reports/peaks_table.h"
#include "reports/provenance.h"

namespace slimbench {

namespace {

struct PeaksOptions {
    std::string device;
    bool json = false, force = false;
};

int show_peaks(const PeaksOptions& options) {
    const DevicePeaks found =
        device_peaks(options.device, options.force ? PeaksWanted::anew : PeaksWanted::known, {});
    if (options.json) {
        nlohmann::json json = to_json(found.peaks);
        json["device"] = found.device;
        fmt::print("{}\n", json.dump(2));
    } else {
        fmt::print("{}, measured {}\n\n{}", device_title(found.device), found.peaks.time,
                   peaks_table(found.peaks));
    }
    return all_measured;
}

}  // namespace

void add_peaks(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("peaks", "Measure what a device can do at best: the roofline of rows");
    auto options = std::make_shared<PeaksOptions>();
    command->add_option(
        "--device", options->device,
        "Device: index, kind (cpu, gpu) or part of its name (see slimbench devices)");
    command->add_flag("--json", options->json, "Print JSON");
    command->add_flag("--force", options->force,
                      "Measure again instead of printing what an earlier run has kept");
    command->footer(
        "Example:  slimbench peaks --force\n"
        "Peaks are kept per device, driver and probes in the cache folder; runs hold their rows "
        "against them.");
    command->callback([=, &action] { action = [=] { return show_peaks(*options); }; });
}

}  // namespace slimbench
