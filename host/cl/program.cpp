#include "host/cl/program.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "cmake/embedded_file.h"
#include "host/kernel/packing.h"
#include "host/problem/fnv1a.h"

namespace slimbench {

namespace {

std::string read_override(const std::string& folder, std::string_view file) {
    const std::string path = fmt::format("{}/{}", folder, file);
    std::ifstream stream(path);
    if (!stream)
        throw std::runtime_error(fmt::format("SLIMBENCH_KERNEL_DIR: cannot read {}", path));
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::string file_text(std::string_view file) {
    const char* folder = std::getenv("SLIMBENCH_KERNEL_DIR");
    if (folder && *folder) return read_override(folder, file);
    for (const EmbeddedFile& embedded : kernel_files())
        if (embedded.path == fmt::format("cl/{}", file)) return std::string(embedded.content);
    throw std::logic_error(fmt::format("kernel file {} is not embedded in this binary", file));
}

// The file named by an `#include "name"` line, or nothing.
std::string_view included(std::string_view line) {
    constexpr std::string_view directive = "#include \"";
    if (!line.starts_with(directive)) return {};
    line.remove_prefix(directive.size());
    return line.substr(0, line.find('"'));
}

void append(std::string& out, std::string_view file, std::set<std::string, std::less<>>& done) {
    if (!done.insert(std::string(file)).second) return;
    out += fmt::format("#line 1 \"{}\"\n", file);
    std::istringstream lines(file_text(file));
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        const std::string_view name = included(line);
        if (name.empty()) {
            out += line + '\n';
            continue;
        }
        append(out, name, done);
        out += fmt::format("#line {} \"{}\"\n", number + 1, file);
    }
}

}  // namespace

std::string kernel_source(std::string_view file) {
    std::string source;
    std::set<std::string, std::less<>> done;
    append(source, file, done);
    return source;
}

std::string kernel_source_hash() {
    Fnv1a hash;
    for (const EmbeddedFile& embedded : kernel_files())
        hash.add(file_text(embedded.path.substr(3)));
    return hash.text();
}

std::string probe_hash() {
    Fnv1a hash;
    for (const Probe& probe : probes()) {
        hash.add(kernel_source(probe.source));
        hash.add(probe.build_options());
    }
    return hash.text();
}

std::string variant_hash(Family family, Precision precision) {
    Fnv1a hash;
    for (const Variant& row : registry()) {
        if (row.family != family || !row.computes_in(precision)) continue;
        hash.add(row.name);
        hash.add(row.build_options());
        hash.add(kernel_source(row.source));
    }
    return hash.text();
}

std::set<std::string> variant_hashes() {
    std::set<std::string> hashes;
    for (const Variant& row : registry())
        for (const Precision precision : all_precisions)
            if (row.computes_in(precision)) hashes.insert(variant_hash(row.family, precision));
    return hashes;
}

cl::Kernel ProgramCache::kernel(const Variant& variant) {
    return build({std::string(variant.name), std::string(variant.source), variant.build_options(),
                  entry_point(variant)});
}

cl::Kernel ProgramCache::kernel(const Probe& probe) {
    return build({fmt::format("probe {}", name(probe.quantity)), std::string(probe.source),
                  probe.build_options(), probe.entry_point()});
}

cl::Kernel ProgramCache::build(const Source& source) {
    const std::string key = fmt::format("{} {}", source.file, source.options);
    auto program = programs_.find(key);
    if (program == programs_.end()) {
        const auto started = std::chrono::steady_clock::now();
        cl::Program built(device_.context(), kernel_source(source.file));
        try {
            built.build(device_.handle(), source.options.c_str());
        } catch (const cl::Error& error) {
            throw std::runtime_error(
                fmt::format("{}: building {} failed with {}:\n{}", source.name, source.file,
                            error_name(error.err()),
                            built.getBuildInfo<CL_PROGRAM_BUILD_LOG>(device_.handle())));
        }
        build_seconds_ +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
        program = programs_.emplace(key, std::move(built)).first;
    }
    return cl::Kernel(program->second, source.entry_point.c_str());
}

}  // namespace slimbench
