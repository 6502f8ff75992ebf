// Runs schema_test.py beside this file: shipped files fit their schemas, broken ones do not.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace slimbench {
namespace {

TEST(Schema, shipped_networks_and_suites_fit_and_broken_ones_do_not) {
    if (std::system("python3 -W ignore -c 'import jsonschema'") != 0)
        FAIL() << "this test needs python3-jsonschema: apt-get install python3-jsonschema";
    const std::string source = SLIMBENCH_SOURCE_DIR;
    const std::string command =
        "python3 '" + source + "/tests/unit/suite/schema_test.py' '" + source + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

}  // namespace
}  // namespace slimbench
