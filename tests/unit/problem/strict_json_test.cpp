// What is refused before anybody reads a value: texts that are no JSON, or nest without end.
#include "host/problem/strict_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slimbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::string nested(int depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(StrictJson, nesting_without_end_is_refused_before_anything_recurses) {
    EXPECT_NO_THROW(parse_json_text(nested(100)));
    for (const int depth : {101, 1'000'000})
        EXPECT_THAT([&] { parse_json_file("deep.json", nested(depth)); },
                    ThrowsMessage<std::runtime_error>(
                        AllOf(HasSubstr("deep.json: "), HasSubstr("more than 100 deep"))));
}

TEST(StrictJson, brackets_within_strings_do_not_nest) {
    const std::string text = R"(["\")" + std::string(200, '[') + R"(\\", 1])";
    EXPECT_EQ(parse_json_text(text).size(), 2u);
}

TEST(StrictJson, a_number_beyond_doubles_names_the_file) {
    EXPECT_THAT([] { parse_json_file("large.json", "[1e999]"); },
                ThrowsMessage<std::runtime_error>(HasSubstr("large.json: a number")));
}

}  // namespace
}  // namespace slimbench
