// The sections of the Markdown report, one file each. Every function returns its whole section with
// heading, ending in an empty line, or nothing when the records hold nothing for it.
#pragma once

#include <string>

#include "reports/selection.h"

namespace slimbench {

// Per network: each saving alone, and both.
std::string at_a_glance(const Records& records);
std::string network_table(const Records& records);  // every network x pruning x precision
// Speed-up over FP32 and throughput by batch, beside published figures.
std::string precision_gains(const Records& records);
// Prunings x precisions: the joint gain beside the product of the single ones.
std::string joint_gains(const Records& records);
std::string savings_table(const Records& records);  // MACs saved beside time saved
// Levels x backbone, full and pruned; then the decoder and what else lies outside the levels.
std::string pyramid_tables(const Records& records);
std::string published_tables(const Records& records);  // printed figures of others beside ours
std::string peer_tables(const Records& records);       // other libraries, layer by layer
std::string layer_tables(const Records& records);      // the costliest steps of each network
std::string single_layers(const Records& records);     // layers measured outside any network
// Do the parts add up: layers alone, steps in the chain, the chain, the wall clock.
std::string closure_table(const Records& records);
std::string start_up_table(const Records& records);  // before the first result; memory
std::string not_measured(const Records& records);    // rows without a speed, and why
std::string verification(const Records& records);    // what was checked, how thoroughly
std::string provenance(const Records& records);      // what is needed to judge and repeat it

// "4 of 6 rows measured: 1 skipped, 1 crashed."
std::string outcome_sentence(const Records& records);

}  // namespace slimbench
