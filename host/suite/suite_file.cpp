// Finds suites and unfolds them: network x batch x pruning x precision.
#include "host/suite/suite_file.h"

#include <filesystem>
#include <stdexcept>

#include <fmt/ranges.h>

#include "cmake/embedded_file.h"
#include "host/problem/fnv1a.h"
#include "host/problem/strict_json.h"
#include "host/suite/near_names.h"
#include "host/suite/network_file.h"
#include "host/suite/pruning_file.h"
#include "host/suite/width_multiplier.h"

namespace slimbench {
namespace {

// Each holds its network; no machine measures so many in a day.
constexpr std::size_t most_workloads = 5000;

struct FileText {
    std::string path;  // as messages show it
    std::string content;
    std::string folder;  // that networks of one's own are looked for in; empty for shipped files
};

FileText find_file(const std::string& name_or_path) {
    if (name_or_path.ends_with(".json"))
        return {name_or_path, read_text_file(name_or_path),
                std::filesystem::path(name_or_path).parent_path().string()};
    std::vector<std::string> known;
    for (const EmbeddedFile& file : suite_files()) {
        const std::filesystem::path path(file.path);
        if (path.parent_path() == "pruning") continue;
        if (path.stem() == name_or_path)
            return {std::string(file.path), std::string(file.content), ""};
        known.push_back(path.stem());
    }
    throw std::runtime_error(fmt::format("unknown suite or network '{}': {}", name_or_path,
                                         suggest_names(name_or_path, known)));
}

struct Axes {
    std::vector<Precision> precisions{all_precisions.begin(), all_precisions.end()};
    std::vector<PruningPlan> prunings{PruningPlan{}};
    std::vector<std::int64_t> batches{1};
    std::vector<double> widths{1.0};
    std::optional<Size> size;
    std::optional<std::int64_t> classes;
};

// What all workloads of a run have in common beside its axes.
struct Measured {
    Protocol protocol;
    Rows rows;
    std::uint64_t seed = 1;
};

Precision read_precision(const JsonPlace& place) {
    if (const auto precision = parse_precision(place.string())) return *precision;
    std::vector<std::string_view> known;
    for (const Precision precision : known_precisions) known.push_back(traits(precision).name);
    place.fail(fmt::format("expected one of {}", fmt::join(known, ", ")));
}

// A path is meant relative to the suite that names it.
std::string beside(const FileText& suite, const std::string& name) {
    const bool path = name.ends_with(".json");
    return path ? (std::filesystem::path(suite.folder) / name).string() : name;
}

PruningPlan read_pruning(const JsonPlace& place, const FileText& suite) {
    try {
        return load_pruning(beside(suite, place.string()));
    } catch (const std::exception& error) {
        place.fail(error.what());
    }
}

std::int64_t read_batch(const JsonPlace& place) {
    return place.integer(1, 65536);
}

double read_width(const JsonPlace& place) {
    return place.number(least_width, most_width);
}

template <class Read>
auto read_list(const JsonPlace& place, Read read) {
    std::vector<decltype(read(place))> values;
    for (const JsonPlace& item : place.items()) values.push_back(read(item));
    if (values.empty()) place.fail("expected at least one value");
    return values;
}

Size read_size(const JsonPlace& place) {
    const auto extents =
        read_list(place, [](const JsonPlace& item) { return item.integer(1, 65536); });
    if (extents.size() != 2) place.fail("expected [height, width]");
    return {extents[0], extents[1]};
}

Axes read_axes(const JsonPlace& run, const FileText& suite) {
    Axes axes;
    if (const auto place = run.find("precisions"))
        axes.precisions = read_list(*place, read_precision);
    if (const auto place = run.find("prunings"))
        axes.prunings =
            read_list(*place, [&](const JsonPlace& item) { return read_pruning(item, suite); });
    if (const auto place = run.find("batches")) axes.batches = read_list(*place, read_batch);
    if (const auto place = run.find("widths")) axes.widths = read_list(*place, read_width);
    if (const auto place = run.find("size")) axes.size = read_size(*place);
    if (const auto place = run.find("classes")) axes.classes = place->integer(1, 1'000'000);
    return axes;
}

void read_protocol(const JsonPlace& parent, Protocol& protocol) {
    const auto place = parent.find("protocol");
    if (!place) return;
    place->require_object({"warm_up", "min_time", "min_samples", "time_limit"});
    constexpr double hour = 3600;
    if (const auto value = place->find("warm_up")) protocol.warm_up = value->number(0, hour);
    if (const auto value = place->find("min_time")) protocol.min_time = value->number(0, hour);
    if (const auto value = place->find("min_samples"))
        protocol.min_samples = static_cast<int>(value->integer(1, 1'000'000));
    if (const auto value = place->find("time_limit"))
        protocol.time_limit = value->number(1, 24 * hour);
}

Rows read_rows(const JsonPlace& run) {
    const auto place = run.find("rows");
    if (!place) return {};
    Rows rows{.forward = false};
    const auto read = [](const JsonPlace& row) {
        return row.choice({"forward", "layers_hot", "layers_cold"});
    };
    for (const std::size_t which : read_list(*place, read))
        (which == 0 ? rows.forward : which == 1 ? rows.layers_hot : rows.layers_cold) = true;
    return rows;
}

void replace_axes(Axes& axes, const SuiteOverrides& overrides) {
    if (!overrides.precisions.empty()) axes.precisions = overrides.precisions;
    if (!overrides.prunings.empty()) axes.prunings = overrides.prunings;
    if (!overrides.batches.empty()) axes.batches = overrides.batches;
    if (!overrides.widths.empty()) axes.widths = overrides.widths;
    if (overrides.size) axes.size = overrides.size;
    if (overrides.classes) axes.classes = overrides.classes;
}

// All prunings and precisions of one network.
void append_network(Suite& suite, const std::string& network_name, const NetworkOptions& options,
                    const Axes& axes, const Measured& measured) {
    const Network network = load_network(network_name, options);
    const std::int64_t macs_unpruned = count(network).macs;
    for (const PruningPlan& pruning : axes.prunings) {
        Workload workload{.network_name = network.name,
                          .network_source = network_name,
                          .pruning = pruning,
                          .batch = options.batch,
                          .size = network.tensors[network.image].shape.size(),
                          .classes = options.classes,
                          .width = options.width,
                          .seed = measured.seed,
                          .protocol = measured.protocol,
                          .rows = measured.rows,
                          .network = prune(network, pruning),
                          .macs_unpruned = macs_unpruned};
        for (const Precision precision : axes.precisions) {
            workload.precision = precision;
            suite.workloads.push_back(workload);
        }
        if (suite.workloads.size() > most_workloads)
            throw std::runtime_error(
                fmt::format("the axes span more than {} workloads; make several suites of them",
                            most_workloads));
    }
}

void append_workloads(Suite& suite, const std::string& network_name, Axes axes, Measured measured,
                      const SuiteOverrides& overrides) {
    replace_axes(axes, overrides);
    if (overrides.min_time) measured.protocol.min_time = *overrides.min_time;
    for (const double width : axes.widths)
        for (const std::int64_t batch : axes.batches)
            append_network(
                suite, network_name,
                {.size = axes.size, .batch = batch, .classes = axes.classes, .width = width}, axes,
                measured);
}

void append_runs(Suite& suite, const JsonPlace& document, const FileText& file,
                 const SuiteOverrides& overrides) {
    document.require_object({"name", "about", "protocol", "runs"});
    suite.name = document.at("name").string();
    Protocol protocol;
    read_protocol(document, protocol);
    for (const JsonPlace& run : document.at("runs").items()) {
        run.require_object({"network", "size", "classes", "widths", "batches", "prunings",
                            "precisions", "rows", "seed", "protocol"});
        Measured measured{.protocol = protocol, .rows = read_rows(run)};
        read_protocol(run, measured.protocol);
        if (const auto seed = run.find("seed"))
            measured.seed = static_cast<std::uint64_t>(seed->integer(0, INT64_MAX));
        const std::string network = beside(file, run.at("network").string());
        const Axes axes = read_axes(run, file);
        try {
            append_workloads(suite, network, axes, measured, overrides);
        } catch (const std::exception& error) {
            run.fail(error.what());
        }
    }
}

}  // namespace

Suite load_suite(const std::string& name_or_path, const SuiteOverrides& overrides) {
    const FileText file = find_file(name_or_path);
    const nlohmann::json document = parse_json_file(file.path, file.content);
    const JsonPlace place(document, file.path);
    Suite suite{.name = {}, .hash = fnv1a(file.content), .workloads = {}};
    if (place.has("layers")) {
        append_workloads(suite, name_or_path, Axes{}, Measured{}, overrides);
        suite.name = suite.workloads.front().network_name;
    } else {
        append_runs(suite, place, file, overrides);
    }
    if (suite.workloads.empty()) place.fail("this suite measures nothing: 'runs' is empty");
    return suite;
}

std::vector<SuiteEntry> shipped_suites() {
    std::vector<SuiteEntry> entries;
    for (const EmbeddedFile& file : suite_files()) {
        if (file.path.find('/') != file.path.npos) continue;
        const nlohmann::json document = parse_json_file(std::string(file.path), file.content);
        entries.push_back({document.at("name"), document.at("about")});
    }
    return entries;
}

}  // namespace slimbench
