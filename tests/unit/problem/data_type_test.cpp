// The tables of number types and precisions.
#include "host/problem/data_type.h"

#include <gtest/gtest.h>

namespace slimbench {
namespace {

TEST(DataType, rows_answer_for_their_type) {
    EXPECT_EQ(traits(DataType::s8).bits, 8);
    EXPECT_EQ(traits(DataType::f32).opencl_name, "float");
    EXPECT_EQ(traits(DataType::f32).exact_integer_limit, 16'777'216);
    EXPECT_EQ(traits(Precision::int8).weight, DataType::s8);
}

TEST(Precision, names_parse_back) {
    for (const Precision precision : known_precisions)
        EXPECT_EQ(parse_precision(traits(precision).name), precision);
    EXPECT_FALSE(parse_precision("fp64"));
}

}  // namespace
}  // namespace slimbench
