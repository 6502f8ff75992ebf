// `slimbench devices`: what it lists, what it survives, and how a device is chosen.
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "host/kernel/capability.h"
#include "tests/cli/fixture.h"
#include "tests/support/planted_kernels.h"

namespace slimbench::testing {
namespace {

class DevicesCommand : public CliTest {
protected:
    nlohmann::json report(const std::vector<std::string>& more = {},
                          const Environment& environment = {}) const {
        std::vector<std::string> arguments{"devices", "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Finished finished = run(arguments, environment);
        EXPECT_EQ(finished.exit_code, 0) << finished.err;
        return nlohmann::json::parse(finished.out);
    }

    void expect_valid(const nlohmann::json& report) const {
        const std::string source = SLIMBENCH_SOURCE_DIR;
        const std::string path = write("report.jsonl", report.dump() + "\n");
        const std::string command = "python3 '" + source + "/tests/support/validate_records.py' '" +
                                    source + "/host/run/device_report.schema.json' '" + path + "'";
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }

    static nlohmann::json finding(const nlohmann::json& report, const std::string& capability) {
        for (const nlohmann::json& device : report.at("devices"))
            for (const nlohmann::json& one : device.at("findings"))
                if (one.at("capability") == capability) return one;
        ADD_FAILURE() << "no finding about " << capability;
        return {};
    }
};

TEST_F(DevicesCommand, shows_what_each_device_can_do) {
    const Finished finished = run({"devices"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    for (const char* word :
         {"(default)", "compute units, kernel tier", "GiB", "KiB of local memory", "FP16 ",
          "dot product ", "matrix units ", "subgroups: ", "timer "})
        EXPECT_THAT(finished.out, HasSubstr(word));
}

TEST_F(DevicesCommand, probe_says_of_every_capability_whether_it_works_or_why_not) {
    const Finished finished = run({"devices", "--probe"});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    for (const char* capability : {"half_arithmetic", "dp4a", "mma_f16", "cp_async", "vnni"})
        EXPECT_THAT(finished.out, HasSubstr(std::string("\n     ") + capability));
    EXPECT_THAT(finished.out, HasSubstr("mma_f16          no: not tried"));
}

TEST_F(DevicesCommand, json_is_a_report_that_its_schema_knows) {
    nlohmann::json plain = report(), probed = report({"--probe"});
    expect_valid(plain);
    expect_valid(probed);
    for (nlohmann::json* shown : {&plain, &probed})  // it changes while nothing else does
        for (nlohmann::json& device : shown->at("devices"))
            device.at("statements").erase("clock_mhz");
    EXPECT_EQ(plain.at("devices"), probed.at("devices"));
    EXPECT_EQ(plain.at("devices").at(0).at("findings").size(), all_capabilities.size());
}

TEST_F(DevicesCommand, a_schema_that_refuses_nothing_would_prove_nothing) {
    nlohmann::json broken = report();
    broken["devices"][0]["findings"][0]["reason"] = 7;
    const std::string source = SLIMBENCH_SOURCE_DIR;
    const std::string path = write("broken.jsonl", broken.dump() + "\n");
    const std::string command = "python3 '" + source + "/tests/support/validate_records.py' '" +
                                source + "/host/run/device_report.schema.json' '" + path +
                                "' >/dev/null";
    EXPECT_NE(std::system(command.c_str()), 0) << command;
}

TEST_F(DevicesCommand, findings_are_kept_until_they_are_probed_anew) {
    report();
    const std::string kept = folder_.path("cache/capabilities.jsonl");
    const auto size = std::filesystem::file_size(kept);
    report();
    EXPECT_EQ(std::filesystem::file_size(kept), size);
    report({"--probe"});
    EXPECT_EQ(std::filesystem::file_size(kept), 2 * size);
}

TEST_F(DevicesCommand, a_probe_that_ends_its_process_costs_one_finding) {
    PlantedKernels kernels;
    kernels.replace("can_local.cl", "uint wrong = 0;",
                    "uint wrong = 0; *(volatile global uint*)(size_t)(16 + i) = 1;");
    const Environment planted{{"SLIMBENCH_KERNEL_DIR", kernels.folder()}};
    const nlohmann::json broken = report({}, planted);
    expect_valid(broken);
    const std::string reason = finding(broken, "large_local_memory").at("reason");
    EXPECT_THAT(reason, HasSubstr("its process ended by signal 11"));
    EXPECT_EQ(broken.at("devices").at(0).at("findings").size(), all_capabilities.size());
    EXPECT_EQ(finding(report({}, planted), "large_local_memory").at("reason"), reason)
        << "it is kept";
}

TEST_F(DevicesCommand, a_cache_that_cannot_be_written_costs_nothing_but_the_time_of_probes) {
    const Environment nowhere{{"SLIMBENCH_CACHE_DIR", "/proc/nowhere"}};
    expect_valid(report({}, nowhere));
}

TEST_F(DevicesCommand, records_of_a_run_name_the_capabilities) {
    ASSERT_EQ(run(short_run({tiny_, "--precision", "fp16"})).exit_code, 0);
    const nlohmann::json device = records().at(0).device;
    EXPECT_EQ(device.at("capabilities"), report().at("devices").at(0).at("capabilities"));
    const bool native =
        device.at("capabilities").dump().find("half_arithmetic") != std::string::npos;
    EXPECT_EQ(records().at(0).compute, native ? "fp16" : "fp32");
}

TEST_F(DevicesCommand, a_driver_without_its_declaration_is_declared) {
    std::filesystem::create_directories(folder_.path("driver"));
    write("driver/libnvidia-opencl.so.1", "no library at all");
    const Environment driver{{"LD_LIBRARY_PATH", folder_.path("driver")},
                             {"OCL_ICD_VENDORS", ""},
                             {"OCL_ICD_FILENAMES", "libnvidia-opencl.so.1"}};
    const Finished finished = run({"devices"}, driver);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out,
                HasSubstr("drivers declared in " + folder_.path("cache/opencl-vendors")));
    EXPECT_THAT(finished.out, HasSubstr("(default)")) << "the others are still found";
    expect_valid(report({}, driver));
}

TEST_F(DevicesCommand, what_the_user_told_the_loader_stands) {
    std::filesystem::create_directories(folder_.path("driver"));
    std::filesystem::create_directories(folder_.path("no_vendors"));
    write("driver/libnvidia-opencl.so.1", "no library at all");
    const Finished finished = run({"devices"}, {{"LD_LIBRARY_PATH", folder_.path("driver")},
                                                {"OCL_ICD_VENDORS", folder_.path("no_vendors")}});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, HasSubstr("no OpenCL platform found"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path("cache/opencl-vendors")));
}

TEST_F(DevicesCommand, a_device_is_chosen_by_index_kind_or_name) {
    const nlohmann::json first = report().at("devices").at(0);
    const std::string name = first.at("name"), kind = first.at("type");
    for (const std::string& pattern : {std::string("0"), kind, name.substr(0, 7)}) {
        const Finished dry = run({"run", tiny_, "--dry-run", "--device", pattern});
        EXPECT_EQ(dry.exit_code, 0) << dry.err;
        EXPECT_THAT(dry.out, HasSubstr("device: " + name)) << pattern;
    }
}

TEST_F(DevicesCommand, what_no_device_is_brings_a_list_of_those_there_are) {
    for (const std::string pattern : {"accelerator", "99", "abacus"}) {
        const Finished finished = run({"run", tiny_, "--dry-run", "--device", pattern});
        EXPECT_EQ(finished.exit_code, 2);
        EXPECT_THAT(finished.err, HasSubstr("no device '" + pattern + "'; there are:\n  0: "));
    }
}

}  // namespace
}  // namespace slimbench::testing
