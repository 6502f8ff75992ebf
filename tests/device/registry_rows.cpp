// Every row of the registry, held to its own tier and name, on every odd shape that it accepts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/ranges.h>

#include "tests/device/step_cases.h"
#include "tests/device/test_device.h"
#include "tests/support/planted_kernels.h"
#include "tests/support/scoped_variable.h"

namespace slimbench::testing {
namespace {

// The case on this row; steps of other families run as they like. Nothing where the row refuses.
std::optional<Plan> plan_with(const NumericProblem& problem, const Variant& row,
                              const DeviceTraits& device) {
    const auto plan = [&](const Selection& selection) {
        return plan_network(problem.network, problem.steps, row.precision, device, selection);
    };
    Plan mixed = plan({.tier = row.tier});
    const Plan forced =
        plan({.tier = row.tier, .only = std::string(row.name), .unproven = row.unproven});
    mixed.scratch = forced.scratch;
    bool used = false;
    for (std::size_t s = 0; s < mixed.steps.size(); ++s) {
        if (forced.steps[s].choice.variant != &row) continue;
        mixed.steps[s] = forced.steps[s];
        used = true;
    }
    if (!used) return std::nullopt;
    return mixed;
}

std::string reproduction(const StepCase& one, const Plan& plan, const Variant& row) {
    const std::string& step = plan.steps.front().text;
    std::string text = fmt::format("case {}, step {}", one.name, step);
    if (std::holds_alternative<Conv>(plan.steps.front().step.operation))
        text += fmt::format("; slimbench layer '{}' --precision {} --tier {} --kernel {}",
                            step.substr(0, step.find(' ')), traits(row.precision).name,
                            name(row.tier), row.name);
    return text;
}

// In a simulator, which is told by its name: it computes a million products in seconds.
bool takes_minutes(const Plan& plan) {
    const char* device = std::getenv("SLIMBENCH_TEST_DEVICE");
    constexpr std::int64_t most = 4'000'000;
    return device != nullptr && std::string_view(device) == "oclgrind" &&
           std::ranges::any_of(plan.steps,
                               [](const PlannedStep& step) { return step.executed_macs > most; });
}

template <class Element>
void expect_correct(const NumericProblem& problem, const Plan& plan, ProgramCache& programs) {
    VerifiedChain<Element> chain(test_device(), programs, problem, plan);
    for (const Verdict& verdict : verify_all(chain)) {
        EXPECT_EQ(verdict.result, Verdict::Result::correct) << verdict.worst_at;
        EXPECT_EQ(verdict.checked, verdict.elements);
        EXPECT_GT(verdict.checked, 0);
    }
    chain.chain().run();
    EXPECT_TRUE(chain.output_unchanged()) << "the chain enqueued at once computes something else";
}

std::optional<std::string> lacking(const Variant& row, const DeviceTraits& device) {
    if (row.tier > device.tier) return fmt::format("has {}", name(device.tier));
    if (row.cpu_only && !device.cpu()) return "is no CPU";
    for (const Capability needed : all_capabilities)
        if (row.needs.has(needed) && !device.can(needed))
            return fmt::format("lacks {}", title(needed));
    return std::nullopt;
}

class RegistryRow : public ::testing::TestWithParam<std::size_t> {
protected:
    const Variant& row() const { return registry()[GetParam()]; }

