#include "host/verify/threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace slimbench {

void share_chunks(std::size_t count, std::size_t chunk, unsigned threads,
                  const std::function<void(std::size_t begin, std::size_t end)>& work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr first_error;
    std::mutex error_mutex;
    const auto take_chunks = [&] {
        try {
            for (std::size_t begin; (begin = next.fetch_add(chunk)) < count;)
                work(begin, std::min(count, begin + chunk));
        } catch (...) {
            const std::lock_guard lock(error_mutex);
            if (!first_error) first_error = std::current_exception();
            next = count;
        }
    };
    {
        const std::size_t chunks = (count + chunk - 1) / chunk;
        std::vector<std::jthread> helpers;
        for (std::size_t t = 1; t < std::min<std::size_t>(threads, chunks); ++t)
            helpers.emplace_back(take_chunks);
        take_chunks();
    }
    if (first_error) std::rethrow_exception(first_error);
}

}  // namespace slimbench
