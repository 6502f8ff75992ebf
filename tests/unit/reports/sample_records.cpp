#include "tests/unit/reports/sample_records.h"

#include <array>

#include <fmt/format.h>

#include "host/record/roofline.h"
#include "tests/unit/record/peaks.h"

namespace slimbench {
namespace {

// Ten samples around a median, the same for every row: golden files must not move.
std::vector<double> samples(double median) {
    std::vector<double> values;
    for (const double factor : {1.02, 1.0, 0.99, 1.01, 1.0, 0.995, 1.005, 1.0, 1.03, 0.98})
        values.push_back(median * factor);
    return values;
}

Verdict verdict(const std::string& precision, std::int64_t elements) {
    if (precision == "int8")
        return {Verdict::Result::correct, elements, elements, "exact", 0, "", false};
    const std::int64_t checked = std::min<std::int64_t>(elements, 65536);
    return {Verdict::Result::correct,
            checked,
            elements,
            "|e| <= 4 sqrt(K) eps sum|x||w| + 1 ulp",
            0.0625,
            "n0 c0 y0 x0",
            checked == elements};
}

ResultRecord record(const std::string& network, std::int64_t height, std::int64_t width,
                    const std::string& precision, const std::string& pruning) {
    ResultRecord row;
    row.identity.network = network;
    row.identity.pruning = pruning;
    row.identity.precision = precision;
    row.identity.height = height;
    row.identity.width = width;
    row.repro = fmt::format("slimbench run {} --size {}x{} --precision {} --prune {}", network,
                            height, width, precision, pruning);
    row.status = Status::measured;
    row.time = "2026-01-02T03:04:05Z";
    row.suite = "sample";
    row.suite_hash = "5a11";
    row.compute = compute_name(parse_precision(precision).value_or(Precision::fp32));
    if (precision == "int8") row.quantization_source = "max calibration, 1 synthetic image, seed 1";
    row.device = {{"platform", "Sample Computing Language"},
                  {"name", "Sample CPU"},
                  {"driver", "3.1"},
                  {"tier", "avx512_vnni"},
                  {"compute_units", 2},
                  {"global_memory", 16'000'000'000}};
    row.environment = {
        {"os", "Debian GNU/Linux 12"},
        {"cpu", "Sample CPU @ 2.0 GHz"},
        {"threads", 2},
        {"cpu_mhz", "2000.000"},
        {"pocl_affinity", "1"},
        {"caches", {{{"type", "Data"}, {"level", "1"}, {"size", "48K"}, {"shared_by", "0-1"}}}}};
    row.build = {{"version", "0.1.0"},
                 {"commit", "c0ffee"},
                 {"compiler", "GNU 12.2.0"},
                 {"kernel_hash", "beef"}};
    return row;
}

void set_times(ResultRecord& row, double seconds) {
    row.measurement = Measurement{samples(seconds), samples(seconds * 1.01 + 20e-6), {}, 0.25};
    row.verdict = verdict("int8", 1'000'000);
}

StepRecord step(const std::string& layer, const std::string& block, std::optional<int> level,
                std::int64_t macs, double seconds, const std::string& precision) {
    StepRecord made;
    made.layers = {layer, layer + ".relu"};
    made.block = block;
    made.level = level;
    made.kind = "conv";
    made.problem = "mb1ic64ih56iw56oc64oh56ow56kh3kw3sh1sw1ph1pw1dh0dw0";
    made.variant = "conv_blocked_" + precision;
    made.macs = macs;
    made.executed_macs = macs + macs / 16;
    made.bytes = 1'750'000;
    made.written_bytes = 800'000;
    made.weight_bytes = 150'000;
    made.samples = samples(seconds);
    made.verdict = verdict(precision, 200'704);
    return made;
}

// ---- the pyramid

struct Block {
    const char* name;
    double gmacs, halved;  // at level 0; halved when pruned
};
constexpr std::array<Block, 6> blocks{{{"stem", 4.93, 2.47},
                                       {"block1", 28.99, 7.25},
                                       {"block2", 36.51, 9.13},
                                       {"block3", 55.84, 13.96},
                                       {"block4", 26.84, 6.71},
                                       {"skips", 0.94, 0.47}}};

double gmacs_of(const Block& block, const std::string& pruning) {
    const bool first = std::string_view(block.name) < "block3";
    if (pruning == "none" ||
        (pruning == "first2@0.5" && !first && std::string_view(block.name) != "stem"))
        return block.gmacs;
    return block.halved;
}

// Adds steps and spans of one level; returns its time.
double add_level(ResultRecord& row, int level, double gmacs_per_second) {
    const double area = 1.0 / static_cast<double>(1 << (2 * level));
    double forward = 0, backbone = 0;
    for (const Block& block : blocks) {
        const double gmacs = gmacs_of(block, row.identity.pruning) * area;
        const double seconds = gmacs / gmacs_per_second + 1e-4;
        const auto macs = static_cast<std::int64_t>(gmacs * 1e9);
        row.spans.push_back({level, block.name, macs, samples(seconds)});
        row.steps.push_back(step(fmt::format("L{}.{}", level, block.name), block.name, level, macs,
                                 seconds, row.identity.precision));
        forward += seconds;
        if (std::string_view(block.name) != "skips") backbone += seconds;
    }
    row.spans.push_back({level, "forward", 0, samples(forward)});
    row.spans.push_back({level, "backbone", 0, samples(backbone)});
    return forward;
}

ResultRecord pyramid(const std::string& precision, const std::string& pruning) {
    ResultRecord row = record("swiftnet_rn34_pyramid", 1024, 2048, precision, pruning);
    const double rate = precision == "fp32" ? 60 : precision == "fp16" ? 66 : 170;
    double total = 0;
    for (int level = 0; level < 3; ++level) total += add_level(row, level, rate);
    for (const auto& [part, seconds] : {std::pair{"image_pyramid", 0.4},
                                        {"decoder", 7.05},
                                        {"logits", 0.63},
                                        {"upsample", 1.2}}) {
        row.spans.push_back({std::nullopt, part, 0, samples(seconds / rate)});
        row.steps.push_back(step(part, part, std::nullopt, 0, seconds / rate, precision));
        total += seconds / rate;
    }
    set_times(row, total * 1.002);
    const bool first = pruning == "first2@0.5", none = pruning == "none";
    row.params = none ? 22'040'278 : first ? 20'857'526 : 6'010'806;
    row.macs = none ? 209'234'952'192 : first ? 139'409'227'776 : 59'520'319'488;
    row.macs_unpruned = 209'234'952'192;
    row.executed_macs = row.macs + row.macs / 50;
    row.weight_bytes = row.params * (precision == "fp32" ? 4 : precision == "fp16" ? 2 : 1);
    row.memory_peak = 700'000'000;
    row.upload = samples(2e-3);
    row.download = samples(60e-3);
    row.start_up = {
        .build = 4.2, .upload = 0.05, .first_inference = total * 1.3, .calibrate = std::nullopt};
    if (precision == "int8") row.start_up.calibrate = 12.5;
    put_roofline(row, round_peaks());
    return row;
}

// ---- the classifier

struct Layer {
    const char* name;
    std::int64_t macs;
    double fp32, peer;  // seconds
};
constexpr std::array<Layer, 3> layers{{{"conv1", 118'013'952, 2.0e-3, 1.5e-3},
                                       {"layer1.0.conv1", 115'605'504, 1.2e-3, 1.3e-3},
                                       {"layer4.1.conv2", 115'605'504, 1.6e-3, 1.1e-3}}};

ResultRecord layer_row(const Layer& layer, const std::string& precision, CacheState cache,
                       const std::string& by) {
    ResultRecord row = record("resnet18", 224, 224, precision, "none");
    row.identity.kind = RowKind::layer;
    row.identity.layer = layer.name;
    row.identity.cache = cache;
    row.identity.implementation = by;
    const double gain = precision == "int8" ? 0.4 : 1, wait = cache == CacheState::cold ? 1.25 : 1;
    const double seconds = (by == "onednn" ? layer.peer : layer.fp32) * gain * wait;
    set_times(row, seconds);
    row.steps = {step(layer.name, "block", std::nullopt, layer.macs, seconds, precision)};
    if (by == "onednn") {
        row.steps[0].variant = "jit:avx512_core";
        row.measurement->device.clear();
    }
    put_roofline(row, round_peaks());
    return row;
}

// A peer that computes on our device, and refuses some of it.
ResultRecord clblast_row(const std::string& precision) {
    ResultRecord row = layer_row(layers[1], precision, CacheState::hot, "clblast");
    set_times(row, 12 * layers[1].fp32);
    row.steps[0].variant = "clblast_vector.fp32";
    if (precision != "int8") return row;
    row.status = Status::unsupported;
    row.reason = "no kernel named 'clblast' computes conv in int8";
    row.steps.clear();
    row.measurement.reset();
    return row;
}

ResultRecord classifier(const std::string& precision) {
    ResultRecord row = record("resnet18", 224, 224, precision, "none");
    const double gain = precision == "int8" ? 0.4 : 1;
    double total = 0;
    for (const Layer& layer : layers) {
        row.steps.push_back(step(layer.name, "block", std::nullopt, layer.macs,
                                 layer.fp32 * gain * 1.05, precision));
        total += layer.fp32 * gain * 1.05;
    }
    set_times(row, total * 1.03);
    row.measurement->flags =
        precision == "int8" ? std::vector<std::string>{"trend"} : std::vector<std::string>{};
    row.params = 11'689'512;
    row.macs = row.macs_unpruned = row.executed_macs = 1'814'073'344;
    row.weight_bytes = row.params * (precision == "fp32" ? 4 : 1);
    row.memory_peak = 60'000'000;
    row.start_up.build = 3.9;
    put_roofline(row, round_peaks());
    return row;
}

// ---- batches

ResultRecord batched(const std::string& precision, const std::string& pruning, std::int64_t batch) {
    ResultRecord row = record("resnet50", 224, 224, precision, pruning);
    row.identity.batch = batch;
    const bool pruned = pruning != "none";
    const double images = static_cast<double>(batch);
    const double gain = precision == "int8" ? 3.5 : precision == "fp16" ? 1.1 : 1;
    set_times(row, (0.001 + 0.016 * images) / gain / (pruned ? 2.9 + 0.2 * gain : 1));
    row.params = pruned ? 7'000'000 : 25'557'032;
    row.macs_unpruned = 4'089'184'256 * batch;
    row.macs = pruned ? row.macs_unpruned / 4 : row.macs_unpruned;
    row.executed_macs = row.macs + row.macs / 32;
    return row;
}

ResultRecord lost(const std::string& network, Status status, const std::string& reason,
                  const std::string& pruning) {
    ResultRecord row = record(network, 224, 224, "int8", pruning);
    row.status = status;
    row.reason = reason;
    return row;
}

void append(Records& all, const Records& more) {
    all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Records pyramid_records() {
    Records all;
    for (const char* precision : {"fp32", "fp16", "int8"})
        for (const char* pruning : {"none", "first2@0.5", "all@0.5"})
            all.push_back(pyramid(precision, pruning));
    return all;
}

Records classifier_records() {
    Records all;
    for (const char* precision : {"fp32", "int8"}) {
        all.push_back(classifier(precision));
        for (const Layer& layer : layers) {
            all.push_back(layer_row(layer, precision, CacheState::hot, "slimbench"));
            all.push_back(layer_row(layer, precision, CacheState::cold, "slimbench"));
            all.push_back(layer_row(layer, precision, CacheState::hot, "onednn"));
        }
        all.push_back(clblast_row(precision));
    }
    return all;
}

Records batch_records() {
    Records all;
    for (const std::int64_t batch : {1, 8, 128})
        for (const char* precision : {"fp32", "fp16", "int8"})
            for (const char* pruning : {"none", "all@0.5"})
                if (batch == 1 || std::string_view(pruning) == "none")
                    all.push_back(batched(precision, pruning, batch));
    ResultRecord& largest = all[all.size() - 3];
    largest.status = Status::skipped;
    largest.reason =
        "needs 9500 MiB (9961472000 bytes) on the device, which has 8192 MiB "
        "(8589934592 bytes)";
    largest.measurement.reset();
    return all;
}

Records lost_records() {
    Records all;
    ResultRecord fine = record("mobilenet_v2", 224, 224, "fp32", "none");
    set_times(fine, 4.5e-3);
    fine.params = 3'504'872;
    fine.macs = fine.macs_unpruned = 300'774'272;
    all.push_back(fine);
    ResultRecord wrong = lost("mobilenet_v2", Status::incorrect,
                              "features.1: n0 c3 y5 x7: got 17, expected 18", "none");
    set_times(wrong, 1e-3);
    wrong.verdict = {Verdict::Result::incorrect,         1000, 1000, "exact", 1,
                     "n0 c3 y5 x7: got 17, expected 18", false};
    all.push_back(wrong);
    ResultRecord crashed = lost("resnet18", Status::crashed,
                                "the worker was killed by signal 6 (Aborted)", "all@0.25");
    crashed.device = nullptr;
    all.push_back(crashed);
    all.push_back(lost("vgg16", Status::skipped,
                       "needs 9.10 GB of device memory, 4.00 GB are available", "none"));
    return all;
}

Records sample_records() {
    Records all = pyramid_records();
    append(all, classifier_records());
    append(all, batch_records());
    append(all, lost_records());
    return all;
}

}  // namespace slimbench
