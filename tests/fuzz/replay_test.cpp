// The kept corpus of the fuzzer: inputs that once broke something, and those that reach furthest.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "host/problem/strict_json.h"
#include "tests/fuzz/targets.h"

namespace slimbench::fuzz {

// For names of failed cases.
void PrintTo(const Target& target, std::ostream* out) {
    *out << target.name;
}

namespace {

namespace fs = std::filesystem;

const fs::path corpus = fs::path(SLIMBENCH_SOURCE_DIR) / "tests/fuzz/corpus";

class KeptCorpus : public ::testing::TestWithParam<Target> {};

TEST_P(KeptCorpus, breaks_no_promise) {
    std::size_t replayed = 0;
    for (const fs::directory_entry& input : fs::directory_iterator(corpus / GetParam().name)) {
        SCOPED_TRACE(input.path().string());
        const std::string text = input.file_size() == 0 ? "" : read_text_file(input.path());
        EXPECT_NO_THROW(GetParam().check(text));
        ++replayed;
    }
    EXPECT_GT(replayed, 10u) << "hardly anything kept in " << corpus / GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Every, KeptCorpus, ::testing::ValuesIn(targets),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(KeptCorpora, have_each_a_target) {
    for (const fs::directory_entry& folder : fs::directory_iterator(corpus))
        EXPECT_TRUE(std::ranges::any_of(targets, [&](const Target& target) {
            return target.name == folder.path().filename();
        })) << folder.path();
}

}  // namespace
}  // namespace slimbench::fuzz
