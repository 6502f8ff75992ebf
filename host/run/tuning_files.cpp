#include "host/run/tuning_files.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "cmake/embedded_file.h"
#include "host/cl/matrix_product.h"
#include "host/cl/program.h"
#include "host/problem/strict_json.h"
#include "host/record/whole_file.h"
#include "host/run/environment.h"

namespace slimbench {

std::string tuning_device(const DeviceTraits& device) {
    return fmt::format("{} | {} | {} | {} | {} compute units | clblast {}", device.platform,
                       device.name, device.driver_version, name(device.tier), device.compute_units,
                       clblast_version());
}

TuningTable shipped_tuning() {
    TuningTable table;
    for (const EmbeddedFile& file : tuning_files())
        table.take(parse_tuning(fmt::format("tuning/{}", file.path), file.content));
    return table;
}

std::string user_tuning_path() {
    if (const char* own = std::getenv("SLIMBENCH_TUNING")) return own;
    const std::string folder = cache_folder();
    return folder.empty() ? "" : folder + "/tuning.json";
}

TuningTable read_tuning(const std::string& path) {
    if (path.empty() || !std::filesystem::exists(path)) return {};
    try {
        return parse_tuning(path, read_text_file(path));
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(fmt::format(
            "{}; mend or remove the file, or leave it unread with --no-tuning", error.what()));
    }
}

void write_tuning(const std::string& path, const TuningTable& table) {
    write_whole_file(path, table.text());
}

TunedChoices tuned_choices(const TuningTable& table, const DeviceTraits& device,
                           Precision precision) {
    if (table.size() == 0) return {};
    static const std::set<std::string> kernels = variant_hashes();
    return table.choices(tuning_device(device), kernels, traits(precision).name);
}

}  // namespace slimbench
