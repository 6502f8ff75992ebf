#include "host/run/tuning_files.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/cl/program.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"

namespace slimbench::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

DeviceTraits some_device() {
    DeviceTraits device;
    device.platform = "platform";
    device.name = "name";
    device.driver_version = "1";
    device.compute_units = 2;
    return device;
}

TuningTable tuned_on(const DeviceTraits& device) {
    TuningTable table;
    table.put({tuning_device(device), variant_hash(Family::conv, Precision::fp32),
               tuning_step("fp32", "a convolution")},
              {"a row", {}});
    return table;
}

class TuningFiles : public ::testing::Test {
protected:
    TemporaryFolder folder_;
    std::string path_ = folder_.path("tuning.json");
};

TEST_F(TuningFiles, hold_for_the_device_and_kernels_that_were_measured) {
    const TuningTable table = tuned_on(some_device());
    EXPECT_THAT(tuned_choices(table, some_device(), Precision::fp32),
                UnorderedElementsAre(Pair("a convolution", "a row")));
    DeviceTraits newer = some_device(), larger = some_device(), abler = some_device();
    newer.driver_version = "2";
    larger.compute_units = 4;
    abler.tier = Tier::avx512;
    for (const DeviceTraits& other : {newer, larger, abler})
        EXPECT_THAT(tuned_choices(table, other, Precision::fp32), IsEmpty());
}

TEST_F(TuningFiles, families_and_precisions_have_hashes_of_their_own) {
    EXPECT_NE(variant_hash(Family::conv, Precision::fp32),
              variant_hash(Family::conv, Precision::int8));
    EXPECT_NE(variant_hash(Family::conv, Precision::fp32),
              variant_hash(Family::pool, Precision::fp32));
    EXPECT_TRUE(variant_hashes().contains(variant_hash(Family::resize, Precision::fp16)));
}

TEST_F(TuningFiles, are_written_and_read_back) {
    EXPECT_EQ(read_tuning(path_).size(), 0u) << "there is none yet";
    write_tuning(path_, tuned_on(some_device()));
    EXPECT_EQ(read_tuning(path_).text(), tuned_on(some_device()).text());
}

TEST_F(TuningFiles, that_are_torn_are_refused_with_their_name_and_the_remedy) {
    std::ofstream(path_) << "{\"schema\": \"slimbench-tun";
    EXPECT_THAT([&] { read_tuning(path_); }, ThrowsMessage<std::runtime_error>(AllOf(
                                                 HasSubstr(path_), HasSubstr("--no-tuning"))));
}

TEST_F(TuningFiles, shipped_table_can_be_read) {
    EXPECT_NO_THROW(shipped_tuning());
}

TEST_F(TuningFiles, users_table_is_where_the_variable_says_else_in_the_cache_folder) {
    const ScopedVariable cache("SLIMBENCH_CACHE_DIR", folder_.path());
    EXPECT_EQ(user_tuning_path(), path_);
    const ScopedVariable own("SLIMBENCH_TUNING", "/elsewhere.json");
    EXPECT_EQ(user_tuning_path(), "/elsewhere.json");
}

}  // namespace
}  // namespace slimbench::testing
