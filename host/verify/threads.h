// Work shared between threads by chunks of an index range.
#pragma once

#include <cstddef>
#include <functional>

namespace slimbench {

// Calls work(begin, end) for every chunk of [0, count), each once, from up to `threads` threads (0
// counts as 1); returns when all are done. Rethrows the first exception.
void share_chunks(std::size_t count, std::size_t chunk, unsigned threads,
                  const std::function<void(std::size_t begin, std::size_t end)>& work);

}  // namespace slimbench
