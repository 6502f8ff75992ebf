#include "host/run/findings_cache.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace slimbench::testing {
namespace {

using ::testing::ElementsAre;

const Finding works{Capability::dp4a, true, ""};
const Finding fails{Capability::half_arithmetic, false, "does not build"};

class FindingsCacheTest : public ::testing::Test {
protected:
    TemporaryFolder folder_;
    std::string path_ = folder_.path("capabilities.jsonl");
};

TEST_F(FindingsCacheTest, keeps_findings_for_later_runs_of_the_same_scope_in_order) {
    FindingsCache(path_, "this device").keep(works);
    FindingsCache(path_, "this device").keep(fails);
    EXPECT_THAT(FindingsCache(path_, "this device").known(), ElementsAre(fails, works));
    EXPECT_TRUE(FindingsCache(path_, "another device").known().empty());
}

TEST_F(FindingsCacheTest, knows_what_is_not_known_yet) {
    FindingsCache cache("", "this device");
    EXPECT_EQ(cache.unknown().size(), all_capabilities.size());
    cache.keep(works);
    EXPECT_EQ(cache.unknown().size(), all_capabilities.size() - 1);
    EXPECT_THAT(cache.unknown(), ::testing::Not(::testing::Contains(Capability::dp4a)));
}

TEST_F(FindingsCacheTest, the_last_one_kept_wins) {
    const Finding later{Capability::dp4a, false, "computes something else"};
    FindingsCache(path_, "this device").keep(works);
    FindingsCache(path_, "this device").keep(later);
    EXPECT_THAT(FindingsCache(path_, "this device").known(), ElementsAre(later));
}

TEST_F(FindingsCacheTest, torn_and_foreign_lines_are_passed_over) {
    FindingsCache(path_, "this device").keep(works);
    std::ofstream(path_, std::ios::app)
        << "{\"scope\":\"this device\",\"finding\":{\"capability\":\"telepathy\"}}\n{\"scope\":";
    EXPECT_THAT(FindingsCache(path_, "this device").known(), ElementsAre(works));
}

TEST(Finding, reads_back_what_was_written) {
    for (const Finding& finding : {works, fails})
        EXPECT_EQ(finding_from(to_json(finding)), finding);
    EXPECT_THROW(finding_from({{"capability", "telepathy"}, {"works", true}}), std::runtime_error);
    EXPECT_THROW(finding_from({{"works", true}}), std::runtime_error);
}

}  // namespace
}  // namespace slimbench::testing
