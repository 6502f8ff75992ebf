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

// How long both took for the same layer, in seconds by the same clock; nothing unless both were
// measured.
struct PeerTimes {
    double ours = 0, theirs = 0;
    double ratio() const { return theirs / ours; }  // above 1 ours is faster
};
std::optional<PeerTimes> peer_times(const ResultRecord& ours, const ResultRecord& theirs);

// A step's share of its roof when it takes so many seconds, and what its roof is made of; nothing
// without a roofline.
std::optional<double> fraction_of_roof(const StepRecord& step,
                                       const std::optional<double>& seconds);
std::string limit_title(const StepRecord& step);

std::string layer_title(
    const StepRecord& step);  // "layer1.0.conv1 +2": the first layer covered, and how many more
std::string layer_title(const ResultRecord& row);  // of a layer row
std::string place_title(const StepRecord& step);   // "block1", "block1, level 0"

// "64 -> 128, 3x3 s2, 56x56 +relu" for a convolution's canonical text and what is fused into it;
// any other text comes back as it is.
std::string problem_title(const std::string& problem);

}  // namespace slimbench
