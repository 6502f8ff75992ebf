// Rows with inline PTX, compiled by clang and assembled by NVIDIA's ptxas: shows without hardware
// that their instructions exist, take such operands and leave the sums in registers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include <fmt/core.h>

#include "host/kernel/capability_probe.h"
#include "host/kernel/probe.h"
#include "host/kernel/variant.h"
#include "tests/support/planted_kernels.h"
#include "tests/support/temporary_folder.h"

namespace slimbench::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::array architectures{"sm_80", "sm_90"};

bool has_inline_ptx(const Variant& row) {
    constexpr std::array by_ptx{Capability::dp4a, Capability::mma_f16, Capability::mma_s8,
                                Capability::mma_tf32};
    return std::ranges::any_of(by_ptx, [&](Capability needed) { return row.needs.has(needed); });
}

struct Outcome {
    int status = 0;
    std::string said;
};

Outcome run(const std::string& command) {
    Outcome outcome;
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot start " + command);
    std::array<char, 4096> buffer;
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) outcome.said += buffer.data();
    outcome.status = pclose(pipe);
    return outcome;
}

// A kernel file and how it is compiled.
struct Source {
    std::string file, options;
    bool large_local_memory = false;
};

// ptxas by itself takes 48 KiB of local memory at most where its size is known, the one in the
// driver more: here the kernel's is one whose size the launch would tell.
void leave_size_of_local_memory_open(const std::string& path) {
    std::ifstream file(path);
    const std::string ptx(std::istreambuf_iterator<char>(file), {});
    static const std::regex sized(R"(\.shared (\.align \d+ \.b8 \S+)\[\d+\];)"),
        head(R"((\.address_size 64))");
    std::smatch declaration;
    if (!std::regex_search(ptx, declaration, sized)) return;
    const std::string outside =
        "$1\n.extern .shared " +
        std::regex_replace(declaration[1].str(), std::regex(R"(\$)"), "$$$$") + "[];";
    std::ofstream(path) << std::regex_replace(std::regex_replace(ptx, sized, ""), head, outside);
}

// What the last of compiling and assembling said; `kernels` is the folder of the sources.
Outcome assemble(const Source& source, const std::string& kernels) {
    const TemporaryFolder folder;
    const std::string ptx = folder.path("row.ptx");
    const Outcome compiled = run(fmt::format(
        "{} --target=nvptx64-nvidia-nvcl -x cl -cl-std=CL1.2 -cl-no-stdinc -O3 -S -Wall "
        "-Wno-unused-function -Xclang -target-cpu -Xclang sm_80 -Xclang -target-feature -Xclang "
        "+ptx70 -include {}/tests/ptx/builtins.clh {} {}/{} -o {}",
        SLIMBENCH_CLANG, SLIMBENCH_SOURCE_DIR, source.options, kernels, source.file, ptx));
    if (compiled.status != 0 || !compiled.said.empty()) return {1, compiled.said};
    if (source.large_local_memory) leave_size_of_local_memory_open(ptx);
    Outcome all;
    for (const char* architecture : architectures) {
        const Outcome assembled = run(fmt::format("{} -v -arch={} {} -o {}", SLIMBENCH_PTXAS,
                                                  architecture, ptx, folder.path("row.cubin")));
        all.said += assembled.said;
        all.status |= assembled.status;
    }
    return all;
}

Outcome assemble(const Variant& row, const std::string& kernels) {
    return assemble({std::string(row.source), row.build_options(),
                     row.needs.has(Capability::large_local_memory)},
                    kernels);
}

class InlinePtx : public ::testing::Test {
protected:
    void SetUp() override {
        if (std::string_view(SLIMBENCH_PTXAS).empty() || std::string_view(SLIMBENCH_CLANG).empty())
            GTEST_SKIP()
                << "NOT CHECKED: inline PTX needs clang and ptxas (NVIDIA's CUDA toolkit); "
                   "CMake found '"
                << SLIMBENCH_CLANG << "' and '" << SLIMBENCH_PTXAS << "'";
    }
};

TEST_F(InlinePtx, of_every_row_is_assembled_without_spilling_registers) {
    int rows = 0;
    for (const Variant& row : registry()) {
        if (!has_inline_ptx(row)) continue;
        ++rows;
        const Outcome outcome = assemble(row, SLIMBENCH_SOURCE_DIR "/kernels/cl");
        EXPECT_EQ(outcome.status, 0) << row.name << ": " << outcome.said;
        EXPECT_EQ(outcome.said.find("warning"), std::string::npos) << outcome.said;
        std::size_t kept = 0;
        for (std::size_t at = 0;
             (at = outcome.said.find("0 bytes spill stores, 0 bytes spill loads", at)) !=
             std::string::npos;
             ++at)
            ++kept;
        EXPECT_EQ(kept, architectures.size()) << row.name << ": " << outcome.said;
    }
    EXPECT_GT(rows, 8);
}

TEST_F(InlinePtx, of_every_capability_probe_is_assembled) {
    int probes = 0;
    for (const CapabilityProbe& probe : capability_probes()) {
        if (probe.made_for != CapabilityProbe::For::gpus) continue;
        ++probes;
        const Outcome outcome = assemble({std::string(probe.source), std::string(probe.options)},
                                         SLIMBENCH_SOURCE_DIR "/kernels/cl");
        EXPECT_EQ(outcome.status, 0) << name(probe.capability) << ": " << outcome.said;
        EXPECT_THAT(outcome.said, HasSubstr("Compiling entry function 'can_"));
    }
    EXPECT_EQ(probes, 8);
}

TEST_F(InlinePtx, of_every_peak_of_matrix_units_is_assembled) {
    int matrices = 0;
    for (const Probe& probe : probes()) {
        if (!probe.uses_matrix_units()) continue;
        ++matrices;
        const Outcome outcome = assemble({std::string(probe.source), probe.build_options()},
                                         SLIMBENCH_SOURCE_DIR "/kernels/cl");
        EXPECT_EQ(outcome.status, 0) << name(probe.quantity) << ": " << outcome.said;
        EXPECT_THAT(outcome.said, HasSubstr("Compiling entry function 'peak_mma'"));
        EXPECT_THAT(outcome.said, HasSubstr("0 bytes spill stores"));
    }
    EXPECT_EQ(matrices, 2);
}

TEST_F(InlinePtx, with_an_instruction_that_does_not_exist_is_refused) {
    PlantedKernels kernels;
    kernels.replace("mma.clh", "m16n8k32.row.col.s32.u8.s8", "m16n8k31.row.col.s32.u8.s8");
    const auto row = std::ranges::find(registry(), "conv_mma.int8.square", &Variant::name);
    ASSERT_NE(row, registry().end());
    const Outcome outcome = assemble(*row, kernels.folder());
    EXPECT_NE(outcome.status, 0);
    EXPECT_THAT(outcome.said, HasSubstr("ptxas"));
}

TEST(UnprovenRows, are_those_with_inline_ptx) {
    for (const Variant& row : registry()) EXPECT_EQ(row.unproven, has_inline_ptx(row)) << row.name;
}

}  // namespace
}  // namespace slimbench::testing
