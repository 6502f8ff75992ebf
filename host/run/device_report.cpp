#include "host/run/device_report.h"

#include <cstdlib>

#include <fmt/format.h>

#include "host/cl/device.h"
#include "host/kernel/capability_probe.h"
#include "host/kernel/device_selection.h"
#include "host/run/environment.h"
#include "host/run/opencl_vendors.h"

namespace slimbench {

namespace {

nlohmann::json variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? nlohmann::json(value) : nlohmann::json();
}

// Both ways of learning about a device may end its driver's process.
nlohmann::json asked(std::size_t index, DeviceWorkers::Probing probing,
                     const volatile bool& interrupted) try {
    const auto worker = DeviceWorkers({std::to_string(index)}, interrupted, probing).start();
    nlohmann::json device = worker->hello().at("device");
    device["findings"] = worker->hello().at("findings");
    try {
        const auto deadline = std::chrono::steady_clock::now() + probe_time_limit;
        device["statements"] = worker->statements(deadline);
    } catch (const Interrupted&) {
        throw;
    } catch (const std::exception& error) {
        device["fault"] = fmt::format("does not describe itself: {}", error.what());
    }
    return device;
} catch (const Interrupted&) {
    throw;
} catch (const std::exception& error) {
    return {{"fault", error.what()}};
}

}  // namespace

nlohmann::json device_report(DeviceWorkers::Probing probing, const volatile bool& interrupted) {
    arrange_opencl_vendors();
    std::vector<DeviceTraits> all;
    for (const FoundDevice& found : find_devices()) all.push_back(found.traits);
    const std::size_t chosen = select(all, "");
    nlohmann::json devices = nlohmann::json::array();
    for (std::size_t i = 0; i < all.size(); ++i) {
        nlohmann::json device = device_fingerprint(all[i]);
        device.update({{"index", i},
                       {"default", i == chosen},
                       {"findings", nlohmann::json::array()},
                       {"statements", nullptr},
                       {"fault", nullptr}});
        device.update(asked(i, probing, interrupted));
        const Capabilities capabilities = traits_from(device).capabilities;
        device.update(
            {{"half", half_tier(capabilities)},
             {"dot_product", dot_product_tier(capabilities)},
             {"matrix_units", all[i].tier == Tier::amx ? "amx s8" : matrix_unit_tier(capabilities)},
             {"subgroups", subgroup_tier(capabilities)}});
        devices.push_back(std::move(device));
    }
    return {{"build", build_description()},
            {"environment", environment_description()},
            {"loader",
             {{"OCL_ICD_VENDORS", variable("OCL_ICD_VENDORS")},
              {"OCL_ICD_FILENAMES", variable("OCL_ICD_FILENAMES")}}},
            {"devices", std::move(devices)}};
}

}  // namespace slimbench
