// Kernel sources and the programs built of them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "host/cl/device.h"
#include "host/kernel/probe.h"
#include "host/kernel/variant.h"

namespace slimbench {

// A kernel file with its #include lines replaced by the files they name, #line kept so that build
// logs name real files. Files come from the binary; the folder named by SLIMBENCH_KERNEL_DIR, if
// set, replaces them while developing.
std::string kernel_source(std::string_view file);

// 64-bit FNV-1a of all kernel files as they are in use, in hexadecimal: what a measurement's
// numbers were made with.
std::string kernel_source_hash();

// The same of the probes' sources and rows: what a device's ceilings were found with.
std::string probe_hash();

// One hash of the sources and rows that compute each family in each precision: what variants are
// compared, and how each computes.
std::set<std::string> variant_hashes();
std::string variant_hash(Family family, Precision precision);

// Builds each program once per device; kernels come out ready to receive arguments.
class ProgramCache {
public:
    explicit ProgramCache(Device& device) : device_(device) {}

    // Throws std::runtime_error with the variant's or probe's name, the file and the compiler's
    // log.
    cl::Kernel kernel(const Variant& variant);
    cl::Kernel kernel(const Probe& probe);
    double build_seconds() const { return build_seconds_; }

private:
    // What to build, and how to call it in messages.
    struct Source {
        std::string name, file, options, entry_point;
    };
    cl::Kernel build(const Source& source);

    Device& device_;
    std::map<std::string, cl::Program> programs_;
    double build_seconds_ = 0;
};

}  // namespace slimbench