    void expect_correct_on_every_case(const DeviceTraits& device) const {
        ProgramCache programs(test_device());
        std::size_t ran = 0;
        for (const StepCase& one : step_cases()) {
            if (one.family != row().family) continue;
            const NumericProblem problem = numeric_problem(one.network, row().precision);
            const auto plan = plan_with(problem, row(), device);
            if (!plan || takes_minutes(*plan)) continue;
            SCOPED_TRACE(reproduction(one, *plan, row()));
            ++ran;
            if (traits(row().precision).activation == DataType::f32)
                expect_correct<float>(problem, *plan, programs);
            else if (row().precision == Precision::fp16)
                expect_correct<Half>(problem, *plan, programs);
            else
                expect_correct<std::uint8_t>(problem, *plan, programs);
        }
        EXPECT_GT(ran, 2u) << "hardly any case reaches " << row().name;
    }
};

// PoCL's compiler has a type that computes in binary16 on any CPU, by the name of C.
class EmulatedHalves {
public:
    EmulatedHalves() {
        kernels_.replace("half_sums.clh", "typedef half half_number;",
                         "typedef _Float16 half_number;");
        folder_.emplace("SLIMBENCH_KERNEL_DIR", kernels_.folder());
    }
    PlantedKernels& kernels() { return kernels_; }

private:
    PlantedKernels kernels_;
    std::optional<ScopedVariable> folder_;
};

TEST_P(RegistryRow, matches_the_reference_on_odd_shapes) {
    DeviceTraits device = test_device().traits();
    std::optional<EmulatedHalves> emulated;
    if (row().needs.has(Capability::half_arithmetic) && row().half_run() > 0 && device.cpu() &&
        !device.can(Capability::half_arithmetic)) {
        emulated.emplace();
        device.capabilities.add(Capability::half_arithmetic);
    }
    if (const auto reason = lacking(row(), device))
        GTEST_SKIP() << row().name << " cannot run here: " << device.name << " " << *reason;
    expect_correct_on_every_case(device);
}

// Rows that store large outputs past the caches, here whatever they store.
class StreamingRow : public RegistryRow {};

TEST_P(StreamingRow, matches_the_reference_on_odd_shapes) {
    if (const auto reason = lacking(row(), test_device().traits()))
        GTEST_SKIP() << row().name << " cannot run here: " << test_device().traits().name << " "
                     << *reason;
    PlantedKernels kernels;
    kernels.replace("tensor.clh", "return bytes_of(view) > most_kept && ", "return ");
    const ScopedVariable folder("SLIMBENCH_KERNEL_DIR", kernels.folder());
    expect_correct_on_every_case(test_device().traits());
}

std::vector<std::size_t> streaming_rows() {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < registry().size(); ++i) {
        const Variant& row = registry()[i];
        const bool lines = row.family == Family::conv && row.precision == Precision::fp32 &&
                           row.tile.lanes == 16 && row.cpu_only;
        if (lines || (row.family == Family::resize && row.tile.lanes > 1)) rows.push_back(i);
    }
    return rows;
}

TEST(RegistryRows, that_lose_a_run_in_binary16_are_caught) {
    DeviceTraits device = test_device().traits();
    if (!device.cpu()) GTEST_SKIP() << "binary16 is emulated by PoCL's compiler alone";
    EmulatedHalves emulated;
    emulated.kernels().replace("half_sums.clh", "return sum->runs == 0 ? run : sum->sum + run;",
                               "return sum->sum;");
    device.capabilities.add(Capability::half_arithmetic);
    const auto row = std::ranges::find(registry(), "conv_plain_native.fp16", &Variant::name);
    ASSERT_NE(row, registry().end());
    ProgramCache programs(test_device());
    std::size_t caught = 0;
    for (const StepCase& one : step_cases()) {
        if (one.family != Family::conv || caught == 3) continue;
        const NumericProblem problem = numeric_problem(one.network, Precision::fp16);
        VerifiedChain<Half> chain(test_device(), programs, problem,
                                  plan_with(problem, *row, device).value());
        EXPECT_EQ(verify_all(chain).front().result, Verdict::Result::incorrect) << one.name;
        ++caught;
    }
    EXPECT_EQ(caught, 3u);
}

std::string test_name(const ::testing::TestParamInfo<std::size_t>& info) {
    std::string text(registry()[info.param].name);
    std::ranges::replace_if(
        text, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return text;
}

INSTANTIATE_TEST_SUITE_P(Every, RegistryRow, ::testing::Range<std::size_t>(0, registry().size()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Every, StreamingRow, ::testing::ValuesIn(streaming_rows()), test_name);

// On a device that can do everything: what a row refuses there, it refuses anywhere.
TEST(RegistryRows, are_each_reached_by_a_case) {
    DeviceTraits able;
    able.kind = DeviceKind::cpu;
    able.local_memory = 1 << 20;
    able.largest_work_group = 1024;
    able.tier = Tier::amx;
    for (const Capability capability : all_capabilities) able.capabilities.add(capability);
    std::set<std::string_view> reached, known;
    for (const Variant& row : registry()) {
        known.insert(row.name);
        for (const StepCase& one : step_cases()) {
            const NumericProblem shapes{one.network, fuse(one.network), {}, {}};
            if (plan_with(shapes, row, able)) reached.insert(row.name);
        }
    }
    EXPECT_EQ(reached, known);
}

}  // namespace
}  // namespace slimbench::testing
