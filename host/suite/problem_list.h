// Single convolutions to measure, as they are written on a command line and in benchdnn's batch
// files: one problem per line, `#` comments, options of benchdnn between them.
#pragma once

#include <string>
#include <vector>

#include "host/problem/written_problem.h"

namespace slimbench {

struct ListedProblem {
    WrittenProblem written;
    std::string place;  // "shapes.txt:12"; of the command line: the text itself
};

struct ProblemList {
    std::vector<ListedProblem> problems;
    std::vector<std::string> notices;  // what was ignored, each with its place, for people
};

// The texts first, then the files. Of benchdnn's options, `--batch=FILE` is followed, `--mb=N` sets
// the batch of the problems after it, `--reset` undoes that; the others are ignored and noticed.
// Throws std::runtime_error naming file and line, what is wrong and what is expected.
ProblemList read_problems(const std::vector<std::string>& texts,
                          const std::vector<std::string>& files);

// Drops problems that are listed before, under the same name and for the same precision, and tells
// so. Of different problems under one name, the later ones get their text behind it.
void merge_repeated(ProblemList& list);

}  // namespace slimbench
