// Turns a plan and the times of its launches into the parts of a record: steps, and spans of blocks
// and levels.
#pragma once

#include <vector>

#include "host/cl/chain.h"
#include "host/kernel/plan.h"
#include "host/record/result_record.h"

namespace slimbench {

void set_traffic(StepRecord& record, const Traffic& traffic);
StepRecord describe_step(const PlannedStep& planned, const Network& network);

// One verdict of many: incorrect if any is, coverage summed, the worst element of all.
Verdict combine(const std::vector<Verdict>& verdicts);

// Fills `steps[].samples` and `spans` from runs of the whole chain. A group's time is that of its
// uninterrupted runs of steps, each from first START to last END, summed. Groups: each (level,
// block); per level "forward" (all but the parts shared by the levels) and "backbone" (the same
// without "skips").
void add_chain_times(ResultRecord& record, const Network& network, const Plan& plan,
                     const std::vector<ChainTimes>& runs);

}  // namespace slimbench
