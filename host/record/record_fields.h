// The field table: every key of a record, once. The writer, the reader and the CSV header walk it.
// Times are held in seconds and written as integer nanoseconds: every std::vector<double> and
// std::optional<double> is a time and its key ends in "_ns".
#pragma once

#include <algorithm>
#include <array>
#include <tuple>
#include <type_traits>

#include "host/record/result_record.h"

namespace slimbench {

template <class Struct, class Member>
struct Field {
    const char* key;
    Member Struct::*member;
    bool required = false;  // reading fails without it; others keep their default
};
// Compilers before C++20's deduction for aggregates (clang-tidy 14) need to be told.
template <class Struct, class Member>
Field(const char*, Member Struct::*, bool = false) -> Field<Struct, Member>;

template <class T>
struct FieldTable {};

template <>
struct FieldTable<RowIdentity> {
    static constexpr std::tuple fields{
        Field{"network", &RowIdentity::network, true},
        Field{"pruning", &RowIdentity::pruning, true},
        Field{"precision", &RowIdentity::precision, true},
        Field{"batch", &RowIdentity::batch, true},
        Field{"height", &RowIdentity::height, true},
        Field{"width", &RowIdentity::width, true},
        Field{"kind", &RowIdentity::kind, true},
        Field{"layer", &RowIdentity::layer},
        Field{"cache", &RowIdentity::cache},
        Field{"implementation", &RowIdentity::implementation},
        Field{"seed", &RowIdentity::seed},
    };
};

template <>
struct FieldTable<Measurement> {
    static constexpr std::tuple fields{
        Field{"device_ns", &Measurement::device, true},
        Field{"host_ns", &Measurement::host, true},
        Field{"flags", &Measurement::flags},
        Field{"warmup_ns", &Measurement::warmup},
        Field{"sampling_ns", &Measurement::sampling},
        Field{"others_ns", &Measurement::others},
        Field{"calls_per_sample", &Measurement::calls_per_sample},
        Field{"blocks", &Measurement::blocks},
        Field{"spinning_waits", &Measurement::spinning_waits},
    };
};

template <>
struct FieldTable<Verdict> {
    static constexpr std::tuple fields{
        Field{"result", &Verdict::result, true}, Field{"checked", &Verdict::checked},
        Field{"elements", &Verdict::elements},   Field{"rule", &Verdict::rule},
        Field{"worst", &Verdict::worst},         Field{"worst_at", &Verdict::worst_at},
        Field{"cached", &Verdict::cached},
    };
};

template <>
struct FieldTable<Roofline> {
    static constexpr std::tuple fields{
        Field{"bound_ns", &Roofline::bound},    Field{"compute_ns", &Roofline::compute},
        Field{"memory_ns", &Roofline::memory},  Field{"launches_ns", &Roofline::launches},
        Field{"limit", &Roofline::limit, true},
    };
};

template <>
struct FieldTable<StepRecord> {
    static constexpr std::tuple fields{
        Field{"layers", &StepRecord::layers, true},
        Field{"block", &StepRecord::block},
        Field{"level", &StepRecord::level},
        Field{"operation", &StepRecord::kind, true},
        Field{"problem", &StepRecord::problem},
        Field{"variant", &StepRecord::variant},
        Field{"chosen", &StepRecord::chosen},
        Field{"macs", &StepRecord::macs},
        Field{"executed_macs", &StepRecord::executed_macs},
        Field{"bytes", &StepRecord::bytes},
        Field{"written_bytes", &StepRecord::written_bytes},
        Field{"weight_bytes", &StepRecord::weight_bytes},
        Field{"device_ns", &StepRecord::samples},
        Field{"roofline", &StepRecord::roofline},
        Field{"verdict", &StepRecord::verdict},
    };
};

template <>
struct FieldTable<SpanRecord> {
    static constexpr std::tuple fields{
        Field{"level", &SpanRecord::level},
        Field{"block", &SpanRecord::block, true},
        Field{"macs", &SpanRecord::macs},
        Field{"device_ns", &SpanRecord::samples},
    };
};

template <>
struct FieldTable<StartUp> {
    static constexpr std::tuple fields{
        Field{"build_ns", &StartUp::build},
        Field{"upload_ns", &StartUp::upload},
        Field{"first_inference_ns", &StartUp::first_inference},
        Field{"calibrate_ns", &StartUp::calibrate},
    };
};

template <>
struct FieldTable<ResultRecord> {
    static constexpr std::tuple fields{
        Field{"identity", &ResultRecord::identity, true},
        Field{"repro", &ResultRecord::repro},
        Field{"status", &ResultRecord::status, true},
        Field{"reason", &ResultRecord::reason},
        Field{"time", &ResultRecord::time},
        Field{"suite", &ResultRecord::suite},
        Field{"suite_hash", &ResultRecord::suite_hash},
        Field{"compute", &ResultRecord::compute},
        Field{"quantization_source", &ResultRecord::quantization_source},
        Field{"protocol", &ResultRecord::protocol},
        Field{"params", &ResultRecord::params},
        Field{"macs", &ResultRecord::macs},
        Field{"executed_macs", &ResultRecord::executed_macs},
        Field{"macs_unpruned", &ResultRecord::macs_unpruned},
        Field{"weight_bytes", &ResultRecord::weight_bytes},
        Field{"bytes", &ResultRecord::bytes},
        Field{"memory_peak_bytes", &ResultRecord::memory_peak},
        Field{"steps", &ResultRecord::steps},
        Field{"spans", &ResultRecord::spans},
        Field{"measurement", &ResultRecord::measurement},
        Field{"upload_ns", &ResultRecord::upload},
        Field{"download_ns", &ResultRecord::download},
        Field{"start_up", &ResultRecord::start_up},
        Field{"roofline", &ResultRecord::roofline},
        Field{"verdict", &ResultRecord::verdict},
        Field{"device", &ResultRecord::device},
        Field{"environment", &ResultRecord::environment},
        Field{"build", &ResultRecord::build},
        Field{"peaks", &ResultRecord::peaks},
    };
};

template <class T>
concept HasFields = requires {
    FieldTable<T>::fields;
};

// Calls visit(field, value) for every field in the table's order.
template <class T, class Visit>
requires HasFields<std::remove_const_t<T>>
void visit_fields(T& object, Visit&& visit) {
    std::apply([&](const auto&... field) { (visit(field, object.*field.member), ...); },
               FieldTable<std::remove_const_t<T>>::fields);
}

// Names of enumerators as they are written, in the order of their declaration.
template <class Enum>
struct EnumNames {};

template <>
struct EnumNames<Status> {
    static constexpr std::array<std::string_view, 8> names{"measured",    "incorrect", "untrusted",
                                                           "unsupported", "skipped",   "failed",
                                                           "crashed",     "timed_out"};
};
template <>
struct EnumNames<RowKind> {
    static constexpr std::array<std::string_view, 2> names{"forward", "layer"};
};
template <>
struct EnumNames<CacheState> {
    static constexpr std::array<std::string_view, 2> names{"hot", "cold"};
};
template <>
struct EnumNames<Limit> {
    static constexpr std::array<std::string_view, 3> names{"compute", "memory", "launches"};
};
template <>
struct EnumNames<Verdict::Result> {
    static constexpr std::array<std::string_view, 3> names{"correct", "incorrect", "not_verified"};
};

template <class T>
concept HasNames = requires {
    EnumNames<T>::names;
};

template <HasNames Enum>
constexpr std::string_view enum_name(Enum value) {
    return EnumNames<Enum>::names.at(static_cast<std::size_t>(value));
}

template <HasNames Enum>
constexpr std::optional<Enum> parse_enum(std::string_view text) {
    const auto& names = EnumNames<Enum>::names;
    const auto* found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

}  // namespace slimbench
