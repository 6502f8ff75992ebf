// The folder that a command writes into.
#pragma once

#include <string>

namespace slimbench {

// Throws std::runtime_error naming the folder and the system's reason.
void create_folder(const std::string& folder);

// Earlier journals are never overwritten: NAME.jsonl moves to the first free NAME.N.jsonl.
void set_aside(const std::string& path);

}  // namespace slimbench
