#include <stdexcept>

#include "host/suite/layer_workload.h"
#include "host/suite/problem_list.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/written_file.h"

namespace slimbench::fuzz {

void check_problem_file(std::string_view text) {
    const std::string path = written_file("problems.txt", text);
    auto list = read_or_refuse<std::runtime_error>(path, [&] { return read_problems({}, {path}); });
    if (!list) return;
    require(!list->problems.empty(), "a list that is accepted has problems");
    for (const ListedProblem& listed : list->problems) {
        require(listed.place.starts_with(path + ":"), "a problem knows its file and line");
        listed.written.problem.check();
    }
    const std::size_t listed = list->problems.size();
    merge_repeated(*list);
    require(!list->problems.empty() && list->problems.size() <= listed, "merging loses none");
}

}  // namespace slimbench::fuzz
