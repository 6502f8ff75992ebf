// Finds and reads network files.
#include "host/suite/network_file.h"

#include <stdexcept>

#include <fmt/core.h>

#include "cmake/embedded_file.h"
#include "host/problem/strict_json.h"
#include "host/suite/near_names.h"

namespace slimbench {
namespace {

Network expand(const std::string& file, std::string_view content, const NetworkOptions& options) {
    return expand_network(parse_json_file(file, content), file, options);
}

}  // namespace

Network load_network(const std::string& name_or_path, const NetworkOptions& options) {
    if (name_or_path.ends_with(".json"))
        return expand(name_or_path, read_text_file(name_or_path), options);
    const std::string wanted = fmt::format("networks/{}.json", name_or_path);
    for (const EmbeddedFile& file : suite_files())
        if (file.path == wanted) return expand(wanted, file.content, options);
    std::vector<std::string> known;
    for (const NetworkEntry& entry : shipped_networks()) known.push_back(entry.name);
    throw std::runtime_error(
        fmt::format("unknown network '{}': {}", name_or_path, suggest_names(name_or_path, known)));
}

std::vector<NetworkEntry> shipped_networks() {
    std::vector<NetworkEntry> entries;
    for (const EmbeddedFile& file : suite_files()) {
        if (!file.path.starts_with("networks/")) continue;
        const nlohmann::json document = parse_json_file(std::string(file.path), file.content);
        entries.push_back({document.at("name"), document.at("about")});
    }
    return entries;
}

}  // namespace slimbench
