// Suggestions for mistyped names.
#include "host/suite/near_names.h"

#include <gtest/gtest.h>

namespace slimbench {
namespace {

TEST(EditDistance, counts_insertions_deletions_and_replacements) {
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("same", "same"), 0u);
}

TEST(SuggestNames, near_names_come_nearest_first) {
    EXPECT_EQ(suggest_names("resnet43", {"resnet18", "resnet34", "vgg16"}),
              "did you mean resnet18 or resnet34?");
    EXPECT_EQ(suggest_names("resnet3", {"resnet18", "resnet34"}),
              "did you mean resnet34 or resnet18?");
}

TEST(SuggestNames, a_beginning_is_near_however_long_the_rest) {
    EXPECT_EQ(suggest_names("swift", {"swiftnet_rn34_pyramid", "vgg16"}),
              "did you mean swiftnet_rn34_pyramid?");
}

TEST(SuggestNames, all_names_are_listed_when_none_is_near) {
    EXPECT_EQ(suggest_names("zzzzzz", {"alexnet", "vgg16"}), "known are: alexnet, vgg16");
}

}  // namespace
}  // namespace slimbench
