// Which drivers the OpenCL loader looks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace slimbench {

// Where drivers are declared, and where libraries are looked for, on this system.
struct VendorPlaces {
    std::string declarations = "/etc/OpenCL/vendors";
    std::vector<std::string> libraries;
};
VendorPlaces system_places();  // libraries: LD_LIBRARY_PATH, then where distributions put them

// NVIDIA's containers bring the driver's library and not the file that declares it, without which
// no loader finds it. Where that is so, writes the missing file and copies of the others to a
// folder under `cache`, and returns that folder: what OCL_ICD_VENDORS must name before OpenCL is
// loaded. Nothing where the driver is declared, or not there. Throws std::runtime_error when the
// folder cannot be written.
std::optional<std::string> declare_nvidia(const VendorPlaces& places, const std::string& cache);

// The same on this system and for this process and its children, unless OCL_ICD_VENDORS says where
// the loader shall look. (OCL_ICD_FILENAMES does not stand in the way: Khronos' loader adds those
// to what it finds, ocl-icd does not look at it.) Call it before OpenCL is loaded.
void arrange_opencl_vendors();

}  // namespace slimbench
