// Records as commands that set them side by side read them.
#pragma once

#include <string>
#include <vector>

#include "host/record/result_record.h"

namespace slimbench {

// All of a journal; says on the error output when a torn last line is left out. Throws
// std::runtime_error naming the file when it cannot be read or holds none.
std::vector<ResultRecord> read_records(const std::string& path);

}  // namespace slimbench
