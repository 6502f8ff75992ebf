// 64-bit FNV-1a (G. Fowler, L. Noll, K.-P. Vo): tells contents apart; no protection against
// somebody who wants them alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace slimbench {

class Fnv1a {
public:
    void add(std::string_view text) {
        for (const char character : text)
            hash_ = (hash_ ^ static_cast<unsigned char>(character)) * 0x100000001b3u;
    }
    std::string text() const { return fmt::format("{:016x}", hash_); }

private:
    std::uint64_t hash_ = 0xcbf29ce484222325u;
};

inline std::string fnv1a(std::string_view text) {
    Fnv1a hash;
    hash.add(text);
    return hash.text();
}

}  // namespace slimbench
