#include "host/run/opencl_vendors.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "host/record/whole_file.h"
#include "host/run/environment.h"

namespace slimbench {

namespace {

namespace fs = std::filesystem;

constexpr const char* library_name = "libnvidia-opencl.so.1";

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<fs::path> declarations_in(const std::string& folder) {
    std::vector<fs::path> files;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(folder, missing))
        if (entry.path().extension() == ".icd") files.push_back(entry.path());
    return files;
}

std::optional<std::string> library_in(const std::vector<std::string>& folders) {
    std::error_code missing;
    for (const std::string& folder : folders)
        if (const fs::path path = fs::path(folder) / library_name; fs::exists(path, missing))
            return path.string();
    return std::nullopt;
}

}  // namespace

VendorPlaces system_places() {
    VendorPlaces places;
    if (const char* path = std::getenv("LD_LIBRARY_PATH")) {
        std::istringstream folders(path);
        for (std::string folder; std::getline(folders, folder, ':');)
            if (!folder.empty()) places.libraries.push_back(folder);
    }
    for (const char* folder :
         {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
          "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/wsl/lib"})
        places.libraries.push_back(folder);
    return places;
}

std::optional<std::string> declare_nvidia(const VendorPlaces& places, const std::string& cache) {
    const std::vector<fs::path> declared = declarations_in(places.declarations);
    for (const fs::path& file : declared)
        if (text_of(file).find("libnvidia-opencl") != std::string::npos) return std::nullopt;
    const auto library = library_in(places.libraries);
    if (!library) return std::nullopt;
    if (cache.empty())
        throw std::runtime_error(*library +
                                 " is declared to no OpenCL loader, and there is no folder to do "
                                 "it in: set SLIMBENCH_CACHE_DIR to one that can be written");
    const fs::path folder = fs::path(cache) / "opencl-vendors";
    fs::create_directories(folder);
    for (const fs::path& file : declared) write_whole_file(folder / file.filename(), text_of(file));
    write_whole_file(folder / "nvidia.icd", *library + "\n");
    return folder.string();
}

void arrange_opencl_vendors() {
    if (const char* value = std::getenv("OCL_ICD_VENDORS"); value && *value) return;
    if (const auto folder = declare_nvidia(system_places(), cache_folder()))
        setenv("OCL_ICD_VENDORS", folder->c_str(), 1);
}

}  // namespace slimbench
