// Finds and reads plans of pruning.
#include "host/suite/pruning_file.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/core.h>

#include "cmake/embedded_file.h"
#include "host/problem/strict_json.h"
#include "host/suite/near_names.h"

namespace slimbench {
namespace {

// Names stand in ids, between slashes, and in lists on command lines.
std::string read_plan_name(const JsonPlace& place) {
    const std::string name = place.string();
    const bool plain = std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
    });
    if (name.empty() || name == "none" || !plain)
        place.fail("expected a name of letters, digits, '_', '-' and '.' other than none");
    return name;
}

PruningRule read_rule(const JsonPlace& place) {
    place.require_object({"of", "ratio"});
    PruningRule rule{.of = {},
                     .keep = place.at("ratio").number(0, 1),
                     .place = fmt::format("{}: {}", place.file(), place.path())};
    if (rule.keep == 0) place.at("ratio").fail("expected a number above 0: a group never vanishes");
    const JsonPlace of = place.at("of");
    if (of.value().is_string()) {
        rule.of.push_back(of.string());
    } else {
        for (const JsonPlace& name : of.items()) rule.of.push_back(name.string());
        if (rule.of.empty()) of.fail("expected at least one name");
    }
    return rule;
}

PruningPlan read_plan(const std::string& file, std::string_view content) {
    const nlohmann::json document = parse_json_file(file, content);
    const JsonPlace place(document, file);
    place.require_object({"name", "about", "multiple_of", "keep"});
    place.at("about").string();
    PruningPlan plan{.name = read_plan_name(place.at("name"))};
    if (const auto multiple = place.find("multiple_of"))
        plan.multiple_of = multiple->integer(1, 1024);
    for (const JsonPlace& rule : place.at("keep").items()) plan.rules.push_back(read_rule(rule));
    if (plan.rules.empty()) place.at("keep").fail("expected at least one rule");
    return plan;
}

}  // namespace

PruningPlan load_pruning(const std::string& text) {
    if (text.ends_with(".json")) {
        PruningPlan plan = read_plan(text, read_text_file(text));
        plan.source = text;
        return plan;
    }
    if (text == "none" || text.find('@') != text.npos) return parse_pruning(text);
    const std::string wanted = fmt::format("pruning/{}.json", text);
    for (const EmbeddedFile& file : suite_files())
        if (file.path == wanted) {
            PruningPlan plan = read_plan(wanted, file.content);
            plan.source = text;
            return plan;
        }
    std::vector<std::string> known;
    for (const PruningEntry& entry : shipped_prunings()) known.push_back(entry.name);
    throw std::invalid_argument(
        fmt::format("pruning '{}': expected none, NAME@RATIO such as all@0.5, a .json file or the "
                    "name of a plan: {}",
                    text, suggest_names(text, known)));
}

std::vector<PruningEntry> shipped_prunings() {
    std::vector<PruningEntry> entries;
    for (const EmbeddedFile& file : suite_files()) {
        if (!file.path.starts_with("pruning/")) continue;
        const nlohmann::json document = parse_json_file(std::string(file.path), file.content);
        entries.push_back({document.at("name"), document.at("about")});
    }
    return entries;
}

}  // namespace slimbench
