// A planned network on a device: its buffers, its constants, its launches, enqueued in one go.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/cl/command.h"
#include "host/cl/device.h"
#include "host/cl/program.h"
#include "host/kernel/packing.h"
#include "host/kernel/plan.h"
#include "host/problem/step_constants.h"

namespace slimbench {

// Constants of every step as the variants want them; weights that steps share are packed once.
struct PackedNetwork {
    struct Step {
        std::size_t weights = 0;  // index into `weights`
        PackedChannels channels;
    };
    std::vector<std::vector<std::byte>> weights;
    std::vector<Step> steps;
    std::uint64_t bytes() const;
};
PackedNetwork pack_network(const Plan& plan, const Network& network,
                           const std::vector<StepConstants>& constants, unsigned threads);

// What a chain takes on the device: all buffers, and the largest of them.
struct MemoryNeed {
    std::uint64_t total = 0, largest = 0;
};
MemoryNeed memory_need(const Plan& plan, const PackedNetwork& packed);

struct LaunchTime {
    std::uint64_t start_ns = 0, end_ns = 0;  // device clock
    double seconds() const {                 // below 0 where the clock ran backwards
        return 1e-9 * static_cast<double>(static_cast<std::int64_t>(end_ns - start_ns));
    }
};
LaunchTime times_of(const cl::Event& event);  // of a launch that has ended

struct ChainTimes {
    double host = 0;                   // seconds from the first enqueue until all is finished
    std::vector<LaunchTime> launches;  // one per step that ran
    double device() const;             // seconds from first START to last END
};

// Of passes that were enqueued at once and of which no step was observed.
struct PassesTime {
    LaunchTime device;  // first START to last END
    double host = 0;    // seconds from the first enqueue until all is finished, by their share
    double ahead = 0;   // the same of passes that went ahead
};

class Chain {
public:
    // Uploads constants and creates kernels. Throws cl::Error, or std::runtime_error from building.
    Chain(Device& device, ProgramCache& programs, const Network& network, const Plan& plan,
          const PackedNetwork& packed, const std::vector<StepConstants>& constants);

    // Enqueues steps [first, end) in order and waits once; with `passes` so often one behind the
    // other, of which each has its share of the host's time.
    std::vector<ChainTimes> run_passes(std::size_t first, std::size_t end, int passes);
    // The same with events of the first and the last step only. `leading` passes go ahead untimed,
    // so that the host has gone to sleep when the timed ones start.
    PassesTime run_unobserved(std::size_t first, std::size_t end, int passes, int leading = 0);
    ChainTimes run(std::size_t first, std::size_t end) { return run_passes(first, end, 1).front(); }
    ChainTimes run() { return run(0, commands_.size()); }
    std::size_t step_count() const { return commands_.size(); }

    // Whole memory images, halo included; seconds taken.
    double write(TensorId tensor, const void* memory);
    double read(TensorId tensor, void* memory);

    // Fills the step's output and the guard zones right before and after it with a value that no
    // kernel means to leave there; check_guards says which guard byte was overwritten since.
    void arm_guards(std::size_t step);
    std::optional<std::string> check_guards(std::size_t step);

    double upload_seconds() const { return upload_seconds_; }

private:
    struct Slot {
        cl::Buffer all;    // guard, tensor, guard
        cl::Buffer inner;  // what kernels see
    };
    StepEvents enqueue_step(std::size_t step);
    void enqueue_step_unobserved(std::size_t step);
    [[noreturn]] void cannot_enqueue(std::size_t step, const cl::Error& error) const;
    void create_slots();
    void create_commands(ProgramCache& programs, const PackedNetwork& packed,
                         const std::vector<StepConstants>& constants);
    cl::Buffer zeroed_buffer(std::uint64_t bytes);
    cl::Buffer constant_buffer(const void* content, std::size_t bytes);
    Slot& slot(TensorId tensor) { return slots_[plan_.slots[tensor]]; }

    Device& device_;
    const Network& network_;
    const Plan& plan_;
    std::vector<Slot> slots_;
    std::vector<cl::Buffer> weights_, channels_;
    std::vector<std::vector<Command>> commands_;  // by step
    double upload_seconds_ = 0;
};

}  // namespace slimbench
