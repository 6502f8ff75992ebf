// `slimbench layer`: single convolutions given as problem text.
#include <memory>

#include <fmt/format.h>

#include "host/cli/commands.h"
#include "host/cli/measuring.h"
#include "host/record/statistics.h"
#include "host/suite/layer_workload.h"
#include "reports/format.h"

namespace slimbench {

namespace {

struct LayerOptions {
    std::vector<std::string> problems;
    bool json = false, cold = false;
};

std::vector<Workload> workloads_of(const LayerOptions& options, const MeasuringOptions& measuring) {
    const auto given = measuring.parsed_precisions();
    const std::vector<Precision> precisions = given.empty() ? std::vector{Precision::fp32} : given;
    std::vector<Workload> workloads;
    for (const std::string& text : options.problems) {
        std::string name;
        const ConvProblem problem = parse_conv_problem(text, &name);
        for (Precision precision : precisions) {
            Workload workload = layer_workload(problem, name, precision);
            workload.rows.layers_cold = options.cold;
            measuring.apply(workload.protocol);
            workloads.push_back(std::move(workload));
        }
    }
    return workloads;
}

class LayerObserver : public RunObserver {
public:
    LayerObserver(bool json, bool quiet) : json_(json), progress_(quiet) {}
    void workload(std::size_t index, std::size_t count, const std::string& id) override {
        progress_.workload(index, count, id);
    }
    void phase(const std::string& text) override { progress_.phase(text); }
    void record(const ResultRecord& record) override {
        if (json_) {
            fmt::print("{}\n", to_json(record).dump());
            std::fflush(stdout);
        } else {
            print_row(record);
        }
    }

private:
    static void print_row(const ResultRecord& record) {
        const RowIdentity& row = record.identity;
        const std::string label =
            fmt::format("{} {} {}{}", row.layer, row.precision, row.implementation,
                        row.cache == CacheState::cold ? " cold" : "");
        if (record.status != Status::measured) {
            fmt::print("{}\n    {}: {}\n", label, name(record.status), record.reason);
            return;
        }
        const Summary time = summarize(record.measurement->device);
        fmt::print("{}\n    {}   {:.4g} GOP/s   {}   verified {} of {}\n", label,
                   format_time(time.median), 2e-9 * static_cast<double>(record.macs) / time.median,
                   record.steps.front().variant, record.verdict.checked, record.verdict.elements);
    }

    bool json_;
    ProgressView progress_;
};

int measure_layers(const LayerOptions& options, const MeasuringOptions& measuring) {
    watch_interrupts();
    LayerObserver observer(options.json, measuring.quiet || options.json);
    return exit_code(run_workloads(workloads_of(options, measuring), measuring.run_options(), {},
                                   observer, interrupted));
}

}  // namespace

void add_layer(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "layer", "Measure single convolutions given in benchdnn's problem syntax");
    auto options = std::make_shared<LayerOptions>();
    command->add_option("problems", options->problems, "Problems, e.g. mb1ic64ih56oc64oh56kh3ph1")
        ->required();
    command->add_flag("--json", options->json, "Print one record per line");
    command->add_flag("--cold", options->cold, "Also measure each with flushed caches");
    auto measuring = add_measuring_options(*command);
    command->footer(
        "Example:  slimbench layer 'mb1ic64ih56oc64oh56kh3ph1' --precision fp32,int8 --peer "
        "onednn\n"
        "Syntax:   mb batch, ic/oc channels, ih/iw oh/ow sizes, kh/kw kernel, sh/sw stride, ph/pw "
        "padding, dh/dw\n"
        "          dilation (0 = dense), g groups; the width follows the height where it is not "
        "given.");
    command->callback(
        [=, &action] { action = [=] { return measure_layers(*options, *measuring); }; });
}

}  // namespace slimbench
