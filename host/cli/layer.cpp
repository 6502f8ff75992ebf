// `slimbench layer`: single convolutions given as problem text, alone or in files.
#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/cli/listed_layers.h"
#include "host/cli/measuring.h"
#include "host/record/record_fields.h"
#include "host/record/roofline.h"
#include "host/record/statistics.h"
#include "reports/format.h"

namespace slimbench {

namespace {

struct LayerOptions {
    std::vector<std::string> problems, files;
    bool json = false, cold = false;
};

class LayerObserver : public RunObserver {
public:
    LayerObserver(const ListedLayers& layers, bool json, bool quiet)
        : layers_(layers), json_(json), progress_(quiet) {}
    void position(std::size_t done, std::size_t rows, const std::string& id) override {
        progress_.position(done, rows, id);
    }
    void phase(const std::string& text) override { progress_.phase(text); }
    void notice(const std::string& text) override { progress_.notice(text); }
    void record(const ResultRecord& record) override {
        if (json_) {
            fmt::print("{}\n", to_json(record).dump());
            std::fflush(stdout);
        } else {
            print_row(record);
        }
    }

private:
    std::string label(const ResultRecord& record) const {
        const RowIdentity& row = record.identity;
        const bool named = !record.steps.empty() && record.steps.front().problem != row.layer;
        const std::int64_t repeats = layers_.repeats.at({row.layer, row.precision});
        return fmt::format("{}{}{} {} {}{}", row.layer,
                           named ? " " + record.steps.front().problem : "",
                           repeats > 1 ? fmt::format(" *{}", repeats) : "", row.precision,
                           row.implementation, row.cache == CacheState::cold ? " cold" : "");
    }

    static std::string roof_text(const ResultRecord& record) {
        const std::optional<double> fraction = fraction_of_roof(record);
        return fraction ? fmt::format("   {} of roof ({})", format_percent(fraction),
                                      enum_name(record.roofline->limit))
                        : "";
    }

    void print_row(const ResultRecord& record) const {
        if (record.status != Status::measured) {
            fmt::print("{}\n    {}: {}\n", label(record), name(record.status), record.reason);
            return;
        }
        const Summary time = summarize(record.measurement->device);
        fmt::print("{}\n    {}   {:.4g} GOP/s{}   {}   verified {} of {}\n", label(record),
                   format_time(time.median), 2e-9 * static_cast<double>(record.macs) / time.median,
                   roof_text(record), record.steps.front().variant, record.verdict.checked,
                   record.verdict.elements);
    }

    const ListedLayers& layers_;
    bool json_;
    ProgressView progress_;
};

int measure_layers(const LayerOptions& options, const MeasuringOptions& measuring) {
    if (options.problems.empty() && options.files.empty())
        throw std::invalid_argument(
            "layer: expected problems or --file; see slimbench layer --help");
    ListedLayers layers = list_layers(options.problems, options.files, measuring);
    for (Workload& workload : layers.workloads) workload.rows.layers_cold = options.cold;
    watch_interrupts();
    LayerObserver observer(layers, options.json, measuring.quiet || options.json);
    return exit_code(
        run_workloads(layers.workloads, measuring.run_options(), {}, observer, interrupted));
}

}  // namespace

void add_layer(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "layer", "Measure single convolutions given as benchdnn and MIOpenDriver write them");
    auto options = std::make_shared<LayerOptions>();
    command->add_option(
        "problems", options->problems,
        "Problems, e.g. mb1ic64ih56oc64oh56kh3ph1 or 'conv -n 1 -c 64 -H 56 -W 56'");
    command
        ->add_option("--file", options->files,
                     "File of problems, one per line; benchdnn's batch files will do")
        ->allow_extra_args(false);
    command->add_flag("--json", options->json, "Print one record per line");
    command->add_flag("--cold", options->cold, "Also measure each with flushed caches");
    auto measuring = add_measuring_options(*command);
    command->footer(
        "Examples:  slimbench layer 'mb1ic64ih56oc64oh56kh3ph1' --precision fp32,int8 --peer "
        "onednn\n"
        "           slimbench layer --file shapes.txt --file more.txt --json\n"
        "           slimbench layer 'conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1'\n"
        "Syntax:    mb batch, ic/oc channels, ih/iw oh/ow sizes, kh/kw kernel, sh/sw stride, ph/pw "
        "padding,\n"
        "           dh/dw dilation (0 = dense), g groups, n\"name\", *N repeats; the width follows "
        "the height\n"
        "           where it is not given. A line of MIOpenDriver is one quoted argument.");
    command->callback(
        [=, &action] { action = [=] { return measure_layers(*options, *measuring); }; });
}

}  // namespace slimbench
