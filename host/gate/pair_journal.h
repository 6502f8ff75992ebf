// The file of recorded pairs: one line that says what was measured, then one line a pair.
#pragma once

#include <string>
#include <vector>

#include "host/gate/pair.h"
#include "host/record/line_file.h"

namespace slimbench {

struct RecordedPairs {
    PairsOrigin origin;
    std::vector<Pair> pairs;
    bool torn = false;  // a last line that a killed writer left is not among them
};

// Throws std::runtime_error naming file and line.
RecordedPairs read_pairs(const std::string& path);

// The same; none where there is no file yet, or only a torn first line in it.
RecordedPairs pairs_so_far(const std::string& path);

class PairJournal {
public:
    // Starts a file, or goes on with one. Throws std::runtime_error when what it holds is of
    // another suite, device, protocol or build: such pairs must not mix.
    PairJournal(const std::string& path, const PairsOrigin& origin);

    void append(const Pair& pair);

private:
    LineAppender file_;
};

}  // namespace slimbench
