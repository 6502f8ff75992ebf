// A driver that no loader would find, declared to it.
#include "host/run/opencl_vendors.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace slimbench::testing {
namespace {

namespace fs = std::filesystem;

class OpenclVendors : public ::testing::Test {
protected:
    OpenclVendors() {
        fs::create_directories(folder_.path("vendors"));
        fs::create_directories(folder_.path("driver"));
        write("vendors/pocl.icd", "libpocl.so.2\n");
    }

    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_.path(name)) << text;
    }

    static std::string text_of(const std::string& path) {
        std::ifstream file(path);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    std::optional<std::string> declare(const std::string& cache) const {
        return declare_nvidia({folder_.path("vendors"), {folder_.path("driver")}}, cache);
    }

    TemporaryFolder folder_;
    std::string library_ = folder_.path("driver/libnvidia-opencl.so.1");
};

TEST_F(OpenclVendors, declares_a_library_that_no_file_names_beside_the_others) {
    write("driver/libnvidia-opencl.so.1", "");
    const auto made = declare(folder_.path("cache"));
    ASSERT_TRUE(made);
    EXPECT_EQ(text_of(*made + "/nvidia.icd"), library_ + "\n");
    EXPECT_EQ(text_of(*made + "/pocl.icd"), "libpocl.so.2\n");
    EXPECT_EQ(declare(folder_.path("cache")), made) << "again";
}

TEST_F(OpenclVendors, declares_it_where_nothing_is_declared_at_all) {
    write("driver/libnvidia-opencl.so.1", "");
    fs::remove_all(folder_.path("vendors"));
    const auto made = declare(folder_.path("cache"));
    ASSERT_TRUE(made);
    EXPECT_EQ(text_of(*made + "/nvidia.icd"), library_ + "\n");
}

TEST_F(OpenclVendors, leaves_alone_what_is_declared_already) {
    write("driver/libnvidia-opencl.so.1", "");
    write("vendors/10_nvidia.icd", "libnvidia-opencl.so.1\n");
    EXPECT_FALSE(declare(folder_.path("cache")));
    EXPECT_FALSE(fs::exists(folder_.path("cache")));
}

TEST_F(OpenclVendors, does_nothing_where_there_is_no_such_library) {
    EXPECT_FALSE(declare(folder_.path("cache")));
    EXPECT_FALSE(fs::exists(folder_.path("cache")));
}

TEST_F(OpenclVendors, names_library_and_remedy_where_there_is_no_folder_to_write_to) {
    write("driver/libnvidia-opencl.so.1", "");
    try {
        declare("");
        FAIL() << "no exception";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr(library_));
        EXPECT_THAT(error.what(), ::testing::HasSubstr("SLIMBENCH_CACHE_DIR"));
    }
}

}  // namespace
}  // namespace slimbench::testing
