#include "reports/format.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/table.h"

namespace slimbench {
namespace {

TEST(Format, numbers_have_three_significant_digits) {
    EXPECT_EQ(format_number(0.012345), "0.0123");
    EXPECT_EQ(format_number(1.2345), "1.23");
    EXPECT_EQ(format_number(12.345), "12.3");
    EXPECT_EQ(format_number(123.45), "123");
    EXPECT_EQ(format_number(-4.0), "-4.00");
}

TEST(Format, digits_before_the_point_are_never_dropped) {
    EXPECT_EQ(format_number(12345.6), "12346");
}

TEST(Format, rounding_up_moves_the_point) {
    EXPECT_EQ(format_number(9.996), "10.0");
    EXPECT_EQ(format_number(0.9999), "1.00");
}

TEST(Format, times_choose_a_fitting_unit) {
    EXPECT_EQ(format_time(2.5), "2.50 s");
    EXPECT_EQ(format_time(0.0071), "7.10 ms");
    EXPECT_EQ(format_time(123.4e-6), "123 us");
    EXPECT_EQ(format_time(42e-9), "42.0 ns");
    EXPECT_EQ(format_time(0.4e-9), "0.400 ns");
}

TEST(Format, a_time_just_below_the_next_unit_takes_it) {
    EXPECT_EQ(format_time(999.7e-6), "1.00 ms");
    EXPECT_EQ(format_time(0.9996), "1.00 s");
}

TEST(Format, both_ends_of_an_interval_share_the_unit) {
    EXPECT_EQ(format_interval(Interval{0.0009, 0.0011}), "0.900 to 1.10 ms");
}

TEST(Format, what_is_missing_is_never_zero) {
    EXPECT_EQ(format_time(std::nullopt), "n/a");
    EXPECT_EQ(format_ratio(std::nullopt), "n/a");
    EXPECT_EQ(format_percent(std::nullopt), "n/a");
    EXPECT_EQ(format_interval(std::nullopt), "n/a");
    EXPECT_EQ(format_number(std::nan("")), "n/a");
}

TEST(Format, a_ratio_needs_both_sides) {
    EXPECT_FALSE(ratio_of(1.0, std::nullopt));
    EXPECT_FALSE(ratio_of(std::nullopt, 1.0));
    EXPECT_FALSE(ratio_of(1.0, 0.0));
    EXPECT_EQ(ratio_of(3.0, 2.0), 1.5);
}

TEST(Format, counts_are_grouped_by_thousands) {
    EXPECT_EQ(format_count(22'040'278), "22,040,278");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(-1000), "-1,000");
    EXPECT_EQ(format_count(-100), "-100");
    EXPECT_EQ(format_count(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(Format, bytes_use_decimal_units) {
    EXPECT_EQ(format_bytes(46'758'048), "46.8 MB");
    EXPECT_EQ(format_bytes(999), "999 B");
    EXPECT_EQ(format_bytes(999'999), "1.00 MB");
}

TEST(Table, markdown_aligns_cells_and_escapes_pipes) {
    Table table({{"name", Table::Align::left}, {"time"}});
    table.add_row({"a|b", "1"});
    EXPECT_EQ(table.markdown(), "| name | time |\n|------|-----:|\n| a\\|b |    1 |\n");
}

// Renderers of GitHub's Markdown link what looks like an address of mail.
TEST(Table, markdown_shows_prunings_as_code) {
    Table table({{"pruning", Table::Align::left}, {"command", Table::Align::left}});
    table.add_row({"1.35 ms (int8, all@0.5)", "`run --prune all@0.5`"});
    EXPECT_THAT(table.markdown(), ::testing::HasSubstr("| 1.35 ms (int8, `all@0.5`) | `run --pru"));
    EXPECT_THAT(table.plain(), ::testing::HasSubstr("(int8, all@0.5)"));
}

TEST(Table, plain_text_has_no_trailing_blanks) {
    Table table({{"time"}, {"name", Table::Align::left}});
    table.add_row({"1", "ab"});
    EXPECT_EQ(table.plain(), "time  name\n----  ----\n   1  ab\n");
}

TEST(Table, repeats_are_blanked_only_below_the_same_group) {
    Table table({{"a"}, {"b"}});
    table.add_row({"x", "1"});
    table.add_row({"x", "1"});
    table.add_row({"y", "1"});
    table.blank_repeats(2);
    EXPECT_EQ(table.plain(), "  a    b\n---  ---\n  x    1\n\n  y    1\n");
}

TEST(Table, a_row_of_the_wrong_length_is_an_error) {
    Table table({{"a"}, {"b"}});
    EXPECT_THROW(table.add_row({"x"}), std::logic_error);
}

TEST(Wrap, no_line_is_longer_than_the_page) {
    const std::string text = wrap("word " + std::string(90, 'x') + " and more words", 2);
    EXPECT_EQ(text, "word " + std::string(90, 'x') + " and\n  more words\n");
}

}  // namespace
}  // namespace slimbench
