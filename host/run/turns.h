// What is compared is measured in turn: the same row of several workloads, and of the peers beside
// them, in blocks of samples that alternate. A machine that becomes slower for seconds or minutes
// then slows all of them down, and ratios stand.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/kernel/device_traits.h"
#include "host/record/protocol.h"
#include "host/record/result_record.h"
#include "host/run/rows.h"

namespace slimbench {

inline constexpr int most_blocks = 4;           // of a row of each side
inline constexpr std::size_t most_in_turn = 9;  // workloads: three precisions of three prunings

// Bytes that a workload's workers take, or that there are to be taken.
struct Room {
    std::uint64_t device = 0;  // on devices with memory of their own
    std::uint64_t host = 0;
    std::uint64_t passing = 0;  // of the host, while a workload is prepared
};

// A workload that waits to be measured, and which of its rows.
struct Candidate {
    const Workload* workload;
    std::vector<Row> rows;
    Room need;
};

// Of a workload that is measured by us and by so many peers. Nothing is allocated.
Room room_needed(const Workload& workload, const DeviceTraits& device, const RunOptions& options);

// Half of what a device and its host have free: estimates say nothing about what libraries keep.
// What passes is part of the host's.
Room room_for_turns(const DeviceTraits& device, std::uint64_t host_memory);

// How many of the first candidates are measured in turn: all of one network, batch and size with a
// row that the first one has, too, and that fit into the room together; at least one.
std::size_t turn_size(std::span<const Candidate> waiting, const Room& room);

// Whether two workloads of a turn have the same row: both forward, or the same layer alone.
bool same_row(const RowIdentity& one, const RowIdentity& other);

// Into how many blocks a row falls that is measured in turn: each has a sample.
int blocks_of(const Protocol& protocol);

// The share of a row's protocol that a block has, the first one 0. Only that one warms up in full.
Protocol block_of(const Protocol& protocol, int block);

// Adds a later block of the same row.
void join(ResultRecord& record, const ResultRecord& block);

}  // namespace slimbench
