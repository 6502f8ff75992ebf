// The tables behind data_type.h.
#include "host/problem/data_type.h"

namespace slimbench {
namespace {

constexpr std::array data_types{
    DataTypeTraits{DataType::f32, "f32", 32, "float", 0x1p-24, std::int64_t{1} << 24},
    DataTypeTraits{DataType::f16, "f16", 16, "ushort", 0x1p-11, std::int64_t{1} << 11},
    DataTypeTraits{DataType::u8, "u8", 8, "uchar", 0, 255},
    DataTypeTraits{DataType::s8, "s8", 8, "char", 0, 127},
    DataTypeTraits{DataType::s32, "s32", 32, "int", 0, 2'147'483'647},
    DataTypeTraits{DataType::tf32, "tf32", 32, "float", 0x1p-11, std::int64_t{1} << 11},
};

constexpr std::array precisions{
    PrecisionTraits{Precision::fp32, "fp32", DataType::f32, DataType::f32, DataType::f32,
                    DataType::f32},
    PrecisionTraits{Precision::fp16, "fp16", DataType::f16, DataType::f16, DataType::f32,
                    DataType::f32},
    PrecisionTraits{Precision::int8, "int8", DataType::u8, DataType::s8, DataType::s32,
                    DataType::s32},
    PrecisionTraits{Precision::tf32, "tf32", DataType::f32, DataType::f32, DataType::f32,
                    DataType::tf32},
};

constexpr bool rows_stand_at_their_index() {
    for (std::size_t i = 0; i < data_types.size(); ++i)
        if (static_cast<std::size_t>(data_types[i].type) != i) return false;
    for (std::size_t i = 0; i < precisions.size(); ++i)
        if (static_cast<std::size_t>(precisions[i].precision) != i) return false;
    return true;
}
static_assert(rows_stand_at_their_index());

}  // namespace

const DataTypeTraits& traits(DataType type) {
    return data_types[static_cast<std::size_t>(type)];
}

const PrecisionTraits& traits(Precision precision) {
    return precisions[static_cast<std::size_t>(precision)];
}

std::optional<Precision> parse_precision(std::string_view name) {
    for (const PrecisionTraits& row : precisions)
        if (row.name == name) return row.precision;
    return std::nullopt;
}

}  // namespace slimbench
