// `slimbench list`: what can be named on the command line.
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/cli/commands.h"
#include "host/kernel/variant.h"
#include "host/suite/network_file.h"
#include "host/suite/pruning_file.h"
#include "host/suite/suite_file.h"

namespace slimbench {
namespace {

template <class Entry>
void print_entries(const std::vector<Entry>& entries) {
    std::size_t longest = 0;
    for (const Entry& entry : entries) longest = std::max(longest, entry.name.size());
    for (const Entry& entry : entries) fmt::print("{:<{}}  {}\n", entry.name, longest, entry.about);
}

// Counts at each network's own size.
void print_networks() {
    const std::vector<NetworkEntry> entries = shipped_networks();
    std::size_t longest = 0;
    for (const NetworkEntry& entry : entries) longest = std::max(longest, entry.name.size());
    fmt::print("{:<{}}  {:>9}  {:>11}  {:>9}  {:>5}  about\n", "network", longest, "input",
               "params", "GMACs", "convs");
    for (const NetworkEntry& entry : entries) {
        const Network network = load_network(entry.name);
        const Counts counts = count(network);
        const Size size = network.tensors[network.image].shape.size();
        fmt::print("{:<{}}  {:>9}  {:>11}  {:>9.3f}  {:>5}  {}\n", entry.name, longest,
                   fmt::format("{}x{}", size.height, size.width), counts.params,
                   1e-9 * static_cast<double>(counts.macs), counts.convs, entry.about);
    }
}

std::string work_of(const Variant& variant) {
    if (variant.algorithm == Algorithm::gemm)
        return "gathers for CLBlast's matrix product, only by name";
    return fmt::format("tile {} pixels x {} channels", variant.block_pixels(),
                       variant.block_filters());
}

std::string needs_of(const Variant& variant) {
    std::vector<std::string_view> needs;
    if (variant.tier != Tier::portable) needs.push_back(name(variant.tier));
    for (const Capability needed : all_capabilities)
        if (variant.needs.has(needed)) needs.push_back(title(needed));
    if (needs.empty()) return variant.made_for_gpus() ? "made for GPUs" : "any device";
    return fmt::format(
        "needs {}{}{}", fmt::join(needs, "; "),
        variant.unproven ? "; unproven: --unproven takes it" : "",
        variant.vendor.empty() ? "" : fmt::format("; by default on {} alone", variant.vendor));
}

void print_kernels() {
    std::size_t longest = 0;
    for (const Variant& variant : registry()) longest = std::max(longest, variant.name.size());
    for (const Variant& variant : registry())
        fmt::print("{:<{}}  kernels/{}  {}, {}\n", variant.name, longest, variant.source,
                   work_of(variant), needs_of(variant));
}

int list(const std::string& what) {
    if (what == "networks") print_networks();
    if (what == "prunings") print_entries(shipped_prunings());
    if (what == "suites") print_entries(shipped_suites());
    if (what == "kernels") print_kernels();
    return all_measured;
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("list", "List networks, prunings, suites or kernels");
    auto what = std::make_shared<std::string>();
    command->add_option("what", *what, "networks, prunings, suites or kernels")
        ->required()
        ->check(CLI::IsMember({"networks", "prunings", "suites", "kernels"}));
    command->footer(
        "Example:  slimbench list networks\n"
        "Kernels stand in order of preference: of a family and precision, the first that may run "
        "does.");
    command->callback([=, &action] { action = [=] { return list(*what); }; });
}

}  // namespace slimbench
