// Names of rows and statuses.
#include "host/record/result_record.h"

#include <stdexcept>

#include <fmt/format.h>

#include "host/record/record_fields.h"

namespace slimbench {

std::string_view name(Status status) {
    return enum_name(status);
}

std::optional<Status> parse_status(std::string_view text) {
    return parse_enum<Status>(text);
}

bool was_busy(const Measurement& measured) {
    constexpr double limit = 0.5;          // of a processor
    constexpr double least_seconds = 0.2;  // /proc/stat has steps of 10 ms
    const double seconds = measured.warmup.value_or(0) + measured.sampling.value_or(0);
    return seconds >= least_seconds && measured.others.value_or(0) > limit * seconds;
}

std::string_view compute_name(DataType accumulator) {
    switch (accumulator) {
        case DataType::f32:
            return "fp32";
        case DataType::f16:
            return "fp16";
        case DataType::s32:
            return "int32";
        case DataType::tf32:
            return "tf32";
        default:
            throw std::logic_error("arithmetic is in f32, tf32, f16 or s32");
    }
}

std::string_view compute_name(Precision precision) {
    const PrecisionTraits& types = traits(precision);
    return compute_name(types.factor == DataType::tf32 ? types.factor : types.accumulator);
}

// What almost every row shares (our implementation, seed 1) is left out, so that names stay short
// enough to type.
std::string RowIdentity::id() const {
    std::string id = fmt::format("{}/{}/precision:{}/batch:{}/size:{}x{}/", network, pruning,
                                 precision, batch, height, width);
    id +=
        kind == RowKind::forward ? "forward" : fmt::format("layer:{}/{}", layer, enum_name(cache));
    if (implementation != "slimbench") id += "/implementation:" + implementation;
    if (seed != 1) id += fmt::format("/seed:{}", seed);
    return id;
}

}  // namespace slimbench
