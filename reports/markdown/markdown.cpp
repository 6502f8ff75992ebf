// The Markdown report: the answer first, then where it comes from. One report per device.
#include <algorithm>

#include <fmt/format.h>

#include "reports/markdown/sections.h"
#include "reports/provenance.h"
#include "reports/table.h"

namespace slimbench {
namespace {

struct DeviceRecords {
    std::string title;
    Records records;
};

// Our rows decide which devices there are. A row without a device (its worker never came up) and a
// peer's row whose fingerprint differs belong to the first.
std::vector<DeviceRecords> by_device(const Records& records) {
    std::vector<DeviceRecords> devices;
    const auto place = [&](const std::string& title) {
        return std::find_if(devices.begin(), devices.end(),
                            [&](const auto& device) { return device.title == title; });
    };
    for (const ResultRecord& record : records)
        if (is_ours(record) && !record.device.is_null() &&
            place(device_title(record)) == devices.end())
            devices.push_back({device_title(record), {}});
    if (devices.empty()) devices.push_back({"unknown device", {}});
    for (const ResultRecord& record : records) {
        const auto own = place(device_title(record));
        (own == devices.end() ? devices.front() : *own).records.push_back(record);
    }
    return devices;
}

std::string build_text(const ResultRecord& record) {
    const std::string commit = text_at(record.build, "commit");
    const std::string version = text_at(record.build, "version");
    return fmt::format("slimbench {} ({})", version.empty() ? "of unknown version" : version,
                       commit.empty() ? "unknown commit" : "commit " + commit);
}

std::string preface(const DeviceRecords& device) {
    const ResultRecord& last = device.records.back();
    std::string remarks;
    for (auto* sentence : {arithmetic_sentence, winograd_sentence})
        if (const std::string text = sentence(device.records); !text.empty()) remarks += " " + text;
    return wrap(fmt::format("Device: **{}**. Measured by {}{}. {}", device.title, build_text(last),
                            last.time.empty() ? "" : ", last row " + last.time,
                            outcome_sentence(device.records))) +
           "\n" +
           wrap(
               "A time is the median of device time, from the first kernel's start to the last "
               "one's end; transfers "
               "and start-up are apart. Only rows whose output was verified show a speed. n/a: not "
               "measured." +
               remarks) +
           "\n";
}

using Section = std::string (*)(const Records&);

std::string render(const Records& records, std::string_view what,
                   std::initializer_list<Section> sections) {
    if (records.empty()) return fmt::format("# slimbench {}\n\nNo records.\n", what);
    std::string text;
    for (const DeviceRecords& device : by_device(records)) {
        if (device.records.empty()) continue;
        const std::string name = text_at(device.records.back().device, "name");
        text += fmt::format("# slimbench {}: {}\n\n", what, name.empty() ? device.title : name);
        text += preface(device);
        for (const Section section : sections) text += section(device.records);
    }
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
}

}  // namespace

std::string report_markdown(const Records& records) {
    return render(
        records, "report",
        {at_a_glance, network_table, precision_gains, joint_gains, savings_table, pyramid_tables,
         published_tables, peer_tables, single_layers, not_measured, provenance});
}

std::string report_details(const Records& records) {
    return render(records, "details", {layer_tables, closure_table, start_up_table, verification});
}

}  // namespace slimbench
