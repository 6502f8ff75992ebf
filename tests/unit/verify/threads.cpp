// Sharing work between threads.
#include "host/verify/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace slimbench::testing {
namespace {

TEST(Threads, cover_every_index_once) {
    for (const unsigned threads : {0u, 1u, 2u, 5u})
        for (const std::size_t count : {0u, 1u, 63u, 64u, 1000u}) {
            std::vector<std::atomic<int>> visits(count);
            share_chunks(count, 64, threads, [&](std::size_t begin, std::size_t end) {
                for (std::size_t i = begin; i < end; ++i) ++visits[i];
            });
            for (const auto& visit : visits) EXPECT_EQ(visit, 1);
        }
}

TEST(Threads, pass_on_the_first_exception) {
    EXPECT_THROW(share_chunks(100, 1, 3,
                              [](std::size_t, std::size_t) { throw std::runtime_error("broken"); }),
                 std::runtime_error);
}

}  // namespace
}  // namespace slimbench::testing
