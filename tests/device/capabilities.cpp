// Capability probes on a device: those that must work do, and those that do not say why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/cl/capability_run.h"
#include "tests/device/test_device.h"
#include "tests/support/planted_kernels.h"
#include "tests/support/scoped_variable.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;

TEST(CapabilityProbes, each_either_works_or_says_why_not) {
    for (const CapabilityProbe& probe : capability_probes()) {
        const Finding finding = run_capability_probe(test_device(), probe);
        EXPECT_EQ(finding.capability, probe.capability);
        EXPECT_EQ(finding.reason.empty(), finding.works) << name(probe.capability);
        EXPECT_EQ(finding.reason.find('\n'), std::string::npos) << "one line: " << finding.reason;
    }
}

TEST(CapabilityProbes, find_vnni_where_the_processor_has_it) {
    if (test_device().traits().tier < Tier::avx512_vnni)
        GTEST_SKIP() << test_device().traits().name << " has no VNNI";
    const Finding finding = run_capability_probe(test_device(), capability_probe(Capability::vnni));
    EXPECT_TRUE(finding.works) << finding.reason;
}

TEST(CapabilityProbes, do_not_try_ptx_on_a_cpu) {
    if (!test_device().traits().cpu()) GTEST_SKIP() << "no CPU";
    const Finding finding =
        run_capability_probe(test_device(), capability_probe(Capability::mma_f16));
    EXPECT_FALSE(finding.works);
    EXPECT_THAT(finding.reason, HasSubstr("not tried"));
}

TEST(CapabilityProbes, tell_a_wrong_result_from_a_right_one) {
    if (test_device().traits().tier < Tier::avx512_vnni)
        GTEST_SKIP() << test_device().traits().name << " has no VNNI";
    PlantedKernels kernels;
    kernels.replace("can_dot.cl", "int16 sum = start;", "int16 sum = start + (i == 9);");
    const ScopedVariable folder("SLIMBENCH_KERNEL_DIR", kernels.folder());
    const Finding finding = run_capability_probe(test_device(), capability_probe(Capability::vnni));
    EXPECT_FALSE(finding.works);
    EXPECT_THAT(finding.reason, HasSubstr("computes something else: word 9 "));
}

TEST(CapabilityProbes, quote_what_the_compiler_complains_of) {
    PlantedKernels kernels;
    kernels.replace("can_half.cl", "#include \"can.clh\"", "#error \"planted\"");
    const ScopedVariable folder("SLIMBENCH_KERNEL_DIR", kernels.folder());
    const Finding finding =
        run_capability_probe(test_device(), capability_probe(Capability::half_arithmetic));
    EXPECT_FALSE(finding.works);
    EXPECT_THAT(finding.reason, HasSubstr("does not build (CL_BUILD_PROGRAM_FAILURE)"));
    EXPECT_THAT(finding.reason, HasSubstr("planted"));
}

TEST(CapabilityProbes, findings_depend_on_their_sources) {
    const std::string before = capability_hash();
    PlantedKernels kernels;
    kernels.replace("can_dot.cl", "int16 sum = start;", "int16 sum = 0;");
    const ScopedVariable folder("SLIMBENCH_KERNEL_DIR", kernels.folder());
    EXPECT_NE(capability_hash(), before);
}

TEST(DeviceStatements, hold_what_the_driver_says) {
    const nlohmann::json statements = device_statements(test_device());
    EXPECT_THAT(statements.at("extensions").get<std::string>(), HasSubstr("cl_khr_"));
    EXPECT_THAT(statements.at("opencl_c").get<std::string>(), HasSubstr("OpenCL C"));
    EXPECT_TRUE(statements.at("ptx").empty() || !test_device().traits().cpu());
}

}  // namespace
}  // namespace slimbench::testing
