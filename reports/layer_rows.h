// Steps measured alone: found again for the steps of a chain, and for what other libraries
// measured.
#pragma once

#include <string>
#include <vector>

#include "reports/selection.h"

namespace slimbench {

// The row of our implementation that measured this step of `forward` alone. Steps alike in
// everything that decides their time are measured once, so the row may carry another layer's name;
// null when there is none.
const ResultRecord* find_isolated(const Records& records, const ResultRecord& forward,
                                  const StepRecord& step, CacheState cache);

// Our row of the same layer as a peer's; null when there is none.
const ResultRecord* find_ours(const Records& records, const ResultRecord& peer);

std::string layer_title(
    const StepRecord& step);  // "layer1.0.conv1 +2": the first layer covered, and how many more
std::string layer_title(const ResultRecord& row);  // of a layer row
std::string place_title(const StepRecord& step);   // "block1", "block1, level 0"

// "64 -> 128, 3x3 s2, 56x56 +relu" for a convolution's canonical text and what is fused into it;
// any other text comes back as it is.
std::string problem_title(const std::string& problem);

}  // namespace slimbench
