// A record in which every field is set, so that a test of reading and writing covers the whole
// field table.
#pragma once

#include "host/record/result_record.h"
#include "tests/unit/record/peaks.h"

namespace slimbench {

inline Verdict full_verdict() {
    return {.result = Verdict::Result::correct,
            .checked = 100,
            .elements = 802816,
            .rule = "|e| <= 4 sqrt(K) eps sum|x||w| + 1 ulp",
            .worst = 0.125,
            .worst_at = "n0 c3 y5 x7: got 1.5, expected 1.25",
            .cached = true};
}

inline Roofline full_roofline() {
    return {.bound = 0.0008,
            .compute = 0.0002,
            .memory = 0.0008,
            .launches = 0.000002,
            .limit = Limit::memory};
}

inline ResultRecord full_record() {
    ResultRecord record;
    record.identity = {.network = "resnet18",
                       .pruning = "all@0.5",
                       .precision = "fp32",
                       .batch = 2,
                       .height = 224,
                       .width = 192,
                       .kind = RowKind::layer,
                       .layer = "conv1",
                       .cache = CacheState::cold,
                       .implementation = "onednn",
                       .seed = 7};
    record.repro = "slimbench run resnet18 --prune all@0.5";
    record.status = Status::measured;
    record.time = "2026-01-02T03:04:05Z";
    record.suite = "smoke";
    record.suite_hash = "0123abcd";
    record.compute = "fp32";
    record.quantization_source = "max calibration, 1 synthetic image 128x256, seed 1";
    record.protocol = {
        {"warm_up_ns", 100'000'000}, {"min_time_ns", 500'000'000}, {"min_samples", 10}};
    record.params = 11'689'512;
    record.macs = 1'814'073'344;
    record.executed_macs = 1'900'000'000;
    record.macs_unpruned = 5'000'000'000;
    record.weight_bytes = 46'758'048;
    record.bytes = 90'000'000;
    record.memory_peak = 5'000'000'000'000;
    record.steps = {{.layers = {"conv1", "bn1", "relu"},
                     .block = "stem",
                     .level = 1,
                     .kind = "conv",
                     .problem = "mb1ic3ih224iw224oc64oh112ow112kh7kw7sh2sw2ph3pw3dh0dw0",
                     .variant = "conv_blocked_avx512",
                     .macs = 118'013'952,
                     .executed_macs = 120'000'000,
                     .bytes = 3'000'000,
                     .written_bytes = 2'000'000,
                     .weight_bytes = 40'000,
                     .samples = {0.001, 0.0011},
                     .roofline = full_roofline(),
                     .verdict = full_verdict()}};
    record.spans = {{.level = 0, .block = "block1", .macs = 12, .samples = {1.5e-9 * 2, 4e-9}}};
    record.measurement = Measurement{.device = {0.010, 0.011, 0.012, 0.013, 0.014, 0.015},
                                     .host = {0.0101, 0.0111, 0.0121, 0.0131, 0.0141, 0.0151},
                                     .flags = {"trend"},
                                     .warmup = 0.25,
                                     .sampling = 1.5,
                                     .others = 0.01,
                                     .calls_per_sample = 4,
                                     .blocks = 3,
                                     .spinning_waits = true};
    record.upload = {0.001};
    record.download = {0.002};
    record.start_up = {.build = 0.34, .upload = 0.02, .first_inference = 0.5, .calibrate = 1.25};
    record.roofline = full_roofline();
    record.verdict = full_verdict();
    record.device = {{"name", "cpu"}, {"features", {"avx512", "vnni"}}};
    record.environment = {{"threads", 2}};
    record.build = {{"commit", "abc"}};
    record.peaks = to_json(round_peaks());
    return record;
}

}  // namespace slimbench
