// Who serves malloc() in this process. The program is linked with jemalloc (docs/measuring.md);
// where it is not, as under AddressSanitizer, none of this does anything.
#pragma once

#include <optional>
#include <string>

namespace slimbench {

std::optional<std::string> allocator_name();  // "jemalloc 5.3.0", nothing for any other

// Memory that is free and that the allocator keeps goes back to the system, so that it counts as
// available.
void return_free_memory();

}  // namespace slimbench
